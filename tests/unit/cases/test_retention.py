"""How long material is kept: drafts until they end, what was submitted for twenty years and no longer."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.cases import retention
from settlement.cases.desk_views import DeskError, Staff
from settlement.cases.holds import Holds
from settlement.cases.inputs import Owner
from settlement.cases.material import ConsentRecord, SignatureRecord
from settlement.cases.models import Case, CaseEvent, CaseSubmission, RegisteredCard
from settlement.cases.records import AuditEntry, CaseRemoval
from settlement.cases.retention import Retention
from settlement.cases.states import State
from settlement.database import Base
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


async def rows_of_the_case(world: World) -> set[str]:
    """Tables that hold anything of a case; there is one case in the world."""
    tables = [one for one in Base.metadata.sorted_tables if "case_id" in one.c or one.name == "cases"]
    async with world.database.reading() as session:
        return {one.name for one in tables if await session.scalar(select(func.count()).select_from(one))}


async def count_of(session: AsyncSession, table: type[Base]) -> int:
    return await session.scalar(select(func.count()).select_from(table)) or 0


async def died(*_: object) -> None:
    raise OSError("the power failed")


@pytest.fixture
def holds(world: World) -> Holds:
    return Holds(world.database, world.keyring)


@pytest.fixture
async def administrator(world: World) -> Staff:
    return await world.hire("an administrator", "administrator")


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


async def test_after_twenty_years_the_whole_case_is_gone_and_that_is_on_record(
    no_witness: World, owner: Owner, done: str
) -> None:
    photo = (await no_witness.cases.get(owner, done)).images["id_front"].file_id
    [paper] = await no_witness.cases.papers(owner)
    kept = await rows_of_the_case(no_witness)
    assert {"case_submissions", "case_events", "consent_records", "document_readings"} <= kept
    no_witness.time.pass_by(days=20 * 365 + 6)
    assert await no_witness.housekeeping.run_once() == 2  # the case, and the customer of no case any more
    assert not await photo_is_there(no_witness, photo)
    with pytest.raises(CustomerError, match="image_not_found"):
        await no_witness.objects.get(paper.file_id, context="test")
    with pytest.raises(CustomerError, match="case_not_found"):
        await no_witness.cases.get(owner, done)
    with pytest.raises(CustomerError, match="customer_not_found"):
        await no_witness.customers.get(owner.customer)
    assert await rows_of_the_case(no_witness) == {"case_removals"}
    assert sorted(await ended(no_witness)) == sorted([(done, "evidence"), (owner.customer, "customer")])
    async with no_witness.database.reading() as session:
        removal = (await session.scalars(select(CaseRemoval))).one()
        assert await no_witness.desk._audit.verify(session) == (await count_of(session, AuditEntry), None)
    assert (removal.case_no, removal.why) == (done, "evidence")
    assert paper.sha256 in removal.digests
    assert await no_witness.housekeeping.run_once() == 0


async def test_a_customer_comes_back_after_that_as_a_new_one(
    no_witness: World, owner: Owner, done: str
) -> None:
    no_witness.time.pass_by(days=20 * 365 + 6)
    await no_witness.housekeeping.run_once()
    again = await no_witness.owner()
    assert again != owner
    assert (await no_witness.cases.list(again)) == ([], [])


async def test_a_held_case_is_kept_until_the_hold_is_lifted(
    no_witness: World, owner: Owner, done: str, holds: Holds, administrator: Staff
) -> None:
    await holds.place(administrator, done, "与客户的诉讼")
    no_witness.time.pass_by(days=25 * 365)
    assert await no_witness.housekeeping.run_once() == 0
    view = await no_witness.cases.get(owner, done)
    assert view.identity is not None
    assert await photo_is_there(no_witness, view.images["id_front"].file_id)
    await holds.lift(administrator, done)
    assert await no_witness.housekeeping.run_once() == 2
    assert await rows_of_the_case(no_witness) == {"case_removals"}


async def test_a_held_draft_keeps_its_material(
    world: World, owner: Owner, holds: Holds, administrator: Staff
) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    await holds.place(administrator, view.case_no, "投诉")
    await world.cases.abandon(owner, view.case_no)
    world.time.pass_by(days=4 * 365)
    assert await world.housekeeping.run_once() == 0
    assert (await world.cases.get(owner, view.case_no)).identity is not None


async def test_the_database_itself_refuses_to_remove_what_is_held_or_not_on_record(
    no_witness: World, done: str, holds: Holds, administrator: Staff
) -> None:
    await holds.place(administrator, done, "诉讼")
    async with no_witness.database.reading() as session:
        case = (await session.scalars(select(Case).where(Case.case_no == done))).one()
    removal = CaseRemoval(case_id=case.id, case_no=done, broker=case.broker, why="evidence", at=clock.now())
    with pytest.raises(DBAPIError, match="held"):
        async with no_witness.database.session() as session:
            session.add(removal)
    for table in (CaseSubmission, CaseEvent, ConsentRecord):
        with pytest.raises(DBAPIError, match="append-only"):
            async with no_witness.database.session() as session:
                await session.execute(delete(table).where(table.case_id == case.id))


async def test_a_process_that_died_while_it_removed_a_case_is_made_up_for(
    no_witness: World, owner: Owner, done: str, holds: Holds, administrator: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    no_witness.time.pass_by(days=20 * 365 + 6)
    with monkeypatch.context() as broken:
        broken.setattr(Retention, "_remove_rows", died)
        with pytest.raises(OSError, match="power"):
            await no_witness.housekeeping.run_once()
    with pytest.raises(DeskError, match="case_not_found"):
        await holds.place(administrator, done, "too late")
    assert await no_witness.housekeeping.run_once() == 2
    assert await rows_of_the_case(no_witness) == {"case_removals"}


async def test_holds_are_of_ones_own_company_need_a_reason_and_are_on_record(
    no_witness: World, done: str, holds: Holds, administrator: Staff
) -> None:
    stranger = administrator.model_copy(update={"broker": "0368"})
    for call in (holds.of(stranger, done), holds.place(stranger, done, "x"), holds.lift(stranger, done)):
        with pytest.raises(DeskError, match="case_not_found"):
            await call
    with pytest.raises(DeskError, match="reason_needed"):
        await holds.place(administrator, done, "  ")
    await holds.place(administrator, done, "诉" * 500)
    with pytest.raises(DeskError, match="case_held"):
        await holds.place(administrator, done, "again")
    found = await holds.of(administrator, done)
    assert found is not None
    assert found.reason == "诉" * 200
    await holds.lift(administrator, done)
    await holds.lift(administrator, done)
    assert await holds.of(administrator, done) is None
    async with no_witness.database.reading() as session:
        actions = list(await session.scalars(select(AuditEntry.action).where(AuditEntry.object == done)))
    assert actions.count("place_hold") == actions.count("lift_hold") == 1


async def test_what_remains_of_a_draft_goes_after_three_years(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    await world.cases.abandon(owner, view.case_no)
    await world.housekeeping.run_once()
    world.time.pass_by(days=3 * 365 - 2)
    assert await world.housekeeping.run_once() == 0
    assert "consent_records" in await rows_of_the_case(world)
    world.time.pass_by(days=5)
    assert await world.housekeeping.run_once() == 2
    assert await rows_of_the_case(world) == {"case_removals"}


async def test_a_customer_who_began_nothing_goes_ninety_days_after_the_last_login(world: World) -> None:
    owner = await world.owner()
    world.time.pass_by(days=80)
    assert await world.owner() == owner
    world.time.pass_by(days=80)
    assert await world.housekeeping.run_once() == 0
    world.time.pass_by(days=11)
    assert await world.housekeeping.run_once() == 1
    assert await ended(world) == [(owner.customer, "customer")]
    async with world.database.reading() as session:
        assert await count_of(session, RegisteredCard) == 0


async def test_what_was_submitted_and_then_given_up_is_kept_as_long(no_witness: World, owner: Owner) -> None:
    view = await no_witness.submitted(owner)
    await no_witness.cases.abandon(owner, view.case_no)
    no_witness.time.pass_by(days=19 * 366)
    assert await no_witness.housekeeping.run_once() == 0
    assert await photo_is_there(no_witness, view.images["signature"].file_id)
    no_witness.time.pass_by(days=366)
    assert await no_witness.housekeeping.run_once() == 2
    assert not await photo_is_there(no_witness, view.images["signature"].file_id)


async def test_nothing_of_a_draft_that_ended_is_kept(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    await world.cases.abandon(owner, view.case_no)
    assert await world.housekeeping.run_once() == 1
    after = await world.cases.get(owner, view.case_no)
    assert (after.images, after.identity, after.cards) == ({}, None, [])
    assert await signed(world) == [{}]
    assert await ended(world) == [(view.case_no, "material")]


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
    assert (retention._long_ago(20).month, retention._long_ago(20).day) == (2, 28)
