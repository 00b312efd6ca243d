"""The demonstration companies in a folder of the test's own."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from settlement.brokers import Broker
from settlement.brokers.folder import load
from settlement.settings import ROOT, Settings

TODAY = date(2026, 11, 23)


@pytest.fixture
def config(tmp_path: Path) -> Settings:
    shutil.copytree(ROOT / "brokers", tmp_path / "brokers")
    return Settings(brokers_dir=tmp_path / "brokers", state_dir=tmp_path / "state")


@pytest.fixture
def folder(config: Settings) -> Path:
    return config.brokers_dir / "0127"


@pytest.fixture(scope="session")
def queueing() -> Broker:
    """0127: every day, queues."""
    return load(ROOT / "brokers" / "0127", TODAY)


@pytest.fixture(scope="session")
def refusing() -> Broker:
    """0368: trading days from half past eight to five, refuses."""
    return load(ROOT / "brokers" / "0368", TODAY)
