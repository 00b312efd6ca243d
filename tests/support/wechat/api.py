"""The platform's API over real HTTP, on a port of its own."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import urlencode

from tests.support.wechat.account import AccountBook, Heard, Json, Refusal
from tests.support.wechat.server import Answer, Call, Server, Silence, as_json, done, menu


class Api:
    """Serves one account; its answers are those of the documentation, errcode and all."""

    def __init__(self, book: AccountBook, port: int = 0) -> None:
        self.book = book
        self._posts: dict[str, Callable[[Json], Json]] = {
            "/cgi-bin/message/custom/send": self._custom,
            "/cgi-bin/message/custom/typing": self._typing,
            "/cgi-bin/message/template/send": self._template,
            "/cgi-bin/message/subscribe/bizsend": self._template,
            "/cgi-bin/menu/create": self._menu,
        }
        self._server = Server(self._answer, port)

    @property
    def url(self) -> str:
        """Base address, for ``WECHAT_API`` and ``WECHAT_OAUTH``."""
        return self._server.url

    def stop(self) -> None:
        """End the server."""
        self._server.stop()

    def _answer(self, call: Call) -> Answer:
        fault = self.book.take_fault(call.path)
        if fault == 0:
            raise Silence
        if fault:
            raise Refusal(fault, "as the test asked")
        if call.path == "/connect/oauth2/authorize":
            return Answer(self._authorised(call.query).encode(), status=302)
        if call.path == "/cgi-bin/stable_token":
            asked = json.loads(call.body)
            force = bool(asked.get("force_refresh"))
            return as_json(self.book.stable_token(asked["appid"], asked["secret"], force=force))
        if call.path == "/sns/oauth2/access_token":
            return as_json(self._who(call.query))
        self.book.check_token(call.query.get("access_token", ""))
        if call.path == "/cgi-bin/media/get":
            if call.query.get("media_id") not in self.book.media:
                raise Refusal(40007, "invalid media_id")
            return Answer(*self.book.media[call.query["media_id"]])
        if call.path == "/cgi-bin/media/upload":
            return as_json(self._upload(call))
        if call.path == "/cgi-bin/template/get_all_private_template":
            return as_json({"template_list": [{"template_id": name} for name in self.book.templates]})
        if call.path not in self._posts:
            raise Refusal(40066, "invalid url")
        if not call.body:  # whoever asked has gone away meanwhile
            raise Refusal(44002, "empty post data")
        asked = json.loads(call.body)
        self.book.calls.append((call.path, asked))
        return done(self._posts[call.path](asked))

    # ── calls ──────────────────────────────────────────────────────────────────────────────────────

    def _custom(self, asked: Json) -> Json:
        self.book.spend(asked["touser"])
        match asked["msgtype"]:
            case "text":
                heard = Heard("custom", "text", asked["text"]["content"])
            case "msgmenu":
                shown = asked["msgmenu"]
                heard = menu(shown["head_content"], shown["list"], shown["tail_content"])
            case "image":
                content, _ = self.book.media.get(asked["image"]["media_id"], (b"", ""))
                if not content:
                    raise Refusal(40007, "invalid media_id")
                heard = Heard("custom", "image", picture=content)
            case _:
                raise Refusal(40008, "invalid message type")
        self.book.hear(asked["touser"], heard)
        return {}

    def _typing(self, asked: Json) -> Json:
        self.book.follower(asked["touser"]).typing += 1
        return {}

    def _template(self, asked: Json) -> Json:
        if asked["template_id"] not in self.book.templates:
            raise Refusal(40037, "invalid template_id")
        once = asked.get("client_msg_id")
        follower = self.book.follower(asked["touser"])
        if once and once in follower.answered:
            raise Refusal(45065, "clientmsgid exist")
        follower.answered.add(once or "")
        if any(len(one["value"]) > 20 for one in asked["data"].values()):
            raise Refusal(47003, "argument invalid")
        words = " / ".join(one["value"] for one in asked["data"].values())
        self.book.hear(asked["touser"], Heard("template", "template", words, link=asked.get("url", "")))
        return {"msgid": secrets.randbelow(10**9)}

    def _menu(self, asked: Json) -> Json:
        if not 1 <= len(asked["button"]) <= 3:
            raise Refusal(40016, "invalid button size")
        self.book.menu = asked
        return {}

    def _upload(self, call: Call) -> Json:
        head = f"content-type: {call.headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser(policy=HTTP).parsebytes(head + call.body)
        content = next(parts.iter_parts()).get_payload(decode=True)
        assert isinstance(content, bytes)
        if not content.startswith((b"\x89PNG", b"\xff\xd8")):
            raise Refusal(40005, "invalid file type")
        return {"type": "image", "media_id": self.keep_media(content, "image/png")}

    def keep_media(self, content: bytes, kind: str) -> str:
        """Store a file, as an upload or as what a follower sent."""
        media = secrets.token_urlsafe(32)
        self.book.media[media] = (content, kind)
        return media

    # ── OAuth ──────────────────────────────────────────────────────────────────────────────────────

    def code_for(self, openid: str) -> str:
        """A code as the platform gives it to the browser of ``openid``; it works once."""
        code = secrets.token_urlsafe(16)
        self.book.codes[code] = openid
        return code

    def _authorised(self, query: dict[str, str]) -> str:
        if query.get("appid") != self.book.appid or query.get("scope") != "snsapi_base":
            raise Refusal(10003, "redirect_uri or scope is not as configured")
        # A browser outside the simulated phone: the only follower opens it.
        openid = next(reversed(self.book.followers), "")
        answer = {"code": self.code_for(openid), "state": query.get("state", "")}
        return f"{query['redirect_uri']}?{urlencode(answer)}"

    def _who(self, query: dict[str, str]) -> Json:
        if query.get("secret") != self.book.secret:
            raise Refusal(40125, "invalid appsecret")
        openid = self.book.codes.pop(query.get("code", ""), None)
        if openid is None:
            raise Refusal(40163, "code been used")
        return {
            "access_token": secrets.token_hex(8),
            "expires_in": 7200,
            "openid": openid,
            "scope": "snsapi_base",
        }
