"""Whom to trust: root certificates, given as PEM."""

from __future__ import annotations

from pathlib import Path

from asn1crypto import pem, x509

from settlement.errors import OperatorError
from settlement.settings import Settings


def roots_of(content: bytes) -> list[x509.Certificate]:
    """Every certificate of a PEM file (or one in DER); ``OperatorError`` when it has none."""
    try:
        if not pem.detect(content):
            return [x509.Certificate.load(content, strict=True)]
        found = [x509.Certificate.load(der) for _, _, der in pem.unarmor(content, multiple=True)]
        for one in found:
            one.native  # noqa: B018 - parses it all
    except ValueError:
        raise OperatorError("the trusted roots cannot be read: certificates in PEM are wanted") from None
    return found


def trusted_roots(settings: Settings) -> list[x509.Certificate]:
    """``TRUSTED_ROOTS``, else the embedded run's own root once it was made; production must name them."""
    path = settings.trusted_roots or settings.state_dir / "ca" / "root.pem"
    if settings.production and settings.trusted_roots is None:
        raise OperatorError("TRUSTED_ROOTS must name the root certificates in production")
    return read_roots(path)


def read_roots(path: Path) -> list[x509.Certificate]:
    """The roots in a file; ``OperatorError`` when there is none."""
    try:
        return roots_of(path.read_bytes())
    except OSError as error:
        raise OperatorError(f"no trusted roots at {path} ({type(error).__name__})") from None
