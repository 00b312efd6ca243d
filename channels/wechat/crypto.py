"""Signatures and encryption of the Official Account and of WeCom (“安全模式”, message encryption).

AES-256-CBC with PKCS#7 padding to 32-byte blocks. The plaintext is 16 random bytes, the message's length
(4 bytes, big endian), the message, and the receiver's id (appid or corpid).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from settlement.errors import OperatorError

BLOCK_BYTES = 32
RANDOM_BYTES = 16
_HEAD_BYTES = RANDOM_BYTES + 4


class NotGenuineError(Exception):
    """The request does not come from the platform, or was changed on its way; says nothing of its content."""


def signature(*parts: str) -> str:
    """SHA-1 of the sorted parts: ``token, timestamp, nonce`` and, in safe mode, the ciphertext."""
    return hashlib.sha1("".join(sorted(parts)).encode()).hexdigest()  # noqa: S324 - the platform's choice


def check_signature(given: str, *parts: str) -> None:
    """Raises ``NotGenuineError`` unless ``given`` is the signature of ``parts``; takes constant time."""
    if not hmac.compare_digest(signature(*parts).encode(), given.encode("utf-8", "replace")):
        raise NotGenuineError("signature")


@dataclass(frozen=True)
class Sealed:
    """An encrypted answer and what the platform checks it with."""

    encrypt: str
    signature: str
    timestamp: str
    nonce: str


class Crypto:
    """``encoding_aes_key``: the 43 characters of the console; ``receiver``: appid or corpid."""

    def __init__(self, token: str, encoding_aes_key: str, receiver: str) -> None:
        try:
            # The documented keys' last character carries bits that do not count; strict decoders refuse them.
            key = base64.b64decode(encoding_aes_key + "=")
        except (binascii.Error, ValueError):
            key = b""
        if len(encoding_aes_key) != 43 or len(key) != 32:
            raise OperatorError("EncodingAESKey must be the 43 letters and digits of the platform's console")
        self._token = token
        self._key = key
        self._receiver = receiver.encode()

    def decrypt(self, given_signature: str, timestamp: str, nonce: str, encrypt: str) -> bytes:
        """The message. ``NotGenuineError`` when signature, padding, length or receiver is wrong."""
        check_signature(given_signature, self._token, timestamp, nonce, encrypt)
        return self._opened(encrypt)

    def _opened(self, encrypt: str) -> bytes:
        try:
            ciphertext = base64.b64decode(encrypt, validate=True)
        except (binascii.Error, ValueError):
            raise NotGenuineError("base64") from None
        if not ciphertext or len(ciphertext) % (AES.block_size // 8):
            raise NotGenuineError("length")
        decryptor = self._cipher().decryptor()
        padded = decryptor.update(ciphertext) + decryptor.finalize()
        padding = padded[-1]
        if not 1 <= padding <= BLOCK_BYTES or padded[-padding:] != bytes([padding]) * padding:
            raise NotGenuineError("padding")
        plain = padded[:-padding]
        if len(plain) < _HEAD_BYTES:
            raise NotGenuineError("length")
        (length,) = struct.unpack(">I", plain[RANDOM_BYTES:_HEAD_BYTES])
        message, receiver = plain[_HEAD_BYTES : _HEAD_BYTES + length], plain[_HEAD_BYTES + length :]
        if len(message) != length or not hmac.compare_digest(receiver, self._receiver):
            raise NotGenuineError("receiver")
        return message

    def encrypt(self, message: bytes, timestamp: str, nonce: str, *, random: bytes | None = None) -> Sealed:
        """``message`` for the platform; ``random`` (16 bytes) is for the official vectors alone."""
        random = random or secrets.token_bytes(RANDOM_BYTES)
        plain = random + struct.pack(">I", len(message)) + message + self._receiver
        padding = BLOCK_BYTES - len(plain) % BLOCK_BYTES
        encryptor = self._cipher().encryptor()
        ciphertext = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
        encrypt = base64.b64encode(ciphertext).decode()
        return Sealed(encrypt, signature(self._token, timestamp, nonce, encrypt), timestamp, nonce)

    def _cipher(self) -> Cipher[CBC]:
        return Cipher(AES(self._key), CBC(self._key[:16]))
