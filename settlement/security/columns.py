"""A column type for personal text: sealed bytes in the database, plain text in Python."""

from __future__ import annotations

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from settlement.security.keys import Keyring

_keyring: Keyring | None = None


def use_keyring(keyring: Keyring) -> None:
    """Set, once at start, the keyring that all sealed columns of this process use."""
    global _keyring
    _keyring = keyring


class SealedText(TypeDecorator[str]):
    """Text sealed for ``purpose``, such as ``"customer.name"``; a value of another purpose does not open.

    Every write gives other bytes, so such a column cannot be searched or unique: keep a digest beside it.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, purpose: str) -> None:
        super().__init__()
        self.purpose = purpose

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        """Seal on the way in."""
        return None if value is None else _ring().seal(value.encode(), f"column:{self.purpose}")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        """Open on the way out."""
        return None if value is None else _ring().unseal(bytes(value), f"column:{self.purpose}").decode()


def _ring() -> Keyring:
    if _keyring is None:
        raise RuntimeError("use_keyring() was not called before personal data was touched")
    return _keyring
