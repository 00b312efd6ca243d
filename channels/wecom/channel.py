"""WeCom customer service as a part of the gateway."""

from __future__ import annotations

from dataclasses import dataclass

from channels.messenger.desk import Desk, Parts
from channels.wechat.crypto import Crypto
from channels.wecom.account import Account
from channels.wecom.pulling import Pulling
from channels.wecom.settings import WecomSettings


@dataclass(frozen=True)
class Wecom:
    """What the routes need."""

    crypto: Crypto
    desk: Desk
    pulling: Pulling

    @classmethod
    def open(cls, settings: WecomSettings, parts: Parts, *, production: bool) -> Wecom | None:
        """None without an account; ``OperatorError`` when its configuration cannot work."""
        if not settings.configured:
            return None
        settings.check(production=production)
        account = Account(settings, parts.redis, parts.keyring, parts.texts)
        desk = Desk(account, parts, settings.public_url, "/wecom/open", "/")
        pulling = Pulling(parts.redis, account, desk)
        desk.also.append(pulling)
        return cls(Crypto(settings.token, settings.aes_key, settings.corpid), desk, pulling)
