"""Text messages: the local inbox over a real Redis, and the provider over a real socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from redis.asyncio import Redis

from settlement.ports.errors import PortRefused, PortUnavailable
from settlement.ports.http import JsonClient
from settlement.ports.sms import INBOX, INBOX_LENGTH, HttpSms, LocalSms, Sms
from settlement.security.keys import Keyring
from tests.support.redis import as_bytes
from tests.unit.ports.wire import Wire, outside_system

MESSAGE = Sms(id="case-1:submitted", phone="13800000001", text="【海岳期货】您的验证码为482913")


@pytest.fixture
def wire() -> Iterator[Wire]:
    with outside_system() as wire:
        yield wire


async def test_the_inbox_shows_the_newest_first(redis: Redis, keyring: Keyring) -> None:
    sms = LocalSms(redis, keyring)
    await sms.send(MESSAGE)
    await sms.send(MESSAGE.model_copy(update={"id": "case-1:done", "text": "later"}))
    inbox = await sms.inbox()
    assert [one.text for one in inbox] == ["later", MESSAGE.text]
    assert inbox[1].phone == "13800000001"
    assert inbox[1].at.tzinfo is not None


async def test_the_same_id_is_sent_once(redis: Redis, keyring: Keyring) -> None:
    sms = LocalSms(redis, keyring)
    ids = await asyncio.gather(*(sms.send(MESSAGE) for _ in range(4)))
    assert len(set(ids)) == 1
    assert len(await sms.inbox()) == 1


async def test_the_inbox_does_not_grow_without_end(redis: Redis, keyring: Keyring) -> None:
    sms = LocalSms(redis, keyring)
    for number in range(INBOX_LENGTH + 5):
        await sms.send(MESSAGE.model_copy(update={"id": f"m{number}"}))
    inbox = await sms.inbox()
    assert len(inbox) == INBOX_LENGTH
    assert inbox[0].id == f"m{INBOX_LENGTH + 4}"


async def test_neither_code_nor_phone_lies_open_in_redis(redis: Redis, keyring: Keyring) -> None:
    await LocalSms(redis, keyring).send(MESSAGE)
    stored = b"".join(map(as_bytes, await redis.lrange(INBOX, 0, -1)))
    assert b"482913" not in stored
    assert b"13800000001" not in stored


async def test_a_provider_gets_phone_text_and_key(wire: Wire) -> None:
    wire.answer(200, {"id": "p-77"})
    sms = HttpSms(JsonClient("SMS", wire.url, "token", production=False))
    assert await sms.send(MESSAGE) == "p-77"
    await sms.close()
    heard = wire.heard[0]
    assert heard.path == "/v1/messages"
    assert heard.body == {"phone": "13800000001", "text": MESSAGE.text}
    assert heard.headers["idempotency-key"] == "case-1:submitted"


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (503, {}, PortUnavailable),
        (429, {}, PortUnavailable),
        (403, {}, PortRefused),
        (200, {}, PortRefused),
        (200, {"id": 7}, PortRefused),
    ],
)
async def test_a_provider_that_fails_says_whether_to_try_again(
    wire: Wire, status: int, body: dict[str, object], error: type[Exception]
) -> None:
    wire.answer(status, body)
    sms = HttpSms(JsonClient("SMS", wire.url, "token", production=False))
    with pytest.raises(error) as raised:
        await sms.send(MESSAGE)
    await sms.close()
    assert "13800000001" not in str(raised.value)


def test_a_message_does_not_print_its_phone_or_text() -> None:
    assert "13800000001" not in repr(MESSAGE)
    assert "482913" not in repr(MESSAGE)
