"""The Official Account as a part of the gateway."""

from __future__ import annotations

from dataclasses import dataclass

from channels.messenger.desk import Desk, Parts
from channels.wechat.account import Account
from channels.wechat.envelope import Envelope
from channels.wechat.settings import WechatSettings


@dataclass(frozen=True)
class Wechat:
    """What the routes need."""

    account: Account
    envelope: Envelope
    desk: Desk

    @classmethod
    def open(cls, settings: WechatSettings, parts: Parts, *, production: bool) -> Wechat | None:
        """None without an account; ``OperatorError`` when its configuration cannot work."""
        if not settings.configured:
            return None
        settings.check(production=production)
        account = Account(settings, parts.redis, parts.keyring, parts.texts)
        desk = Desk(account, parts, settings.public_url, "/wechat/open", "/wechat/enter")
        return cls(account, Envelope(settings, parts.redis), desk)
