"""The companies' folders, by the same reader that serves customers."""

from __future__ import annotations

from collections.abc import Iterator

from settlement.brokers.folder import COMMON, load
from settlement.brokers.problems import FolderError
from settlement.clock import beijing, now
from trainers.project import Problem, Project
from trainers.yaml_lines import Place


def check(project: Project, limits: object) -> Iterator[Problem]:
    """Problems of the companies; their sentences come from ``brokers/common/messages.yml``."""
    folder = project.root / "brokers"
    if not folder.is_dir():
        return
    today = beijing(now()).date()
    for company in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != COMMON):
        try:
            load(company, today)
        except FolderError as error:
            for one in error.problems:
                text = " ".join(part for part in (one.field, one.text) if part)
                yield Problem(Place(f"brokers/{one.file}", one.line or 1), "company", {"text": text})
