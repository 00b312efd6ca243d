"""Stored images: sealed, bound to their owner, found by opaque ids alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from settlement.errors import CustomerError
from settlement.ports.objects import LocalObjects, owner_context
from settlement.security.keys import Keyring

PHOTO = b"\xff\xd8\xff" + b"a photo of an ID card" * 100
MINE = owner_context("0127", "one")


@pytest.fixture
def objects(tmp_path: Path, keyring: Keyring) -> LocalObjects:
    return LocalObjects(tmp_path / "objects", keyring)


async def test_what_was_put_comes_back(objects: LocalObjects) -> None:
    stored = await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    assert stored.id.startswith("f_")
    assert (stored.size, stored.sha256) == (len(PHOTO), hashlib.sha256(PHOTO).hexdigest())
    assert await objects.get(stored.id, context=MINE) == PHOTO


async def test_the_same_photo_twice_has_two_ids(objects: LocalObjects) -> None:
    first = await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    second = await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    assert first.id != second.id


@pytest.mark.parametrize("context", [owner_context("0127", "two"), owner_context("0368", "one"), "one"])
async def test_another_owner_finds_nothing(objects: LocalObjects, context: str) -> None:
    stored = await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    with pytest.raises(CustomerError, match="image_not_found"):
        await objects.get(stored.id, context=context)


@pytest.mark.parametrize(
    "file_id", ["f_" + "x" * 24, "", "../../etc/passwd", "f_../../../../etc/passwd....", "f_"]
)
async def test_an_unknown_id_finds_nothing(objects: LocalObjects, file_id: str) -> None:
    with pytest.raises(CustomerError, match="image_not_found"):
        await objects.get(file_id, context=MINE)
    await objects.remove(file_id)


async def test_nothing_of_the_photo_lies_open_on_the_disk(objects: LocalObjects, tmp_path: Path) -> None:
    await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    files = [file for file in (tmp_path / "objects").rglob("*") if file.is_file()]
    assert len(files) == 1
    assert b"ID card" not in files[0].read_bytes()


async def test_a_damaged_or_exchanged_file_is_not_served(objects: LocalObjects, tmp_path: Path) -> None:
    mine = await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    other = await objects.put(b"another photo", mime="image/jpeg", context=MINE)
    paths = {file.name: file for file in (tmp_path / "objects").rglob("f_*")}
    paths[mine.id].write_bytes(paths[other.id].read_bytes())
    paths[other.id].write_bytes(paths[other.id].read_bytes()[:-1] + b"\0")
    for file_id in (mine.id, other.id):
        with pytest.raises(CustomerError, match="image_not_found"):
            await objects.get(file_id, context=MINE)


async def test_a_removed_photo_is_gone(objects: LocalObjects) -> None:
    stored = await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    await objects.remove(stored.id)
    with pytest.raises(CustomerError, match="image_not_found"):
        await objects.get(stored.id, context=MINE)


async def test_a_write_that_fails_leaves_nothing_behind(
    objects: LocalObjects, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="no space"):
        await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    assert not [file for file in (tmp_path / "objects").rglob("*") if file.is_file()]
