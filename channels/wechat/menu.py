"""``python -m channels.wechat.menu``: give the account the menu of ``texts.yml``."""

from __future__ import annotations

import asyncio
import sys

from channels.messenger.api import ask, client
from channels.messenger.platform import PlatformError
from channels.messenger.texts import Texts, texts
from channels.wechat.settings import WechatSettings


async def publish(settings: WechatSettings, words: Texts) -> None:
    """Replace the account's menu. Raises ``PlatformError``."""
    buttons = [{"type": "click", "name": item.name, "key": item.key} for item in words.menu]
    body = {"grant_type": "client_credential", "appid": settings.appid, "secret": settings.secret}
    async with client(settings.api) as http:
        token = str((await ask(http, "POST", "/cgi-bin/stable_token", json=body))["access_token"])
        await ask(
            http, "POST", "/cgi-bin/menu/create", params={"access_token": token}, json={"button": buttons}
        )


def main() -> int:
    """1 when the platform refused; ``./run diagnose`` tells why."""
    try:
        asyncio.run(publish(WechatSettings(), texts()))
    except PlatformError as error:
        print(f"the platform refused the menu: errcode {error.code}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
