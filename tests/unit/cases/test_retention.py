"""How long material is kept: drafts until they end, what was submitted for twenty years and no longer."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from settlement.cases import retention
from settlement.cases.desk_views import Staff
from settlement.cases.inputs import Owner
from settlement.cases.material import SignatureRecord
from settlement.cases.records import AuditEntry
from settlement.cases.states import State
from settlement.errors import CustomerError
from tests.unit.cases.test_housekeeping import photo_is_there
from tests.unit.cases.world import World


async def ended(world: World) -> list[tuple[str, str]]:
    async with world.database.reading() as session:
        rows = await session.scalars(select(AuditEntry).where(AuditEntry.action == "retention_ended"))
        return [(row.object, row.result) for row in rows]


async def signed(world: World) -> list[dict[str, object]]:
    async with world.database.reading() as session:
        return [row.content for row in await session.scalars(select(SignatureRecord))]


@pytest.fixture
async def done(no_witness: World, owner: Owner, reviewer: Staff) -> str:
    """A case that was approved and registered."""
    view = await no_witness.approved(owner, reviewer)
    await no_witness.executor.run_once()
    assert (await no_witness.cases.get(owner, view.case_no)).state is State.C_DONE
    return view.case_no


async def test_what_was_submitted_is_kept_for_twenty_years(
    no_witness: World, owner: Owner, done: str
) -> None:
    photo = (await no_witness.cases.get(owner, done)).images["id_front"].file_id
    no_witness.time.moment = no_witness.time.moment.replace(year=no_witness.time.moment.year + 20, day=1)
    no_witness.time.pass_by(days=-1)
    await no_witness.housekeeping.run_once()
    view = await no_witness.cases.get(owner, done)
    assert await photo_is_there(no_witness, photo)
    assert view.identity is not None
    assert view.cards
    assert await ended(no_witness) == []


async def test_after_twenty_years_photos_identity_cards_and_signed_values_are_gone_and_that_is_on_record(
    no_witness: World, owner: Owner, reviewer: Staff, done: str
) -> None:
    photo = (await no_witness.cases.get(owner, done)).images["id_front"].file_id
    [paper] = await no_witness.cases.papers(owner)
    no_witness.time.pass_by(days=20 * 365 + 6)
    assert await no_witness.housekeeping.run_once() == 1
    assert not await photo_is_there(no_witness, photo)
    view = await no_witness.cases.get(owner, done)
    assert (view.state, view.images, view.identity, view.cards) == (State.C_DONE, {}, None, [])
    assert await signed(no_witness) == [{}]
    assert await no_witness.cases.papers(owner) == []
    with pytest.raises(CustomerError, match="image_not_found"):
        await no_witness.objects.get(paper.file_id, context="test")
    assert await ended(no_witness) == [(done, "evidence")]
    with pytest.raises(CustomerError, match="image_not_found"):
        await no_witness.objects.get(photo, context="test")
    assert await no_witness.housekeeping.run_once() == 0


async def test_what_was_submitted_and_then_given_up_is_kept_as_long(no_witness: World, owner: Owner) -> None:
    view = await no_witness.submitted(owner)
    await no_witness.cases.abandon(owner, view.case_no)
    no_witness.time.pass_by(days=19 * 366)
    assert await no_witness.housekeeping.run_once() == 0
    assert await photo_is_there(no_witness, view.images["signature"].file_id)
    no_witness.time.pass_by(days=366)
    assert await no_witness.housekeeping.run_once() == 1
    assert not await photo_is_there(no_witness, view.images["signature"].file_id)


async def test_nothing_of_a_draft_that_ended_is_kept(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    await world.cases.abandon(owner, view.case_no)
    assert await world.housekeeping.run_once() == 1
    after = await world.cases.get(owner, view.case_no)
    assert (after.images, after.identity, after.cards) == ({}, None, [])
    assert await signed(world) == [{}]
    assert await ended(world) == [(view.case_no, "draft")]


async def test_a_process_that_died_between_photo_and_database_is_made_up_for(
    world: World, owner: Owner
) -> None:
    view = await world.at(State.D_BANK, owner)
    await world.cases.abandon(owner, view.case_no)
    await world.objects.remove(view.images["id_front"].file_id)
    assert await world.housekeeping.run_once() == 1
    assert (await world.cases.get(owner, view.case_no)).images == {}


async def test_from_a_leap_day_twenty_years_back_is_a_day_that_exists(world: World) -> None:
    world.time.moment = world.time.moment.replace(year=2120, month=2, day=29)
    assert (retention._long_ago().month, retention._long_ago().day) == (2, 28)
