"""WeCom customer service, simulated: a callback that says “come and pull”, a cursor, five answers."""

from __future__ import annotations

import json
import secrets
import threading
import time

import httpx

from channels.wechat import xml
from channels.wechat.crypto import Crypto
from tests.support.wechat.account import Heard, Json, Refusal
from tests.support.wechat.server import Answer, Call, Server, Silence, done, menu

QUOTA = 5
WINDOW_SECONDS = 48 * 3600
DESK = "wk" + "a" * 20
SENT_BEFORE = 95099
"""The documentation says that a message's id may not come twice, and not which errcode tells so."""


class WeCom:
    """One company with one desk of customer service."""

    def __init__(self) -> None:
        self.corpid, self.secret = "ww" + secrets.token_hex(8), secrets.token_hex(16)
        self.callback_token, self.aes_key = secrets.token_hex(8), secrets.token_hex(32)[:43]
        self.callback = ""
        self.changed = threading.Condition()
        self.token = secrets.token_hex(32)
        self.messages: list[Json] = []
        self.media: dict[str, bytes] = {}
        self.chats: dict[str, list[Heard]] = {}
        self.left: dict[str, tuple[int, float]] = {}
        self.welcomes: dict[str, str] = {}
        self.sent: set[str] = set()
        self.silent_after = 0
        """How many of the next messages are taken without an answer, as when a connection breaks."""
        self.pulls = 0
        self._server = Server(self._answer)

    @property
    def environment(self) -> dict[str, str]:
        """What the gateway is configured with."""
        return {
            "WECOM_CORPID": self.corpid,
            "WECOM_SECRET": self.secret,
            "WECOM_TOKEN": self.callback_token,
            "WECOM_AES_KEY": self.aes_key,
            "WECOM_API": self._server.url,
        }

    @property
    def crypto(self) -> Crypto:
        """The company's encryption."""
        return Crypto(self.callback_token, self.aes_key, self.corpid)

    def stop(self) -> None:
        """End the server."""
        self._server.stop()

    # ── the callback ───────────────────────────────────────────────────────────────────────────────

    def announce(self) -> httpx.Response:
        """Say that there are messages."""
        fields: dict[str, str | int | dict[str, str]] = {
            "ToUserName": self.corpid, "CreateTime": int(time.time()), "MsgType": "event",
            "Event": "kf_msg_or_event", "Token": secrets.token_hex(8), "OpenKfId": DESK,
        }  # fmt: skip
        sealed = self.crypto.encrypt(xml.write(fields).encode(), str(int(time.time())), "7")
        query = {"msg_signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce}
        body = xml.write({"ToUserName": self.corpid, "Encrypt": sealed.encrypt, "AgentID": ""})
        return httpx.post(self.callback, params=query, content=body.encode(), trust_env=False, timeout=5)

    def verify(self) -> httpx.Response:
        """Check the address, as when it is configured."""
        sealed = self.crypto.encrypt(b"1616140317555161061", str(int(time.time())), "7")
        query = {"msg_signature": sealed.signature, "timestamp": sealed.timestamp, "nonce": sealed.nonce}
        return httpx.get(self.callback, params=query | {"echostr": sealed.encrypt}, trust_env=False)

    # ── the API ────────────────────────────────────────────────────────────────────────────────────

    def _check(self, query: dict[str, str]) -> None:
        if query.get("access_token") != self.token:
            raise Refusal(40014, "invalid access_token")

    def _answer(self, call: Call) -> Answer:
        if call.path == "/cgi-bin/gettoken":
            if (call.query.get("corpid"), call.query.get("corpsecret")) != (self.corpid, self.secret):
                raise Refusal(40001, "invalid credential")
            return done({"access_token": self.token, "expires_in": 7200})
        self._check(call.query)
        match call.path:
            case "/cgi-bin/media/get":
                if call.query.get("media_id") not in self.media:
                    raise Refusal(40007, "invalid media_id")
                return Answer(self.media[call.query["media_id"]], "image/jpeg")
            case "/cgi-bin/media/upload":
                media = secrets.token_hex(16)
                self.media[media] = call.body[call.body.index(b"\x89PNG") :]
                return done({"media_id": media})
            case _:
                return done(self._done(call.path, json.loads(call.body)))

    def _done(self, path: str, asked: Json) -> Json:
        match path:
            case "/cgi-bin/kf/sync_msg":
                return self._sync(asked)
            case "/cgi-bin/kf/account/list":
                return {"account_list": [{"open_kfid": DESK, "name": "结算账户助手"}]}
            case "/cgi-bin/kf/send_msg":
                if asked["open_kfid"] != DESK:
                    raise Refusal(60030, "invalid open_kfid")
                self._once(asked)
                self._spend(asked["touser"])
                return self._hear(asked["touser"], asked)
            case "/cgi-bin/kf/send_msg_on_event":
                user = self.welcomes.pop(asked["code"], None)
                if user is None:
                    raise Refusal(95006, "invalid code")
                self._once(asked)
                return self._hear(user, asked)
            case _:
                raise Refusal(40066, "invalid url")

    def _sync(self, asked: Json) -> Json:
        with self.changed:
            self.pulls += 1
            start = int(asked.get("cursor") or 0)
            # The real one answers an empty page with has_more now and then.
            if self.pulls % 3 == 0 and start < len(self.messages):
                return {"next_cursor": str(start), "has_more": 1, "msg_list": []}
            page = self.messages[start : start + 2]
            end = start + len(page)
            return {"next_cursor": str(end), "has_more": int(end < len(self.messages)), "msg_list": page}

    def _spend(self, user: str) -> None:
        left, until = self.left.get(user, (0, 0.0))
        if until < time.time():
            raise Refusal(95018, "session over")
        if left < 1:
            raise Refusal(95001, "send msg count limit")
        self.left[user] = (left - 1, until)

    def _once(self, asked: Json) -> None:
        """A message's id is unique in an account."""
        with self.changed:
            if asked["msgid"] in self.sent:
                raise Refusal(SENT_BEFORE, "duplicate msgid")
            self.sent.add(asked["msgid"])

    def _hear(self, user: str, asked: Json) -> Json:
        match asked["msgtype"]:
            case "text":
                heard = Heard("custom", "text", asked["text"]["content"])
            case "msgmenu":
                shown = asked["msgmenu"]
                items = [{"id": "", **one[one["type"]]} for one in shown["list"]]
                heard = menu(shown["head_content"], items, shown.get("tail_content", ""))
                heard.link = next((item["url"] for item in items if "url" in item), "")
            case "image":
                heard = Heard("custom", "image", picture=self.media[asked["image"]["media_id"]])
            case _:
                raise Refusal(40008, "invalid message type")
        with self.changed:
            self.chats.setdefault(user, []).append(heard)
            self.changed.notify_all()
            if self.silent_after:
                self.silent_after -= 1
                raise Silence
        return {"msgid": asked["msgid"]}


class Visitor:
    """A customer in the company's chat."""

    def __init__(self, wecom: WeCom) -> None:
        self.wecom = wecom
        self.user = "wm" + secrets.token_urlsafe(20)
        self.chat = wecom.chats.setdefault(self.user, [])

    def add(self, kind: str, **content: Json) -> None:
        """A message, without telling the gateway."""
        self.wecom.left[self.user] = (QUOTA, time.time() + WINDOW_SECONDS)
        self.wecom.messages.append(
            {
                "msgid": secrets.token_hex(12), "open_kfid": DESK, "external_userid": self.user,
                "send_time": int(time.time()), "origin": 3, "msgtype": kind, **content,
            }
        )  # fmt: skip

    def enter(self, scene: str = "", *, again: bool = False) -> str:
        """Open the chat; ``again``: within 48 hours, when there is no code for a welcome."""
        code = "" if again else secrets.token_hex(8)
        if code:
            self.wecom.welcomes[code] = self.user
        self.happens("enter_session", scene_param=scene, **({"welcome_code": code} if code else {}))
        return self._answered()

    def happens(self, kind: str, **content: object) -> None:
        """An event, without telling the gateway."""
        event = {"event_type": kind, "open_kfid": DESK, "external_userid": self.user, **content}
        self.wecom.messages.append(
            {"msgid": secrets.token_hex(12), "origin": 4, "msgtype": "event", "event": event}
        )

    def say(self, words: str) -> str:
        """Type, and read what is answered."""
        self.add("text", text={"content": words})
        return self._answered()

    def tap(self, title: str) -> str:
        """Tap an item of the last menu."""
        menu = next(heard.menu for heard in reversed(self.chat) if heard.menu)
        item = next(item for item in menu if title in item["content"])
        self.add("text", text={"content": item["content"], "menu_id": item["id"]})
        return self._answered()

    def photo(self, content: bytes) -> str:
        """Send a photo."""
        media = secrets.token_hex(16)
        self.wecom.media[media] = content
        self.add("image", image={"media_id": media})
        return self._answered()

    def _answered(self) -> str:
        before = len(self.chat)
        assert self.wecom.announce().text == "success"
        end = time.monotonic() + 30
        with self.wecom.changed:
            while len(self.chat) == before:
                assert time.monotonic() < end, "nothing came"
                self.wecom.changed.wait(0.5)
        return self.chat[-1].text
