"""A world of the project's own company 0127, in a real database."""

from __future__ import annotations

from pathlib import Path

import pytest

from settlement.cases.desk_views import Staff
from settlement.cases.inputs import Owner
from settlement.database import Database
from settlement.security.keys import Keyring
from tests.conftest import Time
from tests.unit.cases.world import World, world_in


@pytest.fixture
def world(database: Database, keyring: Keyring, time: Time, tmp_path: Path) -> World:
    return world_in(tmp_path, database, keyring, time)


@pytest.fixture
async def owner(world: World) -> Owner:
    """A customer who has logged in."""
    return await world.owner()


@pytest.fixture
async def witness(world: World) -> Staff:
    return await world.hire("王见证", "witness")


@pytest.fixture
async def reviewer(world: World) -> Staff:
    return await world.hire("赵复核", "reviewer")


@pytest.fixture
def no_witness(world: World) -> World:
    """The company reviews without a video call."""
    world.configure("broker.yml", needs_witness=False)
    return world
