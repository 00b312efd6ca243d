"""The platform's API over real HTTP, on a port of its own."""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.support.wechat.account import AccountBook, Heard, Json, Refusal

JSON = "application/json; encoding=utf-8"


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
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer._serve(self, b"")

            def do_POST(self) -> None:
                outer._serve(self, self.rfile.read(int(self.headers.get("content-length") or 0)))

            def log_message(self, *_: object) -> None:
                """Keep the terminal quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

        self._server = Server(("127.0.0.1", port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        """Base address, for ``WECHAT_API`` and ``WECHAT_OAUTH``."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()

    def _serve(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        try:
            fault = self.book.take_fault(parts.path)
            if fault == 0:
                handler.close_connection = True
                return
            status, kind, content = self._answer(handler, parts.path, query, body, fault)
        except Refusal as refusal:
            status, kind = 200, JSON
            content = json.dumps({"errcode": refusal.code, "errmsg": refusal.message}).encode()
        try:
            handler.send_response(status)
            if status == 302:
                handler.send_header("location", content.decode())
                content = b""
            handler.send_header("content-type", kind)
            handler.send_header("content-length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)
        except OSError:
            handler.close_connection = True  # the gateway was killed meanwhile

    def _answer(
        self,
        handler: BaseHTTPRequestHandler,
        path: str,
        query: dict[str, str],
        body: bytes,
        fault: int | None,
    ) -> tuple[int, str, bytes]:
        if fault:
            raise Refusal(fault, "as the test asked")
        if path == "/connect/oauth2/authorize":
            return 302, JSON, self._authorised(query).encode()
        if path == "/cgi-bin/stable_token":
            asked = json.loads(body)
            found = self.book.stable_token(
                asked["appid"], asked["secret"], force=bool(asked.get("force_refresh"))
            )
            return 200, JSON, json.dumps(found).encode()
        if path == "/sns/oauth2/access_token":
            return 200, JSON, json.dumps(self._who(query)).encode()
        self.book.check_token(query.get("access_token", ""))
        if path == "/cgi-bin/media/get":
            if query.get("media_id") not in self.book.media:
                raise Refusal(40007, "invalid media_id")
            content, kind = self.book.media[query["media_id"]]
            return 200, kind, content
        if path == "/cgi-bin/media/upload":
            return 200, JSON, json.dumps(self._upload(handler, body)).encode()
        if path == "/cgi-bin/template/get_all_private_template":
            found = [{"template_id": template} for template in self.book.templates]
            return 200, JSON, json.dumps({"template_list": found}).encode()
        if path not in self._posts:
            raise Refusal(40066, "invalid url")
        if not body:  # whoever asked has gone away meanwhile
            raise Refusal(44002, "empty post data")
        asked = json.loads(body)
        self.book.calls.append((path, asked))
        return 200, JSON, json.dumps({"errcode": 0, "errmsg": "ok", **self._posts[path](asked)}).encode()

    # ── calls ──────────────────────────────────────────────────────────────────────────────────────

    def _custom(self, asked: Json) -> Json:
        self.book.spend(asked["touser"])
        match asked["msgtype"]:
            case "text":
                heard = Heard("custom", "text", asked["text"]["content"])
            case "msgmenu":
                menu = asked["msgmenu"]
                if not 1 <= len(menu["list"]) <= 10:
                    raise Refusal(40064, "invalid sub button size")
                lines = [
                    menu["head_content"],
                    *(one["content"] for one in menu["list"]),
                    menu["tail_content"],
                ]
                heard = Heard("custom", "menu", "\n".join(lines), menu["list"])
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

    def _upload(self, handler: BaseHTTPRequestHandler, body: bytes) -> Json:
        head = f"content-type: {handler.headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser(policy=HTTP).parsebytes(head + body)
        content = next(part.get_payload(decode=True) for part in parts.iter_parts())  # type: ignore[attr-defined]
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
