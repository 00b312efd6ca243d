"""Stored images in a bucket, at the wire: a small real server that wants signatures and keeps objects."""

from __future__ import annotations

import hashlib
import re
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

PHOTO = b"\xff\xd8\xff" + b"a photo of an ID card" * 100
MINE = owner_context("0127", "one")
SIGNED = re.compile(
    r"AWS4-HMAC-SHA256 Credential=key/\d{8}/us-east-1/s3/aws4_request, ?"
    r"SignedHeaders=[a-z0-9;-]*host;x-amz-content-sha256;x-amz-date, ?Signature=[0-9a-f]{64}"
)


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
            if not SIGNED.fullmatch(self.headers.get("Authorization", "")):
                bucket.unsigned.append(self.headers.get("Authorization", ""))
                self.answer(403, b"<Error><Code>AccessDenied</Code></Error>")
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
                xml = {"Content-Type": "application/xml"}
                self.answer(404, b"<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>", **xml)

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
    return Settings(state_dir=tmp_path, objects="s3", s3_endpoint=url, **given)


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
