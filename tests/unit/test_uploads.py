"""A picture that a customer sent is kept for a day; a case that took it has a file of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis.asyncio import Redis

from settlement.conversation.uploads import Upload, Uploads
from settlement.errors import CustomerError
from settlement.ports.objects import LocalObjects
from settlement.security.keys import Keyring
from tests.conftest import Time

PICTURE = b"\xff\xd8\xff a photo of an ID card"


@pytest.fixture
def objects(tmp_path: Path, keyring: Keyring) -> LocalObjects:
    return LocalObjects(tmp_path / "objects", keyring)


async def sent(redis: Redis, objects: LocalObjects) -> str:
    """A picture that came in just now."""
    stored = await objects.put(PICTURE, mime="image/jpeg", context="c")
    upload = Upload(id=stored.id, conversation="c", sha256=stored.sha256, size=9, width=1, height=1)
    await Uploads(redis).add(upload)
    return stored.id


async def test_a_picture_is_gone_after_its_day(redis: Redis, objects: LocalObjects, time: Time) -> None:
    old = await sent(redis, objects)
    time.pass_by(hours=23)
    young = await sent(redis, objects)
    assert await Uploads(redis).forget_old(objects) == 0
    assert await objects.get(old, context="c") == PICTURE
    time.pass_by(hours=2)
    assert await Uploads(redis).forget_old(objects) == 1
    with pytest.raises(CustomerError, match="image_not_found"):
        await objects.get(old, context="c")
    assert await objects.get(young, context="c") == PICTURE
    assert await Uploads(redis).forget_old(objects) == 0


async def test_a_picture_that_is_gone_already_does_not_stop_the_others(
    redis: Redis, objects: LocalObjects, time: Time
) -> None:
    for _ in range(2):
        await objects.remove(await sent(redis, objects))
    kept = await sent(redis, objects)
    time.pass_by(hours=25)
    assert await Uploads(redis).forget_old(objects) == 3
    with pytest.raises(CustomerError, match="image_not_found"):
        await objects.get(kept, context="c")
