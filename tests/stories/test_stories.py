"""Rasa's own test of the trained model's rules; tests/nlu has what it understands."""

from __future__ import annotations

import subprocess
from pathlib import Path

from deploy.environments import ROOT
from deploy.training import ensure_model, rasa, rasa_environment


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [str(part) for part in rasa(*arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=rasa_environment(), capture_output=True, text=True, timeout=600
    )


def test_the_rules_answer_as_the_stories_say(tmp_path: Path) -> None:
    done = run(
        "test", "core", "--model", ensure_model(), "--stories", ROOT / "tests/stories/test_rules.yml",
        "--out", tmp_path, "--fail-on-prediction-errors", "--no-plot",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
