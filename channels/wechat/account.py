"""One Official Account: its calls to the platform (messages, media, typing, templates, OAuth)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import httpx
from redis.asyncio import Redis

from channels.messenger.access import AccessToken
from channels.messenger.api import Api, ask, client
from channels.messenger.options import Option
from channels.messenger.platform import PlatformError
from channels.messenger.render import menu
from channels.messenger.texts import Texts
from channels.wechat.settings import WechatSettings
from settlement.security.keys import Keyring

Json = dict[str, Any]

SENT_ALREADY = 45065
"""A template message with this ``client_msg_id`` went out before."""


class Account:
    """Implements ``channels.messenger.platform.Platform``."""

    name = "wechat"
    prefix = "wx-"
    keyed = False

    def __init__(
        self,
        settings: WechatSettings,
        redis: Redis,
        keyring: Keyring,
        texts: Texts,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._texts = texts
        self._http = client(settings.api, transport)
        self.token = AccessToken(redis, keyring, f"wechat:{settings.appid}", self._new_token)
        self.api = Api(self._http, self.token)

    async def _new_token(self, forced: bool) -> tuple[str, int]:
        body = {
            "grant_type": "client_credential",
            "appid": self._settings.appid,
            "secret": self._settings.secret,
            "force_refresh": forced,
        }
        answer = await ask(self._http, "POST", "/cgi-bin/stable_token", json=body)
        return str(answer["access_token"]), int(answer["expires_in"])

    async def send_text(self, user: str, text: str, key: str) -> None:
        await self._send(user, "text", {"content": text})

    async def send_menu(self, user: str, text: str, options: Sequence[Option], key: str) -> None:
        await self._send(user, "msgmenu", menu(text, options, self._texts, _item))

    async def send_picture(self, user: str, png: bytes, key: str) -> None:
        await self._send(user, "image", {"media_id": await self.api.keep_picture(png)})

    async def typing(self, user: str) -> None:
        await self.api.post("/cgi-bin/message/custom/typing", {"touser": user, "command": "Typing"})

    async def photo(self, media: str) -> bytes:
        return await self.api.media(media)

    async def news(self, user: str, link: str, key: str) -> bool:
        fields = {name: {"value": value} for name, value in self._texts.news.fields.items()}
        body: Json = {"touser": user, "data": fields}
        if self._settings.template:
            path = "/cgi-bin/message/template/send"
            # client_msg_id: the platform itself sends one message a user and id (within ten minutes).
            body |= {"template_id": self._settings.template, "url": link, "client_msg_id": key[:32]}
        elif self._settings.subscription:
            path = "/cgi-bin/message/subscribe/bizsend"
            body |= {"template_id": self._settings.subscription, "page": link}
        else:
            return False
        try:
            await self.api.post(path, body)
        except PlatformError as error:
            if error.code != SENT_ALREADY:
                raise
        return True

    async def _send(self, user: str, kind: str, content: Json) -> None:
        await self.api.post("/cgi-bin/message/custom/send", {"touser": user, "msgtype": kind, kind: content})

    # ── who opens a link ───────────────────────────────────────────────────────────────────────────

    def authorise_address(self, state: str) -> str:
        """Where a browser inside WeChat is sent to learn whose it is; without a question (snsapi_base)."""
        query = {
            "appid": self._settings.appid,
            "redirect_uri": self._settings.public_url.rstrip("/") + "/wechat/back",
            "response_type": "code",
            "scope": "snsapi_base",
            "state": state,
        }
        # The platform wants exactly this order and this fragment.
        return f"{self._settings.oauth}/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"

    async def who(self, code: str) -> str:
        """The openid behind a code, which works once. Raises ``PlatformError``."""
        answer = await ask(
            self._http,
            "GET",
            "/sns/oauth2/access_token",
            params={
                "appid": self._settings.appid,
                "secret": self._settings.secret,
                "code": code,
                "grant_type": "authorization_code",
            },
        )
        return str(answer.get("openid") or "")

    async def close(self) -> None:
        await self._http.aclose()


def _item(option: str, line: str) -> Json:
    return {"id": option, "content": line}
