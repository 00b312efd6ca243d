"""What time does to cases: T19, and photos that nobody needs."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from settlement.cases.desk_views import Staff
from settlement.cases.inputs import Owner
from settlement.cases.records import Notification
from settlement.cases.states import State
from settlement.errors import CustomerError
from tests.unit.cases.errors import refused
from tests.unit.cases.world import World


async def photo_is_there(world: World, file_id: str) -> bool:
    try:
        await world.objects.get(file_id, context="test")
    except CustomerError:
        return False
    return True


async def test_an_untouched_draft_expires_and_its_photos_are_removed(world: World, owner: Owner) -> None:
    view = await world.at(State.D_BANK, owner)
    file_id = view.images["id_front"].file_id
    world.time.pass_by(days=29)
    assert await world.housekeeping.run_once() == 0
    world.time.pass_by(days=2)
    assert await world.housekeeping.run_once() == 1 + 1
    view = await world.cases.get(owner, view.case_no)
    assert (view.state, view.images) == (State.C_EXPIRED, {})
    assert not await photo_is_there(world, file_id)
    assert await world.housekeeping.run_once() == 0
    async with world.database.reading() as session:
        told = sorted((row.way, row.template) for row in await session.scalars(select(Notification)))
    assert told == [("inbox", "expired"), ("sms", "expired")]


async def test_an_edit_keeps_a_draft_alive(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    world.time.pass_by(days=29)
    await world.photo(owner, view.case_no, "signature")
    world.time.pass_by(days=29)
    await world.housekeeping.run_once()
    assert (await world.cases.get(owner, view.case_no)).state is State.D_PHOTO


async def test_photos_that_were_submitted_stay(no_witness: World, owner: Owner, reviewer: Staff) -> None:
    view = await no_witness.rejected(owner, reviewer)
    no_witness.time.pass_by(days=31)
    assert await no_witness.housekeeping.run_once() == 1
    assert await no_witness.housekeeping.run_once() == 0
    view = await no_witness.cases.get(owner, view.case_no)
    assert view.state is State.C_EXPIRED
    assert await photo_is_there(no_witness, view.images["id_front"].file_id)


async def test_photos_of_an_abandoned_draft_are_removed(world: World, owner: Owner) -> None:
    view = await world.at(State.D_BANK, owner)
    await world.cases.abandon(owner, view.case_no)
    await world.housekeeping.run_once()
    for image in view.images.values():
        assert not await photo_is_there(world, image.file_id)


@pytest.mark.parametrize("state", [State.W_PENDING, State.W_DOING])
async def test_what_is_in_review_never_expires(
    world: World, owner: Owner, witness: Staff, state: State
) -> None:
    view = await world.submitted(owner)
    if state is State.W_DOING:
        await world.desk.claim(witness, view.case_no)
    world.time.pass_by(days=400)
    await world.housekeeping.expire()
    assert (await world.cases.get(owner, view.case_no)).state is state


async def test_an_expired_case_takes_no_operation_and_a_new_one_may_begin(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    world.time.pass_by(days=31)
    await world.housekeeping.run_once()
    with refused("case_completed"):
        await world.cases.abandon(owner, view.case_no)
    assert (await world.started(owner)).case_no != view.case_no
