"""Stored images in a bucket that speaks S3. Sealed before they leave: the store never sees a photo."""

from __future__ import annotations

import asyncio
import hashlib
import io
import secrets
from urllib.parse import urlsplit

import structlog
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from settlement.errors import CustomerError, OperatorError
from settlement.ports.errors import PortUnavailable
from settlement.ports.objects import FILE_ID, StoredFile, bound
from settlement.security.keys import Keyring, UnsealError
from settlement.settings import Settings

log = structlog.get_logger(__name__)

TIMEOUT = urllib3.Timeout(connect=3.0, read=10.0)
RETRIES = urllib3.Retry(total=2, backoff_factor=0.2, status_forcelist=[500, 502, 503, 504])
LARGEST = 64 * 1024 * 1024  # bytes of a sealed file; photos are far smaller
ABSENT = {"NoSuchKey", "NoSuchObject"}


class S3Objects:
    """A bucket of sealed files, spoken to in threads. ``PortUnavailable`` when a later try may succeed."""

    def __init__(self, settings: Settings, keyring: Keyring) -> None:
        place = urlsplit(settings.s3_endpoint)
        if place.scheme not in ("http", "https") or not place.netloc or place.path.strip("/"):
            raise OperatorError("S3_ENDPOINT must be an address such as https://s3.example.com")
        if settings.production and place.scheme != "https":
            raise OperatorError("S3_ENDPOINT must begin with https:// in production")
        if not (settings.s3_bucket and settings.s3_access_key and settings.s3_secret_key):
            raise OperatorError("OBJECTS=s3 needs S3_BUCKET, S3_ACCESS_KEY and S3_SECRET_KEY")
        self._bucket = settings.s3_bucket
        self._keyring = keyring
        self._client = Minio(
            place.netloc,
            settings.s3_access_key,
            settings.s3_secret_key,
            secure=place.scheme == "https",
            http_client=urllib3.PoolManager(timeout=TIMEOUT, retries=RETRIES, maxsize=10),
        )

    async def put(self, data: bytes, *, mime: str, context: str) -> StoredFile:
        """Seal ``data`` and store it under a new id."""
        file_id = f"f_{secrets.token_urlsafe(18)}"
        digest = await asyncio.to_thread(self._put, file_id, data, context)
        return StoredFile(id=file_id, sha256=digest, size=len(data), mime=mime)

    async def get(self, file_id: str, *, context: str) -> bytes:
        """Fetch and unseal."""
        if not FILE_ID.fullmatch(file_id):
            raise CustomerError("image_not_found")
        return await asyncio.to_thread(self._get, file_id, context)

    async def remove(self, file_id: str) -> None:
        """Delete the sealed file."""
        if FILE_ID.fullmatch(file_id):
            await asyncio.to_thread(self._remove, file_id)

    def _put(self, file_id: str, data: bytes, context: str) -> str:
        """Seal and send; the SHA-256 of ``data``."""
        sealed = self._keyring.seal(data, bound(file_id, context))
        # The plain type would tell the store what it keeps.
        try:
            self._client.put_object(self._bucket, _key(file_id), io.BytesIO(sealed), len(sealed))
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise _failure(error) from None
        return hashlib.sha256(data).hexdigest()

    def _get(self, file_id: str, context: str) -> bytes:
        sealed = self._fetched(file_id)
        try:
            return self._keyring.unseal(sealed, bound(file_id, context))
        except UnsealError as error:
            log.warning("object_does_not_open", file=file_id, error=type(error).__name__)
            raise CustomerError("image_not_found") from None

    def _fetched(self, file_id: str) -> bytes:
        try:
            answer = self._client.get_object(self._bucket, _key(file_id))
        except S3Error as error:
            if error.code in ABSENT:
                raise CustomerError("image_not_found") from None
            raise _failure(error) from None
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise _failure(error) from None
        try:
            sealed: bytes = answer.read(LARGEST)
        except urllib3.exceptions.HTTPError as error:
            raise _failure(error) from None
        finally:
            answer.close()
            answer.release_conn()
        return sealed

    def _remove(self, file_id: str) -> None:
        try:
            self._client.remove_object(self._bucket, _key(file_id))
        except (MinioException, urllib3.exceptions.HTTPError) as error:
            raise _failure(error) from None


def _key(file_id: str) -> str:
    return f"{file_id[2:4]}/{file_id}"


def _failure(error: Exception) -> PortUnavailable:
    """Without the library's own text, which holds addresses and keys of objects."""
    code = error.code if isinstance(error, S3Error) else type(error).__name__
    return PortUnavailable(f"OBJECTS: the store answered {code}")
