"""A zip that has one spelling: equal members, equal bytes; any other spelling of them is refused.

Members are stored uncompressed, sorted, with a fixed date. So not one byte of the file, nor of its headers,
can be changed without being noticed, and ordinary programs still open it.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping

SUMS = "SHA256SUMS"
LARGEST = 256 * 1024 * 1024  # bytes
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_EPOCH = (1980, 1, 1, 0, 0, 0)


class ArchiveError(Exception):
    """Not such a zip; the text is a code of ``texts.yml``."""


def write(members: Mapping[str, bytes]) -> bytes:
    """The members, and ``SHA256SUMS`` over all of them, as ``sha256sum -c`` reads it."""
    return _write({**members, SUMS: sums(members)})


def read(data: bytes) -> dict[str, bytes]:
    """The members without the sums; ``ArchiveError`` not_zip, not_canonical, sums_wrong."""
    if len(data) > LARGEST:
        raise ArchiveError("not_zip")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            plain = all(one.compress_type == zipfile.ZIP_STORED for one in entries)
            members = {one.filename: archive.read(one) for one in entries} if plain else {}
    except Exception:
        raise ArchiveError("not_zip") from None
    if not all(_NAME.fullmatch(name) for name in members):
        raise ArchiveError("not_canonical")
    if _write(members) != data:
        raise ArchiveError("not_canonical")
    if members.pop(SUMS, None) != sums(members):
        raise ArchiveError("sums_wrong")
    return members


def sums(members: Mapping[str, bytes]) -> bytes:
    """``<sha256>  <name>`` for each member, a line each, by name."""
    lines = [f"{hashlib.sha256(members[name]).hexdigest()}  {name}\n" for name in sorted(members)]
    return "".join(lines).encode()


def _write(members: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, members[name])
    return out.getvalue()
