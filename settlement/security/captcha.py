"""Picture captchas: what stands before every SMS, so that nobody has them sent by a program (R-017)."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import unicodedata

from captcha.image import ImageCaptcha
from redis.asyncio import Redis

from settlement.errors import CustomerError
from settlement.redis import decoded

# Without what looks alike: 0 O Q D, 1 I L 7, 2 Z, 5 S, 6 G, 8 B, U V.
ALPHABET = "ACEFHJKMNPRTWXY349"
LENGTH = 4
TTL_SECONDS = 300
WIDTH, HEIGHT = 160, 60
LIGHTEST_INK = 110  # of 255: on a light ground, pale characters are hard on old eyes


class Captchas:
    """Each is drawn once: several drawings of the same characters would be easy to read by a program."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def new(self, conversation: str) -> str:
        """Draw a captcha and return its id."""
        answer = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        image = await asyncio.to_thread(_draw, answer)
        captcha = secrets.token_urlsafe(12)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(_key(conversation, captcha), mapping={"answer": answer, "image": image})
            pipe.expire(_key(conversation, captcha), TTL_SECONDS)
            await pipe.execute()
        return captcha

    async def image(self, conversation: str, captcha: str) -> bytes:
        """The picture as PNG; CustomerError ``captcha_expired`` when it is used, outlived or another's."""
        image = await self._redis.hget(_key(conversation, captcha), "image")
        if not isinstance(image, bytes):
            raise CustomerError("captcha_expired")
        return image

    async def check(self, conversation: str, captcha: str, answer: str) -> bool:
        """Whether ``answer`` is right; the captcha is gone afterwards either way."""
        key = _key(conversation, captcha)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hget(key, "answer")
            pipe.delete(key)
            expected = (await pipe.execute())[0]
        if expected is None:
            return False
        typed = "".join(unicodedata.normalize("NFKC", answer).upper().split())
        return hmac.compare_digest(decoded(expected).encode(), typed.encode())


def _draw(answer: str) -> bytes:
    # Made anew each time: its fonts must not be shared between threads.
    red, green, blue = (secrets.randbelow(LIGHTEST_INK) for _ in range(3))
    picture = ImageCaptcha(width=WIDTH, height=HEIGHT).generate(
        answer, "png", fg_color=(red, green, blue, 255)
    )
    return bytes(picture.getvalue())


def _key(conversation: str, captcha: str) -> str:
    return f"captcha:{conversation}:{captcha}"
