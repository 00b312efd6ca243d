"""Real settings, a real keyring and a real Redis of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from settlement.security.keys import Keyring
from settlement.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(environment="local", state_dir=tmp_path)


@pytest.fixture
def keyring(settings: Settings) -> Keyring:
    return Keyring.load(settings)
