"""Reports in words, for the command and the staff page; the words stand in ``texts.yml``."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from settlement.clock import beijing
from settlement.evidence.bundle_verify import BundleReport
from settlement.evidence.verify import PdfReport, SignatureReport

_TEXTS = Path(__file__).parent / "texts.yml"


@cache
def texts() -> dict[str, Any]:
    """All wordings."""
    loaded: dict[str, Any] = yaml.safe_load(_TEXTS.read_text(encoding="utf-8"))
    return loaded


def problem(code: str) -> str:
    """What a code of a report means."""
    return str(texts()["problems"][code])


def lines(report: PdfReport | BundleReport) -> list[str]:
    """A report, a line each."""
    head = [texts()["ok" if report.ok else "bad"]]
    return [*head, *(_bundle(report) if isinstance(report, BundleReport) else _paper(report))]


def _bundle(report: BundleReport) -> list[str]:
    found = [_say("digest", sha256=report.sha256)]
    if report.case_no:
        found.append(_say("case", case_no=report.case_no, broker=report.broker))
    if report.made_at:
        found.append(
            _say("made", at=_shown(report.made_at), proof=_proof(report.time_proven), signer=report.signer)
        )
    found += [problem(code) for code in report.problems]
    for name, paper in report.papers.items():
        found += ["", _say("file", name=name), *(f"  {line}" for line in _paper(paper))]
    return found


def _paper(report: PdfReport) -> list[str]:
    found = [_say("digest", sha256=report.sha256)]
    if report.content_sha256:
        found.append(_say("content", sha256=report.content_sha256))
    for one in report.signatures:
        found.append(signature(one))
        found += [f"  {problem(code)}" for code in one.problems]
    if report.ok:
        found.append(texts()["whole"])
    return [*found, *(problem(code) for code in report.problems)]


def role(name: str) -> str:
    """What a signature of this field is; later archive timestamps have a number behind the name."""
    roles: dict[str, str] = texts()["roles"]
    return roles.get(re.sub(r"-\d+$", "", name), roles["other"])


def signature(one: SignatureReport) -> str:
    """One signature in a line."""
    return _say(
        "signature", role=role(one.name), signer=one.signer, serial=one.serial,
        issuer=one.issuer, at=_shown(one.at) if one.at else "", proof=_proof(one.time_proven),
    )  # fmt: skip


def _proof(proven: bool) -> str:
    return str(texts()["proven" if proven else "claimed"])


def _shown(moment: datetime) -> str:
    return beijing(moment).strftime("%Y-%m-%d %H:%M:%S")


def _say(text: str, /, **facts: Any) -> str:
    return str(texts()[text]).format(**facts)
