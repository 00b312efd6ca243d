"""A hold and the removal of a draft's material in the same moment: whichever is first counts, and wholly."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from settlement import clock
from settlement.cases.desk_views import Staff
from settlement.cases.holds import Holds
from settlement.cases.inputs import Owner
from settlement.cases.models import Case
from settlement.cases.records import AuditEntry, MaterialRemoval
from settlement.cases.retention import Retention
from settlement.cases.states import State
from settlement.cases.views import CaseView
from tests.unit.cases.test_housekeeping import photo_is_there
from tests.unit.cases.test_retention import administrator, died, ended, holds
from tests.unit.cases.world import World

__all__ = ["administrator", "holds"]
SECONDS = 20


class Pause:
    """Stops whoever calls the wrapped function until the test lets them go on."""

    def __init__(self) -> None:
        self.reached, self.go_on = asyncio.Event(), asyncio.Event()

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        async def stopped(*arguments: Any, **more: Any) -> Any:
            self.reached.set()
            async with asyncio.timeout(SECONDS):
                await self.go_on.wait()
            return await function(*arguments, **more)

        return stopped


@pytest.fixture
async def draft(world: World, owner: Owner) -> CaseView:
    """A draft with all its material, just given up."""
    view = await world.at(State.D_CONFIRM, owner)
    await world.cases.abandon(owner, view.case_no)
    return view


async def everything_is_there(world: World, owner: Owner, draft: CaseView) -> bool:
    """True when all is there, false when all is gone; half of it is an error."""
    now = await world.cases.get(owner, draft.case_no)
    parts = {await photo_is_there(world, image.file_id) for image in draft.images.values()}
    parts |= {now.identity is not None, bool(now.cards), len(now.images) == len(draft.images)}
    assert len(parts) == 1, "half of the material is gone"
    return parts.pop()


async def until_it_waits_for_the_lock(world: World) -> None:
    """PostgreSQL tells who waits. SQLite does not, and lets nobody begin beside a writer."""
    if world.database.url.get_backend_name() == "sqlite":
        await asyncio.sleep(0.1)
        return
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    async with asyncio.timeout(SECONDS):
        while True:
            async with world.database.reading() as session:
                if await session.scalar(waiting):
                    return
            await asyncio.sleep(0.01)


async def test_a_hold_being_placed_when_the_draft_is_due_keeps_all_its_material(
    world: World, owner: Owner, draft: CaseView, holds: Holds, administrator: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    pause = Pause()
    monkeypatch.setattr(holds._audit, "append", pause.before(holds._audit.append))
    placing = asyncio.create_task(holds.place(administrator, draft.case_no, "投诉"))
    await pause.reached.wait()  # the hold is written, and nobody sees it yet
    removing = asyncio.create_task(world.housekeeping._retention.run_once())
    await until_it_waits_for_the_lock(world)
    pause.go_on.set()
    await placing
    assert await removing == 0
    assert await everything_is_there(world, owner, draft)
    assert await holds.material_gone(administrator, draft.case_no) is None
    assert await ended(world) == []


async def test_a_hold_after_the_removal_has_begun_finds_nothing_half_removed(
    world: World, owner: Owner, draft: CaseView, holds: Holds, administrator: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    pause = Pause()
    monkeypatch.setattr(world.objects, "remove", pause.before(world.objects.remove))
    removing = asyncio.create_task(world.housekeeping._retention.run_once())
    await pause.reached.wait()  # decided, and no file is gone yet
    await holds.place(administrator, draft.case_no, "投诉")
    pause.go_on.set()
    assert await removing == 1
    assert not await everything_is_there(world, owner, draft)
    async with world.database.reading() as session:
        entries = await session.scalars(select(AuditEntry.action).order_by(AuditEntry.seq))
        assert list(entries)[-2:] == ["place_hold", "retention_ended"]
    assert await holds.material_gone(administrator, draft.case_no) is not None  # and staff are told so


async def test_a_removal_that_died_half_way_is_ended_although_a_hold_came_since(
    world: World, owner: Owner, draft: CaseView, holds: Holds, administrator: Staff,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    with monkeypatch.context() as broken:
        broken.setattr(Retention, "_forget", died)
        with pytest.raises(OSError, match="power"):
            await world.housekeeping.run_once()
    await holds.place(administrator, draft.case_no, "投诉")
    assert await world.housekeeping.run_once() == 1
    assert not await everything_is_there(world, owner, draft)
    assert await world.housekeeping.run_once() == 0


async def test_of_many_at_once_each_draft_is_kept_whole_or_gone_whole(
    world: World, owner: Owner, holds: Holds, administrator: Staff
) -> None:
    for round_ in range(6):
        view = await world.at(State.D_BANK, owner)
        await world.cases.abandon(owner, view.case_no)
        place = holds.place(administrator, view.case_no, "投诉")
        remove = world.housekeeping._retention.run_once()
        await asyncio.gather(*((place, remove) if round_ % 2 else (remove, place)))
        now = await world.cases.get(owner, view.case_no)
        there = {await photo_is_there(world, image.file_id) for image in view.images.values()}
        assert there == {now.identity is not None} == {len(now.images) == len(view.images)}
        assert ((view.case_no, "material") in await ended(world)) is (now.identity is None)


async def test_the_database_itself_refuses_to_decide_it_of_a_held_draft(
    world: World, draft: CaseView, holds: Holds, administrator: Staff
) -> None:
    await holds.place(administrator, draft.case_no, "投诉")
    async with world.database.reading() as session:
        case = (await session.scalars(select(Case).where(Case.case_no == draft.case_no))).one()
    with pytest.raises(DBAPIError, match="held"):
        async with world.database.session() as session:
            session.add(MaterialRemoval(case_id=case.id, at=clock.now()))
