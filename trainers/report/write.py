"""The report as Markdown and as one HTML file that needs nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from deploy.words import word
from trainers.report import pictures
from trainers.report.changes import Changes
from trainers.report.result import Gate, Report

TEMPLATES = Path(__file__).parent / "templates"


def write(report: Report, before: Report | None, changes: Changes | None, folder: Path) -> tuple[Path, Path]:
    """Write ``report.md`` and ``report.html``; their paths."""
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
        "picture": pictures.confusions(report.confusions, title=word("report_confusions")),
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
