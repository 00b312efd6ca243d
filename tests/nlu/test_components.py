"""The language pipeline's own tests, in the environment that it runs in."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from deploy.environments import RASA, ROOT, python_of
from deploy.training import ensure_model, rasa_environment

MODULES = sorted(path.stem for path in (Path(__file__).parent / "in_rasa").glob("[!_]*.py"))


@pytest.mark.parametrize("module", MODULES)
def test_the_component_passes_its_tests_in_rasas_environment(module: str) -> None:
    done = subprocess.run(
        [str(python_of(RASA)), "-m", "unittest", f"tests.nlu.in_rasa.{module}"],
        cwd=ROOT,
        env=rasa_environment(MODEL=str(ensure_model()), PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    ran = re.search(r"Ran (\d+) tests", done.stderr)
    assert ran
    assert int(ran[1]) >= 7
