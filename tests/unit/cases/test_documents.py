"""Reading and agreeing, by the server's clock."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from settlement.cases.inputs import Owner
from settlement.cases.material import ConsentRecord
from settlement.cases.states import State
from settlement.cases.views import DocumentView
from tests.unit.cases.errors import refused
from tests.unit.cases.world import WHERE, World


@pytest.fixture
async def case_no(world: World, owner: Owner) -> str:
    return (await world.started(owner)).case_no


@pytest.fixture
async def letter(world: World, owner: Owner, case_no: str) -> DocumentView:
    documents = await world.cases.documents(owner, case_no, "photo")
    return next(document for document in documents if document.kind == "certificate_letter")


Step = Callable[..., Awaitable[Any]]


@pytest.fixture
def do(world: World, owner: Owner, case_no: str, letter: DocumentView) -> Callable[[Step], Awaitable[Any]]:
    """Does one step with the letter."""

    async def step(what: Step) -> Any:
        where = {} if what == world.cases.reach_end else WHERE
        return await what(owner, case_no, letter.id, letter.version, letter.sha256, **where)

    return step


async def test_a_document_is_opened_read_and_agreed_to(
    world: World, owner: Owner, case_no: str, letter: DocumentView, do: Callable[[Step], Awaitable[Any]]
) -> None:
    await do(world.cases.open_document)
    await do(world.cases.reach_end)
    world.time.pass_by(seconds=letter.seconds)
    await do(world.cases.agree_document)
    after = {document.id: document for document in await world.cases.documents(owner, case_no)}
    assert after[letter.id].read
    assert after[letter.id].agreed


async def test_agreeing_without_opening_is_refused(
    world: World, do: Callable[[Step], Awaitable[Any]]
) -> None:
    with refused("document_not_read"):
        await do(world.cases.agree_document)
    with refused("document_not_read"):
        await do(world.cases.reach_end)


async def test_agreeing_without_reaching_the_end_is_refused(
    world: World, do: Callable[[Step], Awaitable[Any]]
) -> None:
    await do(world.cases.open_document)
    world.time.pass_by(minutes=5)
    with refused("document_not_read"):
        await do(world.cases.agree_document)


async def test_agreeing_too_soon_tells_how_long_to_go_on_reading(
    world: World, letter: DocumentView, do: Callable[[Step], Awaitable[Any]]
) -> None:
    await do(world.cases.open_document)
    await do(world.cases.reach_end)
    world.time.pass_by(seconds=letter.seconds - 3)
    with refused("document_not_read", seconds=3, title=letter.title):
        await do(world.cases.agree_document)


async def test_opening_again_before_the_end_starts_the_time_anew(
    world: World, letter: DocumentView, do: Callable[[Step], Awaitable[Any]]
) -> None:
    await do(world.cases.open_document)
    world.time.pass_by(hours=3)
    await do(world.cases.open_document)
    await do(world.cases.reach_end)
    with refused("document_not_read"):
        await do(world.cases.agree_document)
    world.time.pass_by(seconds=letter.seconds)
    await do(world.cases.open_document)  # after the end: only to look again
    await do(world.cases.agree_document)


async def test_another_hash_or_version_is_refused(
    world: World, owner: Owner, case_no: str, letter: DocumentView
) -> None:
    with refused("document_version_changed", title=letter.title):
        await world.cases.open_document(owner, case_no, letter.id, letter.version, "0" * 64, **WHERE)
    with refused("document_unknown"):
        await world.cases.open_document(owner, case_no, "nothing", "1", "0" * 64, **WHERE)


async def test_a_new_version_has_to_be_read_anew(
    world: World, letter: DocumentView, do: Callable[[Step], Awaitable[Any]]
) -> None:
    await do(world.cases.open_document)
    world.new_version(letter.id)
    with refused("document_version_changed"):
        await do(world.cases.reach_end)


async def test_agreeing_writes_one_consent(
    world: World, owner: Owner, letter: DocumentView, do: Callable[[Step], Awaitable[Any]]
) -> None:
    await do(world.cases.open_document)
    await do(world.cases.reach_end)
    world.time.pass_by(seconds=letter.seconds)
    for _ in range(2):
        await do(world.cases.agree_document)
    async with world.database.reading() as session:
        consents = list(await session.scalars(select(ConsentRecord)))
    assert [(one.customer_id, one.sha256, one.granted) for one in consents] == [
        (owner.customer, letter.sha256, True)
    ]


async def test_documents_of_a_later_step_wait_for_that_step(world: World, owner: Owner, case_no: str) -> None:
    with refused("step_not_ready"):
        await world.read_all(owner, case_no, "agreement")


async def test_all_steps_have_their_documents(world: World, owner: Owner, case_no: str) -> None:
    steps = {document.step for document in await world.cases.documents(owner, case_no)}
    assert steps == {"photo", "bank", "agreement"}


async def test_ticking_needs_every_agreement(world: World, owner: Owner) -> None:
    view = await world.at(State.D_AGREE, owner)
    with refused("document_not_agreed"):
        await world.cases.tick_documents(owner, view.case_no, True)
    with refused("document_not_agreed"):
        await world.cases.sign(owner, view.case_no, **WHERE)
    await world.read_all(owner, view.case_no, "agreement")
    with refused("documents_not_ticked"):
        await world.cases.sign(owner, view.case_no, **WHERE)
    assert (await world.cases.tick_documents(owner, view.case_no, True)).ticked
    assert not (await world.cases.tick_documents(owner, view.case_no, False)).ticked
    with refused("documents_not_ticked"):
        await world.cases.sign(owner, view.case_no, **WHERE)


async def test_signing_leads_to_the_confirmation_once(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    assert view.signed_at == world.time.moment
    world.time.pass_by(minutes=1)
    again = await world.cases.sign(owner, view.case_no, **WHERE)
    assert again.signed_at == view.signed_at
