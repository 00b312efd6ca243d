"""The audit log's chain."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any

import pytest
from sqlalchemy import select, text

from settlement.cases.audit import Audit
from settlement.cases.inputs import Owner
from settlement.cases.records import AuditEntry
from settlement.cases.states import Actor
from settlement.security.keys import Keyring
from tests.unit.cases.world import World


async def write(world: World, audit: Audit, action: str) -> None:
    async with world.database.session() as session:
        await audit.append(session, Actor.SYSTEM, "test", action, "object")


async def verify(world: World, keyring: Keyring) -> tuple[int, int | None]:
    async with world.database.reading() as session:
        return await Audit(keyring).verify(session)


async def tamper(world: World, statement: str) -> None:
    """What somebody who owns the database can do: switch the triggers off first."""
    async with world.database.session() as session:
        if session.get_bind().dialect.name == "postgresql":
            await session.execute(text("ALTER TABLE audit_log DISABLE TRIGGER ALL"))
        else:
            await session.execute(text("DROP TRIGGER audit_log_no_update"))
            await session.execute(text("DROP TRIGGER audit_log_no_delete"))
        await session.execute(text(statement))


async def test_an_untouched_log_holds(world: World, owner: Owner) -> None:
    await world.submitted(owner)
    count, broken = await verify(world, world.keyring)
    assert count >= 2
    assert broken is None


async def test_entries_written_at_once_make_one_chain(world: World) -> None:
    audit = Audit(world.keyring)
    await asyncio.gather(*(write(world, audit, f"action-{index}") for index in range(10)))
    assert await verify(world, world.keyring) == (10, None)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_log SET result = 'ok!' WHERE seq = 2", 2),
        ("DELETE FROM audit_log WHERE seq = 2", 3),
        ("DELETE FROM audit_log WHERE seq = 1", 2),
    ],
)
async def test_a_changed_or_missing_entry_is_found(world: World, statement: str, broken: int) -> None:
    audit = Audit(world.keyring)
    for index in range(4):
        await write(world, audit, f"action-{index}")
    await tamper(world, statement)
    assert (await verify(world, world.keyring))[1] == broken


async def test_who_has_no_key_cannot_write_a_chain_that_holds(world: World) -> None:
    await write(world, Audit(Keyring([secrets.token_bytes(32)], secrets.token_bytes(32))), "forged")
    assert await verify(world, world.keyring) == (0, 1)


async def test_no_entry_holds_a_personal_value(world: World, owner: Owner) -> None:
    view = await world.submitted(owner)
    customer = await world.customers.get(owner.customer)
    async with world.database.reading() as session:
        entries = list(await session.scalars(select(AuditEntry)))
    columns: list[Any] = [(entry.actor_id, entry.object, entry.result, entry.detail) for entry in entries]
    for secret in (customer.name, customer.id_number, customer.phone, view.cards[0].number):
        assert secret not in repr(columns)
