"""What an audit of one lock file says, and the advisories that people have looked at and accepted."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from deploy.progress import SetupError

LOCKS = ("app", "rasa", "widget")
LONGEST = timedelta(days=366)  # whoever accepts an advisory looks at it again within a year
_FIELDS = {"lock", "package", "advisories", "reason", "until"}


@dataclass(frozen=True)
class Finding:
    """One known weakness of one pinned version. ``ids``: the advisory's id and its other names."""

    package: str
    version: str
    ids: frozenset[str]
    fixed_in: tuple[str, ...] = ()
    summary: str = ""


@dataclass
class Report:
    """One lock file. ``unreachable`` says why the advisory service gave no answer, or nothing."""

    lock: str
    audited: int = 0
    not_audited: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unreachable: str = ""


@dataclass(frozen=True)
class Accepted:
    """A reviewed entry of accepted.toml: these advisories of this package in this lock, until a day."""

    lock: str
    package: str
    advisories: frozenset[str]
    reason: str
    until: date

    def covers(self, lock: str, finding: Finding) -> bool:
        """Whether this entry is about that finding."""
        return (self.lock, self.package) == (lock, finding.package) and bool(self.advisories & finding.ids)


def accepted(file: Path, today: date) -> list[Accepted]:
    """The reviewed entries. ``SetupError`` names every entry that is malformed or whose day has passed."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SetupError(f"{file.name} cannot be read: {error}") from None
    entries, wrong = [], []
    for place, said in enumerate(content.get("accepted", []), start=1):
        if complaint := _complaint(said, today):
            wrong.append(f"entry {place} ({said.get('package', '?')}): {complaint}")
        else:
            entries.append(Accepted(**said | {"advisories": frozenset(said["advisories"])}))
    if wrong:
        raise SetupError("\n".join([f"{file.name}:", *wrong]))
    return entries


def _complaint(said: dict[str, object], today: date) -> str:
    until, reason, advisories = said.get("until"), said.get("reason"), said.get("advisories")
    if set(said) != _FIELDS:
        return f"needs exactly {', '.join(sorted(_FIELDS))}"
    if not isinstance(until, date):
        return "until must be a day, such as 2027-05-31"
    if not isinstance(reason, str) or len(reason) < 20:
        return "the reason must say why the weakness does not reach us"
    if said.get("lock") not in LOCKS:
        return f"there is no lock of this name, but {', '.join(LOCKS)}"
    if not isinstance(advisories, list) or not advisories:
        return "names no advisory"
    if until < today:
        return f"expired on {until}; look at it again"
    if until > today + LONGEST:
        return "until is more than a year away; look at it again sooner"
    return ""
