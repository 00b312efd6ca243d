"""Asks the advisory services, which are sent names and versions, through pip-audit and npm."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.audit.findings import Finding, Report
from deploy.progress import SetupError

SECONDS = 15  # for one answer of a service
MOST_SECONDS = 600  # for a lock file


def python_lock(python: Path, lock: Path, name: str, environment: Mapping[str, str]) -> Report:
    """A lock with hashes: nothing is installed or resolved for it.

    ``AUDIT_SERVICE`` is pypi (the default) or osv; ``AUDIT_OSV_URL`` names a mirror of OSV's ``/v1/query``.
    """
    command: list[str | Path] = [
        python, "-m", "pip_audit", "--requirement", lock, "--require-hashes", "--disable-pip",
        "--format", "json", "--progress-spinner", "off", "--timeout", str(SECONDS),
        "--vulnerability-service", environment.get("AUDIT_SERVICE", "pypi"),
    ]  # fmt: skip
    if mirror := environment.get("AUDIT_OSV_URL"):
        command += ["--osv-url", mirror]
    done = _call(command, lock.parent, environment)
    return of_pip_audit(name, done.stdout, done.stderr)


def of_pip_audit(name: str, answer: str, complaints: str = "") -> Report:
    """Read pip-audit's JSON."""
    report = Report(name)
    try:
        packages = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        report.unreachable = _last_line(complaints)
        return report
    for one in packages:
        # pip-audit passes over what it finds no page for, and then says that nothing is known against it.
        if "skip_reason" in one:
            report.not_audited.append(one["name"])
            continue
        report.audited += 1
        report.findings += [_finding(one, weakness) for weakness in one["vulns"]]
    if not report.audited:
        report.unreachable = "the index has no advisories" if packages else "the lock is empty"
    return report


def _finding(package: Mapping[str, Any], weakness: Mapping[str, Any]) -> Finding:
    return Finding(
        package["name"],
        package["version"],
        frozenset([weakness["id"], *weakness.get("aliases", [])]),
        tuple(weakness.get("fix_versions", [])),
        weakness.get("description", "").strip().partition("\n")[0],
    )


def npm_lock(folder: Path, name: str, environment: Mapping[str, str]) -> Report:
    """What ``package-lock.json`` in ``folder`` pins; npm's own registry is asked."""
    report = Report(name)
    npm = shutil.which("npm", path=environment.get("PATH"))
    if npm is None:
        report.unreachable = "npm is not installed"
        return report
    done = _call([npm, "audit", "--package-lock-only", "--json"], folder, environment)
    try:
        answer = json.loads(done.stdout)
        weak, total = answer["vulnerabilities"], answer["metadata"]["dependencies"]["total"]
    except (ValueError, KeyError):
        report.unreachable = _last_line(done.stderr)
        return report
    pinned = json.loads((folder / "package-lock.json").read_text(encoding="utf-8")).get("packages", {})
    versions = {path.rpartition("node_modules/")[2]: one.get("version", "?") for path, one in pinned.items()}
    report.audited = total
    for package, said in weak.items():
        # A text among the causes names another package of this list, which is weak itself.
        report.findings += [
            Finding(
                package,
                versions.get(package, "?"),
                frozenset([str(cause["url"]).rpartition("/")[2]]),
                (f"outside {cause['range']}",),
                cause["title"],
            )
            for cause in said["via"]
            if isinstance(cause, dict)
        ]
    return report


def _call(
    command: list[str | Path], folder: Path, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - our own commands
            [str(part) for part in command], cwd=folder, env=dict(environment), capture_output=True,
            text=True, timeout=MOST_SECONDS, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise SetupError(f"{Path(command[0]).name} took more than {MOST_SECONDS} s") from None


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if "audit" in line and ("http" in line or "error" in line.lower())]
    return (told or lines or ["no answer"])[-1][:300]
