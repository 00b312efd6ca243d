"""``python -m settlement.evidence verify FILE [--root PEM] [--json]``: a signed paper, or a bundle.

It needs no database, no keys and no network. Ends with 0 when nothing is wrong, 1 otherwise.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from asn1crypto import x509

from settlement.errors import OperatorError
from settlement.evidence.bundle_verify import BundleReport, verify_bundle
from settlement.evidence.trust import TrustedRoots, read_roots
from settlement.evidence.verify import PdfReport, verify_pdf
from settlement.evidence.wording import lines, problem
from settlement.settings import settings


def verify(data: bytes, roots: Sequence[x509.Certificate]) -> PdfReport | BundleReport | None:
    """The report on either kind of file; ``None`` for another kind."""
    if data[:4] == b"PK\x03\x04":
        return verify_bundle(data, roots)
    return verify_pdf(data, roots) if b"%PDF-" in data[:1024] else None


def main(arguments: list[str]) -> int:
    """Check one file and say what was found."""
    parser = argparse.ArgumentParser(prog="verify")
    parser.add_argument("command", choices=["verify"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--root", type=Path, help="trusted root certificates, PEM")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args(arguments)
    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what it finds is in the report
    try:
        roots = read_roots(asked.root) if asked.root else TrustedRoots(settings())()
    except OperatorError as error:
        print(f"{problem('no_roots')}\n{error}", file=sys.stderr)
        return 2
    try:
        data = asked.file.read_bytes()
    except OSError as error:
        print(f"{asked.file}: {error.strerror}", file=sys.stderr)
        return 2
    report = verify(data, roots)
    if report is None:
        print(problem("unknown_kind"))
        return 1
    print(report.model_dump_json(indent=1) if asked.json else "\n".join(lines(report)))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
