"""Making a paper outlast the certificate of its archive timestamp (PAdES-LTA, ETSI EN 319 142-1 §5.5).

Before that certificate ends, what is needed to check it goes into the file, and another archive timestamp
covers it all. Each proves that the one before it was good while its certificate was in force.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import crl, x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.signers.pdf_signer import TimestampDSSContentSettings
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.validation import DocumentSecurityStore, async_validate_pdf_timestamp
from pyhanko_certvalidator import ValidationContext

from settlement import clock
from settlement.errors import OperatorError
from settlement.evidence.pades import DIGEST, RESERVED, archive_name
from settlement.evidence.verify import time_of

AHEAD = timedelta(days=365)


@dataclass(frozen=True)
class Archive:
    """The last archive timestamp: when its certificate ends, and when another should follow.

    It is due a year before that end, but not before half of its time has passed.
    """

    ends: datetime
    due: datetime


def archive_of(pdf: bytes) -> Archive | None:
    """``None`` for a paper without archive timestamps."""
    stamps = PdfFileReader(io.BytesIO(pdf)).embedded_timestamp_signatures
    made = time_of(stamps[-1].signed_data) if stamps else None
    if made is None:
        return None
    ends = stamps[-1].signer_cert.not_valid_after
    return Archive(ends, max(ends - AHEAD, made + (ends - made) / 2))


async def prolong(
    pdf: bytes,
    timestamper: TimeStamper,
    roots: Sequence[x509.Certificate],
    *,
    crls: Sequence[bytes],
    fetching: bool,
) -> bytes:
    """``pdf`` with another archive timestamp. Half a second of CPU: run it in a thread, by ``asyncio.run``.

    ``crls`` are lists in DER that may cover the authority's certificates; ``fetching``: look for others where
    the certificates say. Raises pyHanko's errors when the present timestamp does not hold any more.
    """
    reader = PdfFileReader(io.BytesIO(pdf))
    store = DocumentSecurityStore.read_dss(reader)
    context = ValidationContext(
        trust_roots=list(roots),
        other_certs=list(store.load_certs()),
        crls=[crl.CertificateList.load(der) for der in crls],
        moment=clock.now(),
        allow_fetching=fetching,
        revocation_mode="soft-fail",
    )
    stamps = reader.embedded_timestamp_signatures
    status = await async_validate_pdf_timestamp(stamps[-1], context)
    if not (status.intact and status.valid and status.trusted):
        raise OperatorError("the last archive timestamp of a paper does not hold any more")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(
        writer, None, paths=(status.validation_path,), validation_context=context
    )
    stamper = PdfTimeStamper(timestamper, field_name=archive_name(len(stamps)))
    # What the new timestamp's own certificate needs goes in before it: it is to cover the whole file.
    before = TimestampDSSContentSettings(include_vri=False, update_before_ts=True)
    out = await stamper.async_timestamp_pdf(
        writer, DIGEST, context, bytes_reserved=RESERVED, dss_settings=before
    )
    assert isinstance(out, io.BytesIO)
    return out.getvalue()
