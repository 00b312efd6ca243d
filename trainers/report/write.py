"""The report as Markdown and as one HTML file that needs nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from deploy.words import word
from trainers.report import pictures
from trainers.report.changes import Changes
from trainers.report.result import Gate, Report

TEMPLATES = Path(__file__).parent / "templates"
LONGEST_TITLE = 12


def write(
    report: Report,
    before: Report | None,
    changes: Changes | None,
    folder: Path,
    titles: Mapping[str, str] | None = None,
) -> tuple[Path, Path]:
    """Write ``report.md`` and ``report.html``; their paths. ``titles`` say what an intent is about."""
    called = titles or {}

    def title(name: str) -> str:
        return called.get(name, "")

    def short(name: str) -> str:
        shown = called.get(name, name)
        return shown if len(shown) <= LONGEST_TITLE else shown[: LONGEST_TITLE - 1] + "…"

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    facts: dict[str, Any] = {
        "report": report,
        "before": before,
        "changes": changes,
        "word": word,
        "gate": gate_words,
        "title": title,
        "picture": pictures.confusions(
            report.confusions,
            title=word("report_confusions"),
            called=short,
            rows_are=word("report_meant"),
            columns_are=word("report_taken"),
        ),
    }
    written = []
    for name in ("report.md", "report.html"):
        path = folder / name
        text = environment.get_template(name + ".j2" if name.endswith("md") else name).render(**facts)
        path.write_text(text, encoding="utf-8")
        written.append(path)
    (folder / "confusions.svg").write_text(facts["picture"], encoding="utf-8")
    return written[0], written[1]


def gate_words(gate: Gate) -> str:
    """A condition in words, with how it was met."""
    mark = {True: "gate_passed", False: "gate_failed", None: "gate_untried"}[gate.passed]
    return word(mark, text=word(gate.code, **gate.facts))
