"""Rasa and the chat platforms may take a call and never answer: the call ends, the log names nobody."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis
from structlog.testing import capture_logs

from channels import rasa as rasas
from channels.messenger import api
from channels.messenger.options import Option
from channels.messenger.platform import Platform, PlatformError
from channels.messenger.texts import texts
from channels.wechat import account as wechat
from channels.wechat import diagnosis
from channels.wechat.settings import WechatSettings
from channels.wecom import account as wecom
from channels.wecom.settings import WecomSettings
from settlement.redis import connect
from settlement.security.keys import Keyring
from settlement.settings import Settings
from tests.support.redis import running_redis
from tests.support.silent import SHORT_SECONDS, silent_server

PATIENCE_SECONDS = 20
"""Of the test: far more than the limits set here."""
USER, WORDS, TOKEN = "desk|o-user-of-ours", "您的验证码 483920", "token-of-ours"
SECRET = "secret-of-ours"
SHORT = httpx.Timeout(SHORT_SECONDS)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of whoever never answers; every limit is short."""
    monkeypatch.setattr(api, "TIMEOUT", SHORT)
    monkeypatch.setattr(api, "MEDIA_TIMEOUT", SHORT)
    monkeypatch.setattr(rasas, "TIMEOUT", SHORT)
    monkeypatch.setattr(diagnosis, "ADDRESS_SECONDS", SHORT_SECONDS)
    with silent_server() as address:
        yield f"http://{address}"


@pytest_asyncio.fixture
async def stored(tmp_path: Path) -> AsyncIterator[Redis]:
    with running_redis() as url:
        client = connect(Settings(redis_url=url, state_dir=tmp_path))
        yield client
        await client.aclose()


@pytest.fixture
def keys() -> Keyring:
    return Keyring([secrets.token_bytes(32)], secrets.token_bytes(32))


async def known(forced: bool) -> tuple[str, int]:
    """A token that the platform gave before it fell silent."""
    return TOKEN, 7200


def account(silent: str, stored: Redis, keys: Keyring) -> wechat.Account:
    chosen = WechatSettings(appid="wx1", secret=SECRET, api=silent, template="t")
    return wechat.Account(chosen, stored, keys, texts())


def desk(silent: str, stored: Redis, keys: Keyring) -> wecom.Account:
    return wecom.Account(WecomSettings(corpid="ww1", secret=SECRET, api=silent), stored, keys, texts())


CALLS: dict[str, Callable[[Platform], Awaitable[object]]] = {
    "a text": lambda platform: platform.send_text(USER, WORDS, "key"),
    "a menu": lambda platform: platform.send_menu(USER, WORDS, [Option("1", "甲")], "key"),
    "a picture": lambda platform: platform.send_picture(USER, b"png", "key"),
    "a photo": lambda platform: platform.photo("media-of-ours"),
}
OF_WECHAT: dict[str, Callable[[wechat.Account], Awaitable[object]]] = {
    "typing": lambda platform: platform.typing(USER),
    "news": lambda platform: platform.news(USER, "https://a.example/wechat/enter", "key"),
    "who": lambda platform: platform.who("code-of-ours"),
}


async def gives_up(call: Awaitable[object]) -> None:
    """Such a call fails as "no answer", which is tried again; the operators read the path and no more."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        with capture_logs() as logs, pytest.raises(PlatformError) as caught:
            await call
    assert caught.value.code == 0
    [told] = [line for line in logs if line["event"] == "platform_gave_no_answer"]
    assert (told["log_level"], told["error"]) == ("warning", "ReadTimeout")
    for value in (USER, "o-user", WORDS, TOKEN, SECRET, "of-ours"):
        assert value not in f"{logs}{caught.value!r}"


@pytest.mark.parametrize("call", [*CALLS, *OF_WECHAT])
async def test_an_official_account_that_never_answers(
    silent: str, stored: Redis, keys: Keyring, call: str
) -> None:
    platform = account(silent, stored, keys)
    platform.token._fetch = known
    await gives_up((OF_WECHAT | CALLS)[call](platform))
    await platform.close()


@pytest.mark.parametrize("call", [*CALLS, "new messages"])
async def test_a_customer_service_that_never_answers(
    silent: str, stored: Redis, keys: Keyring, call: str
) -> None:
    platform = desk(silent, stored, keys)
    platform.api._token._fetch = known
    await gives_up(CALLS[call](platform) if call in CALLS else platform.pull("desk", "", "t"))
    await platform.close()


@pytest.mark.parametrize("make", [account, desk])
async def test_a_platform_that_never_gives_a_token(
    silent: str, stored: Redis, keys: Keyring, make: Callable[[str, Redis, Keyring], wechat.Account]
) -> None:
    platform = make(silent, stored, keys)
    await gives_up(platform.send_text(USER, WORDS, "key"))
    await platform.close()


async def test_a_rasa_that_never_answers_is_asked_once_and_no_answer_is_reported(silent: str) -> None:
    rasa = rasas.Rasa(silent, SECRET)
    async with asyncio.timeout(PATIENCE_SECONDS):
        with capture_logs() as logs, pytest.raises(rasas.NoAnswerError, match=r"^ReadTimeout$"):
            await rasa.ask("conversation", WORDS, {})
    assert logs == []  # the turn tells it, and the customer reads the apology (test_failures)
    await rasa.close()


async def test_the_diagnosis_says_who_never_answered(silent: str) -> None:
    chosen = WechatSettings(
        appid="wx1", secret=SECRET, token="t", aes_key="a" * 43, api=silent, PUBLIC_URL=silent
    )
    async with asyncio.timeout(PATIENCE_SECONDS):
        report = await diagnosis.diagnose(chosen, WecomSettings(), production=False)
    words = "\n".join(report.lines)
    assert "校验没有通过（ReadTimeout）" in words
    assert "连不上微信的服务器" in words
    assert SECRET not in words
