"""A workshop, and somebody about to sign in earnest."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from settlement.database import Database
from settlement.evidence.trust import roots_of
from settlement.ports.ca_local import LocalCa
from settlement.ports.objects import LocalObjects
from settlement.security.keys import Keyring
from tests.conftest import Time
from tests.unit.cases.world import World, world_in
from tests.unit.evidence.case import Evident
from tests.unit.evidence.workshop import Workshop


@pytest.fixture
def database_url(upgraded_file: Path, tmp_path: Path) -> str:
    """SQLite will do: what the databases have of evidence is tested with the cases, on both."""
    shutil.copy(upgraded_file, tmp_path / "cases.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'cases.db'}"


@pytest.fixture
def world(database: Database, keyring: Keyring, time: Time, tmp_path: Path) -> World:
    return world_in(tmp_path, database, keyring, time)


@pytest.fixture
async def evident(world: World, workshop: Workshop) -> Evident:
    """Somebody about to sign in earnest."""
    return Evident(world, workshop, await world.owner())


@pytest.fixture
def workshop(tmp_path: Path, keyring: Keyring) -> Workshop:
    authority = LocalCa(tmp_path / "ca", keyring)
    roots = roots_of(authority.root_file.read_bytes())
    return Workshop(authority, LocalObjects(tmp_path / "objects", keyring), roots)
