"""The evidence of one case as one file that needs nothing of ours to be checked (docs/evidence.md).

Inside: the signed papers and what they were made from, the agreements word for word, readings and consents,
the digests of the photos, every submission, the events as a hash chain. A manifest names each with its
digest; the company signs the manifest (CMS, detached), with a timestamp when there is an authority for one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from asn1crypto import pem
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper

from settlement.evidence import archive
from settlement.evidence.pades import DIGEST, PortSigner
from settlement.ports.ca import CertificateAuthority, Credential

MANIFEST, SIGNATURE, README = "manifest.json", "manifest.p7s", "README.txt"
CERTIFICATES, REVOCATIONS = "certificates/chain.pem", "certificates/revocations.pem"
FORMAT = "settlement-evidence/1"
START = "0" * 64
_README = Path(__file__).parent / "layout" / "bundle_readme.txt"


async def make_bundle(
    case: Mapping[str, Any],
    members: Mapping[str, bytes],
    *,
    seal: Credential,
    authority: CertificateAuthority,
    timestamper: TimeStamper | None,
    at: datetime,
) -> bytes:
    """The bundle. ``case`` (case_no, broker, …) stands in the manifest. Raises what the ports raise."""
    kept = {
        **members,
        README: _README.read_bytes(),
        CERTIFICATES: b"".join(pem.armor("CERTIFICATE", der) for der in seal.chain),
        REVOCATIONS: b"".join(pem.armor("X509 CRL", der) for der in seal.crls),
    }
    manifest = {
        "format": FORMAT,
        "case": dict(case),
        "made_at": at.isoformat(),
        "files": [
            {"name": name, "sha256": hashlib.sha256(kept[name]).hexdigest(), "size": len(kept[name])}
            for name in sorted(kept)
        ],
    }
    text = pretty(manifest)
    signature = await PortSigner(seal, authority).async_sign_general_data(
        text,
        DIGEST,
        detached=True,
        timestamper=timestamper,
        signed_attr_settings=PdfCMSSignedAttributes(signing_time=at),
    )
    return archive.write({**kept, MANIFEST: text, SIGNATURE: signature.dump()})


def pretty(value: Any) -> bytes:
    """JSON for people and programs alike, the same for equal values."""
    return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()


def chained(entries: Sequence[Mapping[str, Any]]) -> bytes:
    """One JSON line an entry; each holds the SHA-256 of the line before (without its line end)."""
    lines: list[bytes] = []
    previous = START
    for entry in entries:
        line = json.dumps({**entry, "prev": previous}, ensure_ascii=False, sort_keys=True).encode()
        previous = hashlib.sha256(line).hexdigest()
        lines.append(line + b"\n")
    return b"".join(lines)


def chain_holds(content: bytes) -> bool:
    """Whether every line names the one before, and they are numbered from 1 without a gap."""
    previous = START
    for number, line in enumerate(content.splitlines(), start=1):
        entry = json.loads(line)
        if entry["prev"] != previous or entry["seq"] != number:
            return False
        previous = hashlib.sha256(line).hexdigest()
    return not content or content.endswith(b"\n")
