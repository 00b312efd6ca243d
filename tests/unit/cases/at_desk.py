"""A case that waits at the desk, and what the desk made of it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from settlement.cases.inputs import Owner
from settlement.cases.records import AuditEntry
from settlement.cases.states import State
from tests.unit.cases.world import World


@pytest.fixture
async def case_no(world: World, owner: Owner) -> str:
    """A case that waits for its witness."""
    return (await world.submitted(owner)).case_no


async def state(world: World, owner: Owner, case_no: str) -> State:
    return (await world.cases.get(owner, case_no)).state


async def actions(world: World) -> list[tuple[str, str]]:
    async with world.database.reading() as session:
        entries = await session.scalars(select(AuditEntry).order_by(AuditEntry.seq))
        return [(entry.actor_id, entry.action) for entry in entries]
