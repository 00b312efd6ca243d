"""WeCom customer service: its calls to the platform. There are no passive replies, and no typing sign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import httpx
from redis.asyncio import Redis

from channels.messenger.access import AccessToken
from channels.messenger.api import Api, ask, client
from channels.messenger.options import Option
from channels.messenger.platform import MENU_BYTES, MENU_ITEMS
from channels.messenger.render import menu
from channels.messenger.texts import Texts
from channels.wecom.settings import WecomSettings
from settlement.redis import decoded
from settlement.security.keys import Keyring

WELCOME_SECONDS = 20
PULLED_AT_ONCE = 1000
_LINK = re.compile(r'<a href="([^"]*)">([^<]*)</a>')

Json = dict[str, Any]


def user_of(open_kfid: str, external_userid: str) -> str:
    """A person as one desk of customer service knows them; both ids are needed to answer."""
    return f"{open_kfid}|{external_userid}"


class Account:
    """Implements ``channels.messenger.platform.Platform``; a user is ``<open_kfid>|<external_userid>``."""

    name = "wecom"
    prefix = "kf-"
    keyed = True

    def __init__(
        self,
        settings: WecomSettings,
        redis: Redis,
        keyring: Keyring,
        texts: Texts,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._redis = redis
        self._texts = texts
        self._keyring = keyring
        self._http = client(settings.api, transport)
        self.api = Api(self._http, AccessToken(redis, keyring, f"wecom:{settings.corpid}", self._new_token))

    async def _new_token(self, forced: bool) -> tuple[str, int]:
        # The platform gives the same token to all who ask, and a new one when it has made it void.
        query = {"corpid": self._settings.corpid, "corpsecret": self._settings.secret}
        answer = await ask(self._http, "GET", "/cgi-bin/gettoken", params=query)
        return str(answer["access_token"]), int(answer["expires_in"])

    async def pull(self, open_kfid: str, cursor: str, token: str) -> Json:
        """Messages after ``cursor``: ``{next_cursor, has_more, msg_list}``."""
        body: Json = {"open_kfid": open_kfid, "limit": PULLED_AT_ONCE}
        body |= {"cursor": cursor} if cursor else {}
        # The callback's token lifts the limit on calls; it is good for ten minutes.
        return await self.api.post("/cgi-bin/kf/sync_msg", body | ({"token": token} if token else {}))

    async def send_text(self, user: str, text: str, key: str) -> None:
        links = _links(text)
        if links and len(text.encode()) <= MENU_BYTES:
            shown = {"head_content": _LINK.sub(r"\2", text), "list": links}
            return await self._send(user, "msgmenu", shown, key)
        return await self._send(user, "text", {"content": _LINK.sub(r"\2 \1 ", text)}, key)

    async def send_menu(self, user: str, text: str, options: Sequence[Option], key: str) -> None:
        shown = menu(text, options, self._texts, _item)
        links = _links(text)
        if len(links) + len(options) > MENU_ITEMS:
            return await self.send_text(user, text, key)
        shown["head_content"] = _LINK.sub(r"\2", shown["head_content"])
        shown["list"] = [*links, *shown["list"]]
        return await self._send(user, "msgmenu", shown, key)

    async def send_picture(self, user: str, png: bytes, key: str) -> None:
        await self._send(user, "image", {"media_id": await self.api.keep_picture(png)}, key)

    async def typing(self, user: str) -> None:
        """There is no such sign."""

    async def photo(self, media: str) -> bytes:
        return await self.api.media(media)

    async def news(self, user: str, link: str, key: str) -> bool:
        """There are no template messages; the SMS tells of the result (R-060)."""
        return False

    async def keep_welcome(self, user: str, code: str) -> None:
        """Entering the chat gave a code for one message, within 20 seconds."""
        await self._redis.set(self._welcome_key(user), code, ex=WELCOME_SECONDS)

    async def _send(self, user: str, kind: str, content: Json, key: str) -> None:
        code = await self._redis.getdel(self._welcome_key(user)) if kind in {"text", "msgmenu"} else None
        if code is not None:
            body = {"code": decoded(code), "msgid": key, "msgtype": kind, kind: content}
            await self.api.post("/cgi-bin/kf/send_msg_on_event", body)
            return
        open_kfid, _, external_userid = user.partition("|")
        body = {"touser": external_userid, "open_kfid": open_kfid, "msgid": key, "msgtype": kind}
        await self.api.post("/cgi-bin/kf/send_msg", {**body, kind: content})

    def _welcome_key(self, user: str) -> str:
        return f"messenger:welcome:{self._keyring.digest(user, 'messenger:wecom')[:32]}"

    async def close(self) -> None:
        await self._http.aclose()


def _item(option: str, line: str) -> Json:
    return {"type": "click", "click": {"id": option, "content": line}}


def _links(text: str) -> list[Json]:
    """The links in ``text`` as menu items, which is how this platform knows links: it knows no ``<a>``."""
    return [{"type": "view", "view": {"url": url, "content": words}} for url, words in _LINK.findall(text)]
