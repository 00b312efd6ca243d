"""Keys: what seals personal values at rest, and what makes them findable without being readable.

Sealing is AES-256-GCM (NIST SP 800-38D) from the ``cryptography`` package, with a random 96-bit nonce.
The context (which column, which conversation) is authenticated with it, so a sealed value that was moved does
not open. ``python -m settlement.security.keys`` prints a new key.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import hashlib
import hmac
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from settlement.errors import OperatorError
from settlement.settings import Settings

KEY_BYTES = 32
_FORMAT = b"\x01"
_ID_BYTES = 6
_NONCE_BYTES = 12
_HEAD = len(_FORMAT) + _ID_BYTES


class UnsealError(Exception):
    """The value was not sealed by a key of ours for this context, or it was changed."""


class Keyring:
    """Encryption keys, the newest first, and the key of look-up digests.

    Rotation: put a new key in front of ``ENCRYPTION_KEYS``. It seals from then on, the older ones still open;
    ``rotate`` moves a stored value to the newest key, after which an old key may be dropped.
    """

    def __init__(self, encryption_keys: list[bytes], lookup_key: bytes) -> None:
        if not encryption_keys:
            raise OperatorError("ENCRYPTION_KEYS is empty")
        for name, key in [*(("ENCRYPTION_KEYS", key) for key in encryption_keys), ("LOOKUP_KEY", lookup_key)]:
            if len(key) != KEY_BYTES:
                raise OperatorError(f"{name}: every key must be {KEY_BYTES} bytes")
        if lookup_key in encryption_keys:
            raise OperatorError("LOOKUP_KEY must differ from every encryption key")
        self._ciphers = {_key_id(key): AESGCM(key) for key in encryption_keys}
        self._newest = _key_id(encryption_keys[0])
        self._lookup_key = lookup_key

    def __repr__(self) -> str:
        return f"Keyring({len(self._ciphers)} keys)"

    @classmethod
    def load(cls, settings: Settings) -> Keyring:
        """Keys from the environment; a local run without them makes its own in ``state_dir/keys``.

        OperatorError in production when a key is missing, and anywhere when one is malformed.
        """
        if settings.production and not (settings.encryption_keys and settings.lookup_key):
            raise OperatorError("production needs ENCRYPTION_KEYS and LOOKUP_KEY; neither is made up")
        folder = settings.state_dir / "keys"
        encryption = settings.encryption_keys or _local_key(folder / "encryption.key")
        lookup = settings.lookup_key or _local_key(folder / "lookup.key")
        return cls(_decode("ENCRYPTION_KEYS", encryption), _decode("LOOKUP_KEY", lookup)[0])

    def seal(self, plain: bytes, context: str) -> bytes:
        """Encrypt with the newest key: format byte, key id (6), nonce (12), ciphertext with tag."""
        head = _FORMAT + self._newest
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return head + nonce + self._ciphers[self._newest].encrypt(nonce, plain, head + context.encode())

    def unseal(self, sealed: bytes, context: str) -> bytes:
        """What ``seal`` was given. UnsealError when key, context or content is another."""
        head, nonce, body = (
            sealed[:_HEAD],
            sealed[_HEAD : _HEAD + _NONCE_BYTES],
            sealed[_HEAD + _NONCE_BYTES :],
        )
        cipher = self._ciphers.get(head[len(_FORMAT) :])
        if head[: len(_FORMAT)] != _FORMAT or cipher is None:
            raise UnsealError("unknown format or key")
        try:
            return cipher.decrypt(nonce, body, head + context.encode())
        except (InvalidTag, ValueError):
            raise UnsealError("wrong context or changed content") from None

    def rotate(self, sealed: bytes, context: str) -> bytes:
        """The same value under the newest key; unchanged when that key sealed it already."""
        plain = self.unseal(sealed, context)
        return sealed if sealed[len(_FORMAT) : _HEAD] == self._newest else self.seal(plain, context)

    def digest(self, value: str, purpose: str) -> str:
        """HMAC-SHA256 in hex: equal values of one purpose are found by it, and nothing else is learnt."""
        return hmac.new(self._lookup_key, f"{purpose}\x00{value}".encode(), hashlib.sha256).hexdigest()


def new_key() -> str:
    """A fresh key in the form that the environment takes."""
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"settlement key id\x00" + key).digest()[:_ID_BYTES]


def _decode(name: str, text: str) -> list[bytes]:
    try:
        keys = [base64.b64decode(part.strip(), validate=True) for part in text.split(",") if part.strip()]
    except (binascii.Error, ValueError):
        raise OperatorError(f"{name}: not base64") from None
    if not keys:
        raise OperatorError(f"{name} is empty")
    return keys


def _local_key(path: Path) -> str:
    """Read the key at ``path``, making it first when there is none; the file is readable by its owner alone.

    Several processes may start at once: each writes a whole file under another name and links it into place.
    A link to a name that exists fails, so all of them end with the key of the first.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle, name = tempfile.mkstemp(dir=path.parent)  # made with mode 0600
        draft = Path(name)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(new_key())
                file.flush()
                os.fsync(file.fileno())
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            draft.unlink()
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return path.read_text()


if __name__ == "__main__":
    print(new_key())
