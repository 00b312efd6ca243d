"""Sealed JSON columns, and the canonical JSON that hashes are taken over."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import Dialect

from settlement.security.columns import SealedText


def canonical(value: Any) -> bytes:
    """``value`` as JSON that is the same for equal values: sorted keys, no spaces, UTF-8."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def sha256(value: Any) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()


class SealedJson(SealedText):
    """A JSON value in a sealed column; bound to its purpose like any sealed text."""

    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Canonical JSON, sealed."""
        return super().process_bind_param(None if value is None else canonical(value).decode(), dialect)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """Unsealed and parsed."""
        text = super().process_result_value(value, dialect)
        return None if text is None else json.loads(text)
