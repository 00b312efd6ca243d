"""One-time codes: six digits, five minutes, five tries."""

from __future__ import annotations

import asyncio
import re

import pytest
from redis.asyncio import Redis

from settlement.errors import CustomerError
from settlement.security.codes import Codes
from settlement.security.keys import Keyring
from tests.support.redis import as_bytes


@pytest.fixture
def codes(redis: Redis, keyring: Keyring) -> Codes:
    return Codes(redis, keyring)


def _wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


async def test_the_right_code_passes_once(codes: Codes) -> None:
    code = await codes.issue("mine", "who")
    assert re.fullmatch(r"\d{6}", code)
    await codes.check("mine", "who", code)
    with pytest.raises(CustomerError, match="code_expired"):
        await codes.check("mine", "who", code)


@pytest.mark.parametrize("typed", ["{0} ", "{0[0]} {0[1]}-{0[2]} {0[3]}{0[4]}{0[5]}"])
async def test_blanks_and_dashes_do_not_matter(codes: Codes, typed: str) -> None:
    await codes.check("mine", "who", typed.format(await codes.issue("mine", "who")))


async def test_full_width_digits_do_not_matter(codes: Codes) -> None:
    code = await codes.issue("mine", "who")
    await codes.check("mine", "who", "".join(chr(ord(digit) + 0xFEE0) for digit in code))


async def test_a_wrong_code_tells_how_many_tries_are_left_and_the_fifth_locks(codes: Codes) -> None:
    code = await codes.issue("mine", "who")
    for left in (4, 3, 2, 1):
        with pytest.raises(CustomerError, match="code_wrong") as caught:
            await codes.check("mine", "who", _wrong(code))
        assert caught.value.facts == {"left": left}
    for typed in (_wrong(code), code, code):
        with pytest.raises(CustomerError, match="code_locked"):
            await codes.check("mine", "who", typed)


async def test_a_new_code_opens_a_locked_one_and_ends_the_old(codes: Codes) -> None:
    old = await codes.issue("mine", "who")
    for _ in range(5):
        with pytest.raises(CustomerError):
            await codes.check("mine", "who", _wrong(old))
    new = await codes.issue("mine", "who")
    if old != new:
        with pytest.raises(CustomerError, match="code_wrong"):
            await codes.check("mine", "who", old)
    await codes.check("mine", "who", new)


@pytest.mark.parametrize(("conversation", "subject"), [("yours", "who"), ("mine", "other")])
async def test_a_code_is_good_for_its_conversation_and_subject_alone(
    codes: Codes, conversation: str, subject: str
) -> None:
    code = await codes.issue("mine", "who")
    with pytest.raises(CustomerError, match="code_expired"):
        await codes.check(conversation, subject, code)


async def test_parallel_guesses_are_five_and_no_more(codes: Codes) -> None:
    code = await codes.issue("mine", "who")
    guesses = [codes.check("mine", "who", _wrong(code)) for _ in range(20)]
    results = await asyncio.gather(*guesses, return_exceptions=True)
    assert sum(str(result) == "code_wrong" for result in results) == 4
    assert sum(str(result) == "code_locked" for result in results) == 16


async def test_it_lasts_five_minutes_and_redis_does_not_hold_it(codes: Codes, redis: Redis) -> None:
    code = await codes.issue("mine", "who")
    assert 295 <= await redis.ttl("code:mine:who") <= 300
    assert code.encode() not in as_bytes(await redis.hget("code:mine:who", "digest"))
    assert await redis.hkeys("code:mine:who") == [b"digest", b"tries"]
