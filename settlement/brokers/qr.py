"""QR codes of companies (R-001, R-003): our own signed content alone, never an address to follow.

Content: ``settlement-account:<code>:<qr token>:<signature>``; changing ``qr_token`` in ``broker.yml`` ends
older prints.
"""

from __future__ import annotations

import hmac
import io
import re
from typing import Protocol

import segno

from settlement.brokers.registry import Brokers
from settlement.errors import CustomerError

PREFIX = "settlement-account"
CONTENT = re.compile(rf"{PREFIX}:([0-9]{{4}}):([A-Za-z0-9]{{1,20}}):([0-9a-f]{{32}})", re.ASCII)


class Signs(Protocol):
    """What is needed of ``settlement.security.keys.Keyring``."""

    def digest(self, value: str, purpose: str) -> str:
        """Keyed hash in hex."""
        ...


def issue(broker_code: str, keyring: Signs, token: str = "1") -> str:  # noqa: S107 (printed for everybody)
    """The content of a company's QR code; ``token`` is its ``qr_token``."""
    return f"{PREFIX}:{broker_code}:{token}:{_sign(broker_code, token, keyring)}"


def verify(content: str, keyring: Signs, brokers: Brokers | None = None) -> str:
    """The code of the company that ``content`` stands for; with ``brokers``, older tokens are refused as
    well.

    ``CustomerError``: qr_not_ours (foreign, changed, or an older token), broker_unknown, broker_disabled.
    """
    match = CONTENT.fullmatch(content.strip())
    if match is None:
        raise CustomerError("qr_not_ours")
    code, token, signature = match.groups()
    if not hmac.compare_digest(signature, _sign(code, token, keyring)):
        raise CustomerError("qr_not_ours")
    if brokers and brokers.get(code).qr_token != token:
        raise CustomerError("qr_not_ours")
    return code


def png(content: str, scale: int = 8) -> bytes:
    """The QR code as a PNG with its quiet zone."""
    out = io.BytesIO()
    segno.make_qr(content, error="m").save(out, kind="png", scale=scale, border=4)
    return out.getvalue()


def _sign(code: str, token: str, keyring: Signs) -> str:
    return keyring.digest(f"{code}:{token}", "broker-qr")[:32]
