"""A platform that takes every call and never answers: words wait, and a photo is given up in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType

import httpx
import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from channels.messenger import api, fetching, post
from channels.messenger.desk import Desk
from channels.services import Services
from channels.wechat.account import Account
from settlement.database import upgrade
from settlement.settings import Settings
from tests.support.redis import running_redis
from tests.support.silent import SHORT_SECONDS, silent_server

PATIENCE_SECONDS = 20
"""Of the test: far more than the limits set here."""
USER, WORDS = "o-user-of-ours", "您的业务有新的结果"
LIMITS_OF_A_PHOTO = [(api, "MEDIA_TIMEOUT", httpx.Timeout(SHORT_SECONDS)), (fetching, "TRY_SECONDS", 0.2)]


@pytest.fixture
def silent() -> Iterator[str]:
    with silent_server() as address:
        yield f"http://{address}"


@pytest_asyncio.fixture
async def desk(silent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """The gateway's own parts, with an Official Account there; the token is one from before."""
    chosen = {"APPID": "wx1", "SECRET": "s", "TOKEN": "t", "MODE": "plain", "API": silent}
    for name, value in chosen.items():
        monkeypatch.setenv(f"WECHAT_{name}", value)
    monkeypatch.setenv("PUBLIC_URL", silent)
    with running_redis() as redis_url:
        settings = Settings(state_dir=tmp_path, redis_url=redis_url, rasa_url=silent, rasa_token="t")
        await upgrade(settings.database_url)
        services = await Services.start(settings)
        assert services.wechat is not None
        services.wechat.account.token._fetch = known
        yield services.wechat.desk
        await services.stop()


async def known(forced: bool) -> tuple[str, int]:
    return "token-of-ours", 7200


@pytest.mark.parametrize("limit", LIMITS_OF_A_PHOTO, ids=lambda limit: limit[1])
async def test_a_photo_that_never_comes_is_tried_some_times_and_then_asked_for_again(
    desk: Desk, limit: tuple[ModuleType, str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(*limit)
    conversation = await desk.people.arrive(USER)
    with capture_logs() as logs:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await desk.fetching.add(conversation, "wx-00000001", "media-of-ours")
            while not await desk.state.queue(conversation):
                await desk.fetching._sweep()
                await asyncio.sleep(0.02)
    [told] = await desk.state.queue(conversation)
    assert told.content == desk.texts.notices.photo_failed
    met = [line for line in logs if line["event"] in {"photo_not_fetched", "platform_gave_no_answer"}]
    assert len(met) == fetching.MOST_TRIES
    assert "of-ours" not in str(logs)


@pytest.mark.parametrize("limit", ["of one call", "of a whole delivery"])
async def test_a_message_that_nobody_takes_waits_for_the_next_try(
    desk: Desk, limit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if limit == "of one call":
        assert isinstance(desk.platform, Account)
        monkeypatch.setattr(desk.platform.api._http, "timeout", httpx.Timeout(SHORT_SECONDS))
    else:
        monkeypatch.setattr(post, "LOCK_SECONDS", 2 + SHORT_SECONDS)
    conversation = await desk.people.arrive(USER)
    await desk.quota.open(desk.people.digest(USER), "words")
    await desk.state.say(conversation, "wx-00000001", WORDS)
    with capture_logs() as logs:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await desk.post._push(conversation)
    assert [item.content for item in await desk.state.queue(conversation)] == [WORDS]
    assert await desk.state.is_due(conversation)
    [told] = [line for line in logs if line["log_level"] == "warning"]
    assert told["event"] == ("platform_gave_no_answer" if limit == "of one call" else "post_interrupted")
    assert "of-ours" not in str(logs)
    assert WORDS not in str(logs)


async def test_nobody_waits_for_the_sign_that_an_answer_is_being_written(desk: Desk) -> None:
    async with asyncio.timeout(api.TIMEOUT.read or 0):
        await desk._show_typing(USER)
