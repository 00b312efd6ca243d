"""The command: every lock file, what is known against it, and what that means for the exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime

from deploy.audit.findings import Accepted, Finding, Report, accepted
from deploy.audit.tools import npm_lock, python_lock
from deploy.environments import APP, RASA_LOCK, ROOT, TEST_LOCK, ensure_app, python_of
from deploy.progress import say

# The tests' lock holds the application's, at the same versions: tests/unit/test_audit.py.
PYTHON_LOCKS = {"app": TEST_LOCK, "rasa": RASA_LOCK}
NPM_FOLDERS = {"widget": ROOT / "widget"}
ACCEPTED = ROOT / "deploy/audit/accepted.toml"


def audit(arguments: Sequence[str]) -> int:
    """``./run audit [--required]``: 1 for a known weakness that nobody accepted, or an entry that expired.

    An advisory service that does not answer is said loudly; it fails with ``--required`` alone, so that
    a machine without one can still build.
    """
    ensure_app(tests=True)
    entries = accepted(ACCEPTED, _today())
    reports = [python_lock(python_of(APP), lock, name, os.environ) for name, lock in PYTHON_LOCKS.items()]
    reports += [
        npm_lock(folder, name, os.environ)
        for name, folder in NPM_FOLDERS.items()
        if (folder / "package-lock.json").exists()
    ]
    lines, failed = judge(reports, entries, required="--required" in arguments)
    say("\n".join(lines))
    return int(failed)


def judge(
    reports: Sequence[Report], entries: Sequence[Accepted], *, required: bool = False
) -> tuple[list[str], bool]:
    """What to print, and whether that is a failure."""
    lines: list[str] = []
    failed = False
    for report in reports:
        if report.unreachable:
            lines += [
                "=" * 78,
                f"NOT AUDITED: {report.lock}: advisory service unreachable",
                f"  {report.unreachable}",
                "=" * 78,
            ]
            failed = failed or required
            continue
        lines.append(f"{report.lock}: {report.audited} packages audited, {len(report.findings)} advisories")
        if report.not_audited:
            lines.append(f"  not audited, unknown to the service: {', '.join(report.not_audited)}")
            failed = failed or required
        for finding in report.findings:
            entry = next((one for one in entries if one.covers(report.lock, finding)), None)
            if entry is None:
                lines.append(f"  FAILED {_shown(finding)}")
                failed = True
            else:
                lines.append(f"  accepted until {entry.until}: {_shown(finding)}")
        for entry in entries:
            about_it = (entry.covers(report.lock, finding) for finding in report.findings)
            if entry.lock == report.lock and not any(about_it):
                names = ", ".join(sorted(entry.advisories))
                lines.append(f"  no longer needed in {ACCEPTED.name}: {entry.package} {names}")
    return lines, failed


def _shown(finding: Finding) -> str:
    fixed = f" (fixed in {', '.join(finding.fixed_in)})" if finding.fixed_in else ""
    names = ", ".join(sorted(finding.ids))
    return f"{finding.package} {finding.version}: {names}{fixed} {finding.summary}"[:300]


def _today() -> date:
    return datetime.now(UTC).date()
