"""Captchas: one picture, one try, one conversation."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image
from redis.asyncio import Redis

from settlement.errors import CustomerError
from settlement.security.captcha import ALPHABET, Captchas
from tests.support.redis import as_bytes


@pytest.fixture
def captchas(redis: Redis) -> Captchas:
    return Captchas(redis)


async def _answer(redis: Redis, captcha: str) -> str:
    return as_bytes(await redis.hget(f"captcha:mine:{captcha}", "answer")).decode()


async def test_the_picture_is_a_png_and_the_same_each_time(captchas: Captchas) -> None:
    captcha = await captchas.new("mine")
    image = await captchas.image("mine", captcha)
    assert Image.open(io.BytesIO(image)).size == (160, 60)
    assert await captchas.image("mine", captcha) == image


async def test_the_answer_has_four_characters_that_are_not_mistaken_for_others(
    captchas: Captchas, redis: Redis
) -> None:
    answer = await _answer(redis, await captchas.new("mine"))
    assert len(answer) == 4
    assert set(answer) <= set(ALPHABET)
    assert not set(ALPHABET) & set("0O1IL72Z5S6GQ8BDUV")


@pytest.mark.parametrize("change", [str, str.lower, lambda text: f" {text[:2]} {text[2:]} "])
async def test_the_right_answer_passes_in_any_case(
    captchas: Captchas, redis: Redis, change: Callable[[str], str]
) -> None:
    captcha = await captchas.new("mine")
    typed = change(await _answer(redis, captcha))
    assert await captchas.check("mine", captcha, typed)


async def test_full_width_characters_pass_too(captchas: Captchas, redis: Redis) -> None:
    captcha = await captchas.new("mine")
    typed = "".join(chr(ord(character) + 0xFEE0) for character in await _answer(redis, captcha))
    assert await captchas.check("mine", captcha, typed)


async def test_there_is_one_try(captchas: Captchas, redis: Redis) -> None:
    captcha = await captchas.new("mine")
    answer = await _answer(redis, captcha)
    assert not await captchas.check("mine", captcha, "????")
    assert not await captchas.check("mine", captcha, answer)


async def test_a_right_answer_is_used_up(captchas: Captchas, redis: Redis) -> None:
    captcha = await captchas.new("mine")
    answer = await _answer(redis, captcha)
    assert await captchas.check("mine", captcha, answer)
    assert not await captchas.check("mine", captcha, answer)
    with pytest.raises(CustomerError, match="captcha_expired"):
        await captchas.image("mine", captcha)


async def test_another_conversation_neither_sees_nor_solves_it(captchas: Captchas, redis: Redis) -> None:
    captcha = await captchas.new("mine")
    answer = await _answer(redis, captcha)
    assert not await captchas.check("yours", captcha, answer)
    with pytest.raises(CustomerError, match="captcha_expired"):
        await captchas.image("yours", captcha)
    assert await captchas.check("mine", captcha, answer)


@pytest.mark.parametrize("answer", ["", "汉字汉字", "\x00", "A" * 10_000])
async def test_any_answer_is_refused_without_error(captchas: Captchas, answer: str) -> None:
    assert not await captchas.check("mine", await captchas.new("mine"), answer)


async def test_it_lasts_five_minutes(captchas: Captchas, redis: Redis) -> None:
    captcha = await captchas.new("mine")
    assert 295 <= await redis.ttl(f"captcha:mine:{captcha}") <= 300
