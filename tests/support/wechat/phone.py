"""A follower with a phone: writes, sends photos, taps, scans, opens links; the platform delivers for them."""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

from channels.wechat import xml
from channels.wechat.crypto import Crypto, signature
from tests.support.wechat.account import AccountBook, Heard
from tests.support.wechat.api import Api

PATIENCE_SECONDS = 5.0
ATTEMPTS = 3
FAILED = "该公众号提供的服务出现故障，请稍后再试"
BROWSER = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 MicroMessenger/8.0.50"

Fields = dict[str, Any]


class WeChat:
    """The platform: the book, the API, and deliveries to the gateway at ``callback``."""

    def __init__(self, *, safe: bool = True, port: int = 0) -> None:
        self.book = AccountBook()
        self.api = Api(self.book, port)
        self.safe = safe
        self.callback = ""
        self.others: list[str] = []
        """Callbacks of further gateway processes, as behind a load balancer."""
        many = httpx.Limits(max_connections=400)
        self.http = httpx.Client(trust_env=False, timeout=PATIENCE_SECONDS, limits=many)
        self.twice = False
        """Deliver everything two times at once, as an impatient network does."""
        self.attempts = 0

    @property
    def environment(self) -> dict[str, str]:
        """What the gateway is configured with."""
        return {
            "WECHAT_APPID": self.book.appid,
            "WECHAT_SECRET": self.book.secret,
            "WECHAT_TOKEN": self.book.callback_token,
            "WECHAT_AES_KEY": self.book.aes_key,
            "WECHAT_MODE": "safe" if self.safe else "plain",
            "WECHAT_API": self.api.url,
            "WECHAT_OAUTH": self.api.url,
        }

    @property
    def crypto(self) -> Crypto:
        """The account's encryption."""
        return Crypto(self.book.callback_token, self.book.aes_key, self.book.appid)

    def sealed(self, fields: Fields, *, timestamp: int | None = None) -> tuple[dict[str, str], bytes]:
        """Query and body of one delivery."""
        when, nonce = str(timestamp or int(time.time())), str(secrets.randbelow(10**10))
        token, plain = self.book.callback_token, xml.write(fields)
        query = {"timestamp": when, "nonce": nonce, "signature": signature(token, when, nonce)}
        if not self.safe:
            return query, plain.encode()
        sealed = self.crypto.encrypt(plain.encode(), when, nonce)
        query |= {"openid": fields["FromUserName"], "encrypt_type": "aes", "msg_signature": sealed.signature}
        return query, xml.write({"ToUserName": self.book.appid, "Encrypt": sealed.encrypt}).encode()

    def deliver(self, fields: Fields) -> None:
        """Three tries of five seconds; the first answer counts, whichever try it belongs to."""
        if not self.twice:
            return self._deliver(fields)
        both = [threading.Thread(target=self._deliver, args=(fields,)) for _ in range(2)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        return None

    def _deliver(self, fields: Fields) -> None:
        for _ in range(ATTEMPTS):
            query, body = self.sealed(fields)
            self.attempts += 1
            try:
                answer = self.http.post(self._any(), params=query, content=body)
            except httpx.HTTPError:
                # The real platform waits as well before it tries again.
                time.sleep(0.2)
                continue
            if answer.status_code == 200:
                return self._answered(fields, answer.text)
        return self._once(fields, Heard("platform", "text", FAILED))

    def _any(self) -> str:
        return secrets.choice([self.callback, *self.others])

    def _answered(self, fields: Fields, text: str) -> None:
        if text in {"", "success"}:
            return
        reply = xml.read(text.encode())
        if self.safe:
            reply = xml.read(
                self.crypto.decrypt(
                    reply["MsgSignature"], reply["TimeStamp"], reply["Nonce"], reply["Encrypt"]
                )
            )
        assert reply["ToUserName"] == fields["FromUserName"], "a reply to somebody else"
        self._once(fields, Heard("passive", "text", reply["Content"]))

    def _once(self, fields: Fields, heard: Heard) -> None:
        """However often a message was delivered, it has one reply."""
        follower = self.book.follower(fields["FromUserName"])
        name = str(fields.get("MsgId") or (fields["CreateTime"], fields.get("Event"), fields.get("EventKey")))
        with self.book.changed:
            if name in follower.answered:
                return
            follower.answered.add(name)
            self.book.hear(follower.openid, heard)

    def stop(self) -> None:
        """End the API."""
        self.http.close()
        self.api.stop()


class Phone:
    """One follower."""

    def __init__(self, wechat: WeChat, openid: str | None = None) -> None:
        self.wechat = wechat
        self.openid = openid or "o" + secrets.token_urlsafe(20)
        self.chat = wechat.book.follower(self.openid).heard
        self._read = 0
        self.browser: httpx.Client | None = None

    # ── what the follower does ─────────────────────────────────────────────────────────────────────

    def message(self, kind: str, **content: Any) -> Fields:
        """A message, not yet delivered."""
        return self._fields(kind) | content | {"MsgId": secrets.randbelow(9 * 10**17) + 10**17}

    def _fields(self, kind: str) -> Fields:
        return {
            "ToUserName": "gh_" + self.wechat.book.appid[2:14],
            "FromUserName": self.openid,
            "CreateTime": int(time.time()),
            "MsgType": kind,
        }

    def send(self, fields: Fields, opening: str = "words") -> None:
        """Let the platform deliver."""
        self.wechat.book.open_window(self.openid, opening)
        self.wechat.deliver(fields)

    def write(self, words: str) -> None:
        """Type, without waiting for what comes after the passive reply."""
        self.send(self.message("text", Content=words))

    def say(self, words: str, seconds: float = 60.0) -> str:
        """Type, and read what is answered."""
        with self._answered(seconds):
            self.write(words)
        return self.read()

    def tap(self, title: str, seconds: float = 60.0) -> str:
        """Tap an item of the last menu."""
        menu = next(heard.menu for heard in reversed(self.chat) if heard.menu)
        item = next(item for item in menu if title in item["content"])
        fields = self.message("text", Content=item["content"], bizmsgmenuid=item["id"])
        with self._answered(seconds):
            self.send(fields, "click")
        return self.read()

    def photo(self, path: Path, seconds: float = 60.0) -> str:
        """Send a photo from the album."""
        media = self.wechat.api.keep_media(path.read_bytes(), "image/jpeg")
        with self._answered(seconds):
            self.send(self.message("image", PicUrl="http://mmbiz.example/photo", MediaId=media))
        return self.read()

    def event(self, name: str, key: str = "", seconds: float = 60.0) -> str:
        """subscribe, SCAN, CLICK."""
        with self._answered(seconds):
            self.send(self._fields("event") | {"Event": name, "EventKey": key}, "click")
        return self.read()

    def leave(self) -> None:
        """Unsubscribe; nothing is heard afterwards."""
        self.wechat.deliver(self._fields("event") | {"Event": "unsubscribe", "EventKey": ""})

    # ── what the follower sees ─────────────────────────────────────────────────────────────────────

    def read(self) -> str:
        """The words that are new."""
        new, self._read = self.chat[self._read :], len(self.chat)
        return "\n\n".join(heard.text for heard in new if heard.text)

    @contextmanager
    def _answered(self, seconds: float) -> Iterator[None]:
        before = len(self.chat)
        yield
        self.wait(lambda: len(self.chat) > before, seconds)

    def wait(self, until: Callable[[], bool], seconds: float = 30.0) -> None:
        """Wait for something to appear in the chat."""
        end = time.monotonic() + seconds
        with self.wechat.book.changed:
            while not until():
                left = end - time.monotonic()
                assert left > 0, f"nothing came; heard: {[heard.text for heard in self.chat[-3:]]}"
                self.wechat.book.changed.wait(min(left, 0.5))

    def wait_for(self, words: str, seconds: float = 30.0) -> str:
        """Wait for words that nobody asked for."""
        start = self._read
        self.wait(lambda: any(words in heard.text for heard in self.chat[start:]), seconds)
        return self.read()

    def picture(self, seconds: float = 20.0) -> bytes:
        """The last picture, once it is there and the newest thing but words."""
        self.wait(lambda: any(heard.picture for heard in self.chat[-3:]), seconds)
        return next(heard.picture for heard in reversed(self.chat) if heard.picture)

    @property
    def link(self) -> str:
        """The last link in the chat."""
        for heard in reversed(self.chat):
            if heard.link:
                return heard.link
            if found := re.findall(r'href="([^"]+)"', heard.text):
                return str(found[-1])
        raise AssertionError("no link in the chat")

    def open(self, link: str | None = None, *, as_other: str | None = None) -> httpx.Response:
        """Open a link in WeChat's browser; ``as_other``: the openid of whom it was forwarded to."""
        if self.browser is None:
            self.browser = httpx.Client(
                headers={"User-Agent": BROWSER}, trust_env=False, timeout=20, follow_redirects=False
            )
        answer = self.browser.get(link or self.link)
        while answer.status_code == 302:
            target = answer.headers["location"]
            if "/connect/oauth2/authorize" in target:
                query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
                assert query["appid"] == self.wechat.book.appid
                assert urlsplit(target).fragment == "wechat_redirect"
                code = self.wechat.api.code_for(as_other or self.openid)
                answer = self.browser.get(
                    query["redirect_uri"], params={"code": code, "state": query["state"]}
                )
                continue
            answer = self.browser.get(str(answer.url.join(target)))
        return answer
