"""Signing a case in earnest: what stands on the paper, who may have it, what changes make of it."""

from __future__ import annotations

from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select, update

from settlement.cases.inputs import Owner
from settlement.cases.material import AgreementVersion, SignatureRecord
from settlement.cases.states import State
from settlement.ports.objects import owner_context
from tests.unit.cases.errors import refused
from tests.unit.cases.world import WHERE, World
from tests.unit.evidence.case import Evident


async def test_the_paper_shows_what_was_signed_and_its_owner_alone_has_it(evident: Evident) -> None:
    case_no = await evident.signed()
    cases, owner = evident.world.cases, evident.owner
    [paper] = await cases.papers(owner)
    assert (paper.case_no, paper.valid) == (case_no, True)
    assert (await cases.get(owner, case_no)).paper == paper.id
    pdf = await evident.world.objects.get(paper.file_id, context=owner_context(owner.broker, owner.customer))
    text = "".join(
        "".join(page.get_textpage().get_text_bounded().split()) for page in pypdfium2.PdfDocument(pdf)
    )
    view = await cases.get(owner, case_no)
    person = await evident.world.customers.get(owner.customer)
    for wanted in (case_no, person.name, person.id_number, view.cards[0].number, "客户须知", "签署页"):
        assert wanted in text
    other = Owner(broker="0127", customer="somebody")
    assert await cases.papers(other) == []
    with refused("paper_not_found"):
        await cases.paper(other, paper.id)


async def test_a_change_voids_the_paper_and_it_stays_to_be_seen(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    await world.cases.put_card(owner, view.case_no, await world.card(owner, branch="另一个支行"), seq=1)
    assert (await world.cases.get(owner, view.case_no)).paper is None
    [paper] = await world.cases.papers(owner)
    assert not paper.valid


async def test_an_authority_that_is_away_leaves_the_step_as_it_is(world: World, owner: Owner) -> None:
    view = await world.at(State.D_AGREE, owner)
    await world.read_all(owner, view.case_no, "agreement")
    await world.cases.tick_documents(owner, view.case_no, True)
    world.press.failing = "signing_unavailable"
    with refused("signing_unavailable"):
        await world.cases.sign(owner, view.case_no, **WHERE)
    after = await world.cases.get(owner, view.case_no)
    assert (after.state, after.ticked, after.paper) == (State.D_AGREE, True, None)
    world.press.failing = None
    assert (await world.cases.sign(owner, view.case_no, **WHERE)).state is State.D_CONFIRM


@pytest.mark.parametrize("what", ["edit", "version", "twice"])
async def test_what_changes_while_the_paper_is_made_is_not_signed(
    world: World, owner: Owner, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = await world.at(State.D_AGREE, owner)
    await world.read_all(owner, view.case_no, "agreement")
    await world.cases.tick_documents(owner, view.case_no, True)
    make = world.press.make

    async def meanwhile(order: Any) -> Any:
        monkeypatch.setattr(world.press, "make", make)
        if what == "edit":
            await world.cases.put_card(
                owner, view.case_no, await world.card(owner, branch="另一个支行"), seq=1
            )
        elif what == "version":
            world.new_version("notice")
        else:
            await world.cases.sign(owner, view.case_no, **WHERE)
        return await make(order)

    monkeypatch.setattr(world.press, "make", meanwhile)
    if what == "twice":
        await world.cases.sign(owner, view.case_no, **WHERE)
    else:
        code = {"edit": "step_not_ready", "version": "document_version_changed"}[what]
        with refused(code):
            await world.cases.sign(owner, view.case_no, **WHERE)
    papers = await world.cases.papers(owner)
    assert len(papers) == (what == "twice")
    files = [path for path in (world.folder.parent / "objects").rglob("f_*") if path.is_file()]
    async with world.database.reading() as session:
        kept = set(await session.scalars(select(SignatureRecord.file_id)))
    photos = set((await world.cases.get(owner, view.case_no)).images)
    assert len(files) == len(kept) + len(photos)  # the paper that came to nothing is gone


async def test_a_paper_that_was_lost_or_changed_in_the_store_is_signed_again(
    world: World, owner: Owner
) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    [paper] = await world.cases.papers(owner)
    await world.objects.remove(paper.file_id)
    with refused("signature_void"):
        await world.cases.submit(owner, view.case_no, idempotency_key="key-1")
    after = await world.cases.get(owner, view.case_no)
    assert after.state is State.D_AGREE
    await world.cases.tick_documents(owner, view.case_no, True)
    await world.cases.sign(owner, view.case_no, **WHERE)
    submitted = await world.cases.submit(owner, view.case_no, idempotency_key="key-2")
    assert submitted.state is State.W_PENDING


async def test_a_new_version_before_submission_asks_for_that_one_alone(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    world.new_version("risk_notice")
    with refused("document_version_changed"):
        await world.cases.submit(owner, view.case_no, idempotency_key="key-1")
    documents = await world.cases.documents(owner, view.case_no)
    assert [one.id for one in documents if not one.agreed] == ["risk_notice"]
    await world.read_all(owner, view.case_no, "agreement")
    await world.cases.tick_documents(owner, view.case_no, True)
    await world.cases.sign(owner, view.case_no, **WHERE)
    assert (await world.cases.submit(owner, view.case_no, idempotency_key="key-2")).attempt == 1


async def test_a_version_that_others_read_with_another_text_is_withheld(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    [first, *_] = await world.cases.documents(owner, view.case_no, "photo")
    async with world.database.session() as session:
        session.add(
            AgreementVersion(
                broker="0127", document_id=first.id, version=first.version, sha256="0" * 64,
                kind=first.kind, title=first.title, text="another", published_at=world.time.moment,
            )
        )  # fmt: skip
    with refused("document_withheld", title=first.title):
        await world.cases.open_document(owner, view.case_no, first.id, first.version, first.sha256, **WHERE)


async def test_a_published_text_cannot_be_changed_in_the_database(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    await world.read_all(owner, view.case_no, "photo")
    with pytest.raises(Exception, match="append-only"):
        async with world.database.session() as session:
            await session.execute(update(AgreementVersion).values(text="another"))


@pytest.fixture
async def owner(world: World) -> Owner:
    """Somebody who has logged in."""
    return await world.owner()
