"""What a machine may lack: a test that needs it is skipped; in CI it fails, so that all is tried."""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest


def missing(what: str) -> NoReturn:
    """Skip the test, or fail it where ``CI`` is set (to anything but ``false``)."""
    if os.environ.get("CI", "false").lower() not in ("", "false", "0"):
        pytest.fail(f"{what}, and in CI everything is tried")
    pytest.skip(what)


def program(*names: str) -> str:
    """The path of the first of these programs that the machine has."""
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        missing(f"{names[0]} is not installed here")
    return found
