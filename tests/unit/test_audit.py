"""The audit of dependencies: real pip-audit and real npm, asking advisory services of the test's own."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from deploy.audit.command import ACCEPTED, PYTHON_LOCKS, judge
from deploy.audit.findings import Accepted, Finding, Report, accepted
from deploy.audit.tools import npm_lock, of_pip_audit, python_lock
from deploy.environments import APP, APP_LOCK, TEST_LOCK, python_of
from deploy.progress import SetupError
from tests.support.missing import program

TODAY = date(2026, 11, 23)
WEAK = Finding("leftpad", "1.0.0", frozenset({"GHSA-aaaa-bbbb-cccc", "CVE-2026-1"}), ("1.0.1",), "It pads.")
ENTRY = Accepted("rasa", "leftpad", frozenset({"CVE-2026-1"}), "Nobody pads to the left here.", TODAY)
ADVISORY = {
    "id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "details": "It pads.\nFor long.",
    "affected": [{
        "package": {"name": "leftpad", "ecosystem": "PyPI"}, "versions": ["1.0.0"],
        "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.0.1"}]}],
    }],
}  # fmt: skip


@contextmanager
def service(answers: dict[str, Any], known: dict[str, Any] | None = None) -> Iterator[str]:
    """An advisory service: ``answers`` to POST by path, ``known`` documents to GET by path. Gives its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            answer = answers.get(self.path)
            self.reply(answer(json.loads(asked)) if callable(answer) else answer)

        def do_GET(self) -> None:
            self.reply((known or {}).get(self.path))

        def reply(self, answer: Any) -> None:
            body = json.dumps(answer).encode()
            self.send_response(404 if answer is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    """Two packages with hashes; pip-audit installs neither."""
    file = tmp_path / "requirements.txt"
    pins = [f"{name} --hash=sha256:{'0' * 64}" for name in ("leftpad==1.0.0", "rightpad==2.0.0")]
    file.write_text("\n".join(pins) + "\n")
    return file


def environment(url: str) -> dict[str, str]:
    return {**os.environ, "AUDIT_SERVICE": "osv", "AUDIT_OSV_URL": f"{url}/v1/query"}


def about_leftpad(asked: dict[str, Any]) -> dict[str, Any]:
    return {"vulns": [ADVISORY]} if asked["package"]["name"] == "leftpad" else {}


def test_a_weak_package_of_a_lock_is_found(lock: Path) -> None:
    with service({"/v1/query": about_leftpad}) as url:
        report = python_lock(python_of(APP), lock, "rasa", environment(url))
    assert (report.audited, report.unreachable) == (2, "")
    [found] = report.findings
    assert (found.package, found.version, found.fixed_in) == ("leftpad", "1.0.0", ("1.0.1",))
    assert found.ids == {"PYSEC-2026-1", "CVE-2026-1"}
    lines, failed = judge([report], [])
    assert failed
    assert "  FAILED leftpad 1.0.0: CVE-2026-1, PYSEC-2026-1 (fixed in 1.0.1) It pads. For long." in lines


def test_a_service_that_does_not_answer_is_said_loudly_and_fails_only_where_it_is_required(
    lock: Path,
) -> None:
    report = python_lock(python_of(APP), lock, "rasa", environment("http://127.0.0.1:9"))
    assert "127.0.0.1" in report.unreachable
    lines, failed = judge([report], [])
    assert "NOT AUDITED: rasa: advisory service unreachable" in lines
    assert not failed
    assert judge([report], [], required=True)[1]


def test_an_index_without_advisories_does_not_count_as_one_without_findings() -> None:
    skipped = {"name": "leftpad", "skip_reason": "Dependency not found on PyPI and could not be audited"}
    report = of_pip_audit("rasa", json.dumps({"dependencies": [skipped], "fixes": []}))
    assert report.unreachable
    assert "NOT AUDITED: rasa: advisory service unreachable" in judge([report], [])[0]


def test_single_packages_that_nobody_knows_are_named() -> None:
    skipped, good = {"name": "ours", "skip_reason": "…"}, {"name": "leftpad", "version": "1", "vulns": []}
    report = of_pip_audit("rasa", json.dumps({"dependencies": [skipped, good]}))
    lines, failed = judge([report], [])
    assert "  not audited, unknown to the service: ours" in lines
    assert not failed
    assert judge([report], [], required=True)[1]


BULK = "/-/npm/v1/security/advisories/bulk"
PADDING = {
    "leftpad": [{
        "id": 1, "url": "https://a.test/GHSA-aaaa-bbbb-cccc", "title": "It pads.", "severity": "high",
        "vulnerable_versions": "<1.0.1", "cwe": [], "cvss": {"score": 7},
    }]
}  # fmt: skip


@pytest.fixture
def widget(tmp_path: Path) -> Path:
    """A folder with one npm package pinned."""
    program("npm")
    wanted = {"dependencies": {"leftpad": "1.0.0"}}
    pins = {"": wanted, "node_modules/leftpad": {"version": "1.0.0"}}
    (tmp_path / "package.json").write_text(json.dumps({"name": "w", "version": "1.0.0", **wanted}))
    (tmp_path / "package-lock.json").write_text(
        json.dumps({"name": "w", "version": "1.0.0", "lockfileVersion": 3, "packages": pins})
    )
    return tmp_path


def test_a_weak_package_of_the_widget_is_found(widget: Path) -> None:
    known = {"/leftpad": {"name": "leftpad", "versions": {"1.0.0": {"name": "leftpad", "version": "1.0.0"}}}}
    with service({BULK: PADDING}, known) as url:
        report = npm_lock(widget, "widget", {**os.environ, "npm_config_registry": url})
    assert report.unreachable == ""
    [found] = report.findings
    assert (found.package, found.version) == ("leftpad", "1.0.0")
    assert found.ids == {"GHSA-aaaa-bbbb-cccc"}
    assert judge([report], [])[1]


def test_a_registry_that_audits_nothing_is_said_loudly(widget: Path) -> None:
    with service({}) as url:
        report = npm_lock(widget, "widget", {**os.environ, "npm_config_registry": url})
    assert report.unreachable
    assert "NOT AUDITED: widget: advisory service unreachable" in judge([report], [])[0]


def test_an_accepted_advisory_passes_by_any_of_its_names_in_its_own_lock_alone() -> None:
    assert judge([Report("rasa", 1, findings=[WEAK])], [ENTRY])[1] is False
    assert judge([Report("app", 1, findings=[WEAK])], [ENTRY])[1] is True


def test_an_entry_that_is_no_longer_needed_is_named() -> None:
    lines, failed = judge([Report("rasa", 1)], [ENTRY])
    assert "  no longer needed in accepted.toml: leftpad CVE-2026-1" in lines
    assert not failed


def entry(**changes: str) -> str:
    said = {
        "lock": '"rasa"', "package": '"leftpad"', "advisories": '["CVE-2026-1"]',
        "reason": '"Nobody pads to the left here."', "until": TODAY.isoformat(), **changes,
    }  # fmt: skip
    return "[[accepted]]\n" + "\n".join(f"{name} = {value}" for name, value in said.items() if value)


def test_an_entry_holds_to_the_end_of_its_day(tmp_path: Path) -> None:
    file = tmp_path / "accepted.toml"
    file.write_text(entry())
    assert accepted(file, TODAY) == [ENTRY]
    with pytest.raises(SetupError, match=r"entry 1 \(leftpad\): expired on 2026-11-23"):
        accepted(file, TODAY + timedelta(days=1))


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"reason": '"because"'}, "must say why"),
        ({"reason": ""}, "needs exactly"),
        ({"until": "2028-01-01"}, "more than a year"),
        ({"until": '"soon"'}, "must be a day"),
        ({"advisories": "[]"}, "names no advisory"),
        ({"lock": '"gateway"'}, "no lock of this name"),
    ],
)
def test_an_entry_that_nobody_could_review_is_refused(
    tmp_path: Path, changes: dict[str, str], complaint: str
) -> None:
    file = tmp_path / "accepted.toml"
    file.write_text(entry(**changes))
    with pytest.raises(SetupError, match=complaint):
        accepted(file, TODAY)


def test_what_this_project_accepted_can_be_read_and_is_pinned() -> None:
    for one in accepted(ACCEPTED, TODAY):
        if one.lock in PYTHON_LOCKS:
            assert one.package in pins(PYTHON_LOCKS[one.lock]), one


def test_the_lock_of_the_tests_holds_the_application_at_the_same_versions() -> None:
    assert pins(APP_LOCK).items() <= pins(TEST_LOCK).items()


def pins(lock: Path) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9.-]+)(?:\[[a-z,]+\])?==(\S+)", lock.read_text(), re.MULTILINE))
