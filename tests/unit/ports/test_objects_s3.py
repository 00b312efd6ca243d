"""Stored images in a bucket, at the wire: a small real server that wants signatures and keeps objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlsplit

import pytest

from settlement.errors import CustomerError, OperatorError
from settlement.ports.errors import PortUnavailable
from settlement.ports.objects import owner_context
from settlement.ports.objects_s3 import S3Objects
from settlement.security.keys import Keyring
from settlement.settings import Settings
from tests.support.sigv4 import is_signed, signature

PHOTO = b"\xff\xd8\xff" + b"a photo of an ID card" * 100
XML = {"Content-Type": "application/xml"}
MINE = owner_context("0127", "one")


class Bucket:
    """What the server keeps, and whether it is out of order."""

    def __init__(self) -> None:
        self.url = ""
        self.kept: dict[str, bytes] = {}
        self.broken = False
        self.unsigned: list[str] = []


@pytest.fixture
def bucket() -> Iterator[Bucket]:
    bucket = Bucket()

    class Handler(BaseHTTPRequestHandler):
        def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            path = urlsplit(self.path)
            if not is_signed(self.command, self.path, dict(self.headers), body, "key", "secret"):
                bucket.unsigned.append(self.headers.get("Authorization", ""))
                self.answer(403, b"<Error><Code>AccessDenied</Code></Error>", **XML)
            elif bucket.broken:
                self.answer(503, b"<Error><Code>SlowDown</Code></Error>")
            elif path.query == "location=":
                self.answer(200, b"<LocationConstraint></LocationConstraint>")
            elif self.command == "PUT":
                bucket.kept[path.path] = body
                self.answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')
            elif self.command == "DELETE":
                bucket.kept.pop(path.path, None)
                self.answer(204)
            elif path.path in bucket.kept:
                self.answer(200, bucket.kept[path.path])
            else:
                self.answer(404, b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>", **XML)

        do_GET = do_PUT = do_DELETE = do

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bucket.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield bucket
    server.shutdown()
    server.server_close()
    thread.join()


def s3(tmp_path: Path, url: str, **changes: str) -> Settings:
    given = {"s3_bucket": "photos", "s3_access_key": "key", "s3_secret_key": "secret", **changes}
    return Settings.model_validate({"state_dir": tmp_path, "objects": "s3", "s3_endpoint": url, **given})


@pytest.fixture
def objects(bucket: Bucket, tmp_path: Path, keyring: Keyring) -> S3Objects:
    return S3Objects(s3(tmp_path, bucket.url), keyring)


async def test_what_was_put_comes_back_and_the_store_sees_nothing_of_it(
    objects: S3Objects, bucket: Bucket
) -> None:
    stored = await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    assert (stored.size, stored.sha256) == (len(PHOTO), hashlib.sha256(PHOTO).hexdigest())
    assert await objects.get(stored.id, context=MINE) == PHOTO
    [(path, sealed)] = bucket.kept.items()
    assert path == f"/photos/{stored.id[2:4]}/{stored.id}"
    assert b"ID card" not in sealed
    assert bucket.unsigned == []


@pytest.mark.parametrize("changes", [{"s3_secret_key": "another"}, {"s3_access_key": "another"}])
async def test_a_store_refuses_what_is_signed_with_another_key(
    bucket: Bucket, tmp_path: Path, keyring: Keyring, changes: dict[str, str]
) -> None:
    objects = S3Objects(s3(tmp_path, bucket.url, **changes), keyring)
    with pytest.raises(PortUnavailable, match="AccessDenied"):
        await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    assert bucket.kept == {}
    assert bucket.unsigned


def test_the_stores_own_sum_is_that_of_the_published_example() -> None:
    nothing = hashlib.sha256(b"").hexdigest()
    said = {
        "host": "examplebucket.s3.amazonaws.com", "range": "bytes=0-9",
        "x-amz-content-sha256": nothing, "x-amz-date": "20130524T000000Z",
    }  # fmt: skip
    sum_ = signature(
        "GET", "/test.txt", said, ";".join(said), "20130524/us-east-1/s3/aws4_request",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    )  # fmt: skip
    assert sum_ == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"


async def test_another_owner_and_an_exchanged_file_find_nothing(objects: S3Objects, bucket: Bucket) -> None:
    stored = await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    other = await objects.put(b"another photo", mime="image/jpeg", context=MINE)
    with pytest.raises(CustomerError, match="image_not_found"):
        await objects.get(stored.id, context=owner_context("0127", "two"))
    bucket.kept = dict.fromkeys(bucket.kept, bucket.kept[f"/photos/{other.id[2:4]}/{other.id}"])
    with pytest.raises(CustomerError, match="image_not_found"):
        await objects.get(stored.id, context=MINE)


async def test_a_removed_photo_is_gone(objects: S3Objects, bucket: Bucket) -> None:
    stored = await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    await objects.remove(stored.id)
    assert bucket.kept == {}
    with pytest.raises(CustomerError, match="image_not_found"):
        await objects.get(stored.id, context=MINE)


@pytest.mark.parametrize("file_id", ["", "../../etc/passwd", "f_" + "/" * 24])
async def test_no_other_path_is_asked_for(objects: S3Objects, file_id: str) -> None:
    with pytest.raises(CustomerError, match="image_not_found"):
        await objects.get(file_id, context=MINE)
    await objects.remove(file_id)


async def test_a_store_out_of_order_may_be_tried_again(objects: S3Objects, bucket: Bucket) -> None:
    stored = await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    bucket.broken = True
    with pytest.raises(PortUnavailable):
        await objects.get(stored.id, context=MINE)
    with pytest.raises(PortUnavailable):
        await objects.put(PHOTO, mime="image/jpeg", context=MINE)
    bucket.broken = False
    assert await objects.get(stored.id, context=MINE) == PHOTO


@pytest.mark.parametrize(
    ("url", "changes", "named"),
    [
        ("s3.example.com", {}, "S3_ENDPOINT"),
        ("http://s3.example.com", {"environment": "production"}, "https"),
        ("https://s3.example.com", {"s3_secret_key": ""}, "S3_SECRET_KEY"),
    ],
)
def test_what_is_missing_is_named(
    tmp_path: Path, keyring: Keyring, url: str, changes: dict[str, str], named: str
) -> None:
    with pytest.raises(OperatorError, match=named):
        S3Objects(s3(tmp_path, url, **changes), keyring)
