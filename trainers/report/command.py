"""``./run report [--quick]``: put the present model to every test, and write down how it did."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Sequence
from pathlib import Path

import yaml

from deploy import manifest, releases
from deploy.environments import ROOT
from deploy.progress import say, step
from deploy.training import ensure_model, rasa, rasa_environment
from deploy.words import word
from trainers import check
from trainers.measure import measure
from trainers.project import Project
from trainers.report import changes, result, write

STORIES = "tests/stories/test_rules.yml"
CONVERSATIONS = "tests/conversations"
PATIENCE_SECONDS = 3600


def run(arguments: Sequence[str]) -> int:
    """Measure, write the report, say what it says; 1 when the model may not be released."""
    model = ensure_model()
    name = model.name.removesuffix(".tar.gz")
    before = _last_released(name) or result.latest_but(name)
    problems = sum(not one.hint for one in check.problems(ROOT))
    with step(word("report_step_sentences")):
        project = Project(ROOT)
        measured = measure(model, project.unseen)
    report = result.Report(
        model=name,
        sha256=manifest.digest(model),
        made_at=time.strftime("%Y-%m-%d %H:%M:%S"),
        measured=measured,
        problems=problems,
    )
    if "--quick" not in arguments:
        with step(word("report_step_stories")):
            report.stories = stories(model)
        with step(word("report_step_conversations")):
            report.conversations = conversations()
    folder = report.save()
    compared = changes.between(before.measured, report.measured) if before else None
    markdown, html = write.write(report, before, compared, folder, project.titles)
    for gate in report.conditions:
        say("  " + write.gate_words(gate))
    for failed in report.failed:
        say(f"    {failed}")
    if compared:
        say(word("report_summary", mended=len(compared.mended), worse=len(compared.worse)))
    say(word("report_passed") if report.passed else word("report_not_passed"))
    say(word("report_written", markdown=_short(markdown), html=_short(html)))
    return 0 if all(gate.passed is not False for gate in report.conditions) else 1


def _last_released(name: str) -> result.Report | None:
    record = releases.read()
    listed = [one for one in (record.current, record.previous) if one and one != name]
    return result.load(listed[0]) if listed else None


def _conversation(test: str) -> str:
    """The conversation's file, which stands in the test's name, where pytest wrote \\u4e24 for 两."""
    named = test.partition("[")[2].rstrip("]") or test
    return re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), named)


def _short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def stories(model: Path) -> result.Played:
    """Rasa's own test of the rules; it says nothing of actions, which the conversations play."""
    written = yaml.safe_load((ROOT / STORIES).read_text(encoding="utf-8"))["stories"]
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(  # noqa: S603 - our own command
            [
                str(part)
                for part in rasa(
                    "test", "core", "--model", model, "--stories", ROOT / STORIES, "--out", out,
                    "--fail-on-prediction-errors", "--no-plot",
                )
            ],
            cwd=ROOT, env=rasa_environment(), capture_output=True, text=True, check=False,
            timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        failed = [
            story["story"]
            for path in Path(out).glob("failed_test_stories.yml")
            for story in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("stories") or []
        ]
    if done.returncode != 0 and not failed:
        failed = [STORIES]
    return result.Played(len(written) - len(failed), failed)


def conversations() -> result.Played:
    """Whole conversations against every process, as ``./run test tests/conversations`` plays them."""
    with tempfile.TemporaryDirectory() as out:
        written = Path(out) / "conversations.xml"
        subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "pytest", CONVERSATIONS, f"--junitxml={written}"],
            cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
        )  # fmt: skip
        if not written.exists():
            return result.Played(0, [CONVERSATIONS])
        cases = list(ElementTree.parse(written).iter("testcase"))  # noqa: S314 - pytest wrote it
    failed = [
        _conversation(case.get("name") or "")
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    return result.Played(len(cases) - len(failed), failed or ([] if cases else [CONVERSATIONS]))
