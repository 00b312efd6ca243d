"""Whom to trust: root certificates, given as PEM."""

from __future__ import annotations

from functools import cached_property
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


class TrustedRoots:
    """``TRUSTED_ROOTS``, else the embedded run's own root once it was made; production must name them.

    The file is read at the first call that finds one, so make calls in a thread; others it is given from
    memory, and a changed file counts from the next start.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self) -> list[x509.Certificate]:
        """The roots, parsed for this caller alone: the parser writes to what it has parsed."""
        return roots_of(self._content)

    @cached_property
    def _content(self) -> bytes:
        chosen = self._settings
        if chosen.production and chosen.trusted_roots is None:
            raise OperatorError("TRUSTED_ROOTS must name the root certificates in production")
        return _read(chosen.trusted_roots or chosen.state_dir / "ca" / "root.pem")


def read_roots(path: Path) -> list[x509.Certificate]:
    """The roots in a file; ``OperatorError`` when there is none."""
    return roots_of(_read(path))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise OperatorError(f"no trusted roots at {path} ({type(error).__name__})") from None
