"""Rasa's own tests of the trained model: stories, and sentences that were never trained on."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from deploy.environments import ROOT
from deploy.training import ensure_model, rasa, rasa_environment

# What was measured less a margin for another machine's rounding; docs/language.md has the figures.
LEAST_INTENT_ACCURACY = 0.90
LEAST_ANSWER_ACCURACY = 0.88


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


def test_unseen_sentences_are_understood(tmp_path: Path) -> None:
    done = run(
        "test", "nlu", "--model", ensure_model(), "--nlu", ROOT / "tests/nlu/held_out.yml",
        "--out", tmp_path, "--no-plot",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    intents, answers = (
        report(tmp_path / "intent_report.json"),
        report(tmp_path / "response_selection_report.json"),
    )
    assert intents >= LEAST_INTENT_ACCURACY, f"intents: {intents:.3f}"
    assert answers >= LEAST_ANSWER_ACCURACY, f"answers: {answers:.3f}"


def report(path: Path) -> float:
    """The accuracy that Rasa reports."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return float(found["accuracy"] if "accuracy" in found else found["micro avg"]["f1-score"])
