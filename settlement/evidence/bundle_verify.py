"""Checking a bundle with nothing but the bundle and a trusted root certificate."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from asn1crypto import cms, pem, x509
from pydantic import BaseModel, ConfigDict
from pyhanko.sign.validation import async_validate_detached_cms
from pyhanko_certvalidator import ValidationContext

from settlement import clock
from settlement.evidence import archive
from settlement.evidence.bundle import CERTIFICATES, FORMAT, MANIFEST, REVOCATIONS, SIGNATURE, chain_holds
from settlement.evidence.verify import PdfReport, common_name, stamp_of, time_of, verify_pdf


class BundleReport(BaseModel):
    """A bundle. ``problems`` are codes of ``texts.yml``; papers have their own."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    case_no: str | None
    broker: str | None
    made_at: datetime | None
    time_proven: bool
    signer: str | None
    papers: dict[str, PdfReport]
    problems: list[str]

    @property
    def ok(self) -> bool:
        """Nothing at all is wrong."""
        return not self.problems and all(paper.ok for paper in self.papers.values())


def verify_bundle(
    data: bytes, roots: Sequence[x509.Certificate], *, moment: datetime | None = None
) -> BundleReport:
    """Check ``data`` as of ``moment`` (now). 100 ms of CPU a paper: use a thread. Nothing is fetched."""
    check = _Check(roots, moment or clock.now())
    try:
        check.all(archive.read(data))
    except archive.ArchiveError as error:
        check.problems.append(str(error))
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        check.problems.append("damaged")
    case = check.manifest.get("case", {})
    made = check.manifest.get("made_at")
    return BundleReport(
        sha256=hashlib.sha256(data).hexdigest(), case_no=case.get("case_no"), broker=case.get("broker"),
        made_at=check.stamped or (datetime.fromisoformat(made) if made else None),
        time_proven=check.stamped is not None, signer=check.signer, papers=check.papers,
        problems=check.problems,
    )  # fmt: skip


class _Check:
    def __init__(self, roots: Sequence[x509.Certificate], moment: datetime) -> None:
        self._roots = list(roots)
        self._moment = moment
        self.problems: list[str] = []
        self.papers: dict[str, PdfReport] = {}
        self.manifest: dict[str, Any] = {}
        self.signer: str | None = None
        self.stamped: datetime | None = None

    def all(self, members: dict[str, bytes]) -> None:
        self.manifest = json.loads(members[MANIFEST])
        self._signature(members)
        self._files(members)
        if self.problems:
            return
        self._papers(members)
        self._agreements(members)
        self._submissions(members)
        if not chain_holds(members["events.jsonl"]):
            self.problems.append("chain_broken")

    def _insist(self, holds: bool, problem: str) -> None:
        if not holds and problem not in self.problems:
            self.problems.append(problem)

    def _signature(self, members: dict[str, bytes]) -> None:
        """The company signed this manifest, with a certificate that is or was good."""
        signed = cms.ContentInfo.load(members[SIGNATURE], strict=True)["content"]
        token = stamp_of(signed["signer_infos"][0])
        stamped = time_of(token) if token else None
        status = asyncio.run(
            async_validate_detached_cms(
                members[MANIFEST],
                signed,
                self._context(members, stamped or self._moment),
                self._context(members, self._moment),
            )
        )
        stamp = status.timestamp_validity
        self._insist(status.intact and status.valid, "manifest_not_intact")
        self._insist(status.trusted, "manifest_untrusted")
        self._insist(
            not token or bool(stamp and stamp.valid and stamp.intact and stamp.trusted), "timestamp_untrusted"
        )
        self.signer = common_name(status.signing_cert.subject)
        self.stamped = stamped if "timestamp_untrusted" not in self.problems else None

    def _context(self, members: dict[str, bytes], moment: datetime) -> ValidationContext:
        certificates = [x509.Certificate.load(der) for der in _pem(members[CERTIFICATES])]
        return ValidationContext(
            trust_roots=self._roots, other_certs=certificates, crls=_pem(members[REVOCATIONS]),
            moment=moment, allow_fetching=False, revocation_mode="soft-fail",
        )  # fmt: skip

    def _files(self, members: dict[str, bytes]) -> None:
        """The manifest names every file with its digest, and none that is absent."""
        self._insist(self.manifest["format"] == FORMAT, "format_unknown")
        present = {
            name: (hashlib.sha256(content).hexdigest(), len(content))
            for name, content in members.items()
            if name not in (MANIFEST, SIGNATURE)
        }
        listed = {one["name"]: (one["sha256"], one["size"]) for one in self.manifest["files"]}
        self._insist(present == listed, "files_differ")

    def _papers(self, members: dict[str, bytes]) -> None:
        """Each paper verifies, and was made from the content beside it."""
        for row in json.loads(members["papers.json"]):
            report = verify_pdf(members[row["file"]], self._roots, moment=self._moment, stored=row["sha256"])
            self.papers[row["file"]] = report
            content = members[row["content"]]
            digests = {hashlib.sha256(content).hexdigest(), row["content_sha256"], report.content_sha256}
            self._insist(len(digests) == 1, "content_differs")
            serials = {one.name: one.serial for one in report.signatures}
            expected = {"customer": row["certificate"], "company": row["seal"]}
            self._insist(expected.items() <= serials.items(), "certificate_differs")

    def _agreements(self, members: dict[str, bytes]) -> None:
        """Every agreement of a paper is here word for word, and was agreed to before it was signed."""
        texts = {row["sha256"]: row["file"] for row in json.loads(members["agreements.json"])}
        for digest, file in texts.items():
            self._insist(hashlib.sha256(members[file]).hexdigest() == digest, "agreement_differs")
        consents = {
            (row["document_id"], row["version"], row["sha256"]): row["at"]
            for row in reversed(json.loads(members["consents.json"]))
        }
        for row in json.loads(members["papers.json"]):
            for document in json.loads(members[row["content"]])["documents"]:
                self._insist(document["sha256"] in texts, "agreement_missing")
                agreed = consents.get((document["id"], document["version"], document["sha256"]))
                self._insist(agreed is not None and agreed <= row["signed_at"], "consent_missing")

    def _submissions(self, members: dict[str, bytes]) -> None:
        """What was submitted is what a paper says."""
        signed = {row["content_sha256"]: row for row in json.loads(members["papers.json"])}
        for row in json.loads(members["submissions.json"]):
            content = members[row["file"]]
            self._insist(hashlib.sha256(content).hexdigest() == row["sha256"], "submission_differs")
            snapshot = json.loads(content)
            paper = signed.get(snapshot["signature"]["sha256"])
            self._insist(paper is not None, "submission_unsigned")
            if paper is not None:
                kept = json.loads(members[paper["content"]])
                cards = [[card["number"], card["bank_code"]] for card in snapshot["cards"]]
                self._insist(
                    cards == [[card["number"], card["bank_code"]] for card in kept["cards"]],
                    "submission_unsigned",
                )


def _pem(content: bytes) -> list[bytes]:
    return [der for _, _, der in pem.unarmor(content, multiple=True)]
