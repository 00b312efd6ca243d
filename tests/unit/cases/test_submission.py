"""Submitting: T06, what it refuses, and what it keeps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from settlement.cases.inputs import Identity, Owner
from settlement.cases.material import SignatureRecord
from settlement.cases.models import Case, CaseSubmission
from settlement.cases.records import AuditEntry, Notification
from settlement.cases.sealed import sha256
from settlement.cases.states import State
from settlement.clock import BEIJING
from settlement.ports.counter import RegisteredAccount
from tests.unit.cases.errors import refused
from tests.unit.cases.world import REGISTERED, WHERE, World, icbc_card

NIGHT = datetime(2026, 11, 24, 3, 0, tzinfo=BEIJING).astimezone(UTC)
DAY = datetime(2026, 11, 24, 10, 0, tzinfo=BEIJING).astimezone(UTC)
OFFICE_HOURS = [{"days": "交易日", "from": "08:30", "to": "17:00"}]


async def submissions(world: World) -> list[CaseSubmission]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(CaseSubmission).order_by(CaseSubmission.submitted_at)))


async def waiting(world: World) -> list[Notification]:
    async with world.database.reading() as session:
        return list(await session.scalars(select(Notification).order_by(Notification.created_at)))


async def test_a_submission_waits_for_the_witness_where_the_company_wants_one(
    world: World, owner: Owner
) -> None:
    view = await world.submitted(owner)
    assert (view.state, view.attempt, view.submitted_at) == (State.W_PENDING, 1, world.time.moment)


async def test_a_submission_waits_for_the_review_where_it_does_not(no_witness: World, owner: Owner) -> None:
    assert (await no_witness.submitted(owner)).state is State.R_PENDING


async def test_the_snapshot_keeps_everything_and_its_hash(world: World, owner: Owner) -> None:
    view = await world.submitted(owner)
    [kept] = await submissions(world)
    customer = await world.customers.get(owner.customer)
    assert sha256(kept.snapshot) == kept.snapshot_sha256
    assert kept.snapshot["customer"]["id_number"] == customer.id_number
    assert kept.snapshot["identity"]["read"]["name"] == "顾英昊"
    assert [card["number"] for card in kept.snapshot["cards"]] == [icbc_card()]
    assert {image["kind"] for image in kept.snapshot["images"]} == set(view.images)
    assert [card["number"] for card in kept.snapshot["registered"]] == [REGISTERED]
    assert all(document["agreed_at"] for document in kept.snapshot["documents"])
    assert len(kept.snapshot["documents"]) == 6


async def test_the_same_key_submits_once(world: World, owner: Owner) -> None:
    view = await world.submitted(owner, key="one-tap")
    again = await world.cases.submit(owner, view.case_no, idempotency_key="one-tap")
    assert (again.attempt, again.state) == (1, State.W_PENDING)
    assert len(await submissions(world)) == 1
    assert len(await waiting(world)) == 1


async def test_another_key_for_a_submitted_case_is_told_so(world: World, owner: Owner) -> None:
    view = await world.submitted(owner)
    with refused("case_in_review"):
        await world.cases.submit(owner, view.case_no, idempotency_key="second-tap")


async def test_a_key_of_another_case_submits_nothing(world: World, owner: Owner) -> None:
    await world.submitted(owner, key="one-tap")
    stranger = await world.owner("C0127-02")
    theirs = await world.at(State.D_CONFIRM, stranger)
    with refused("case_changed"):
        await world.cases.submit(stranger, theirs.case_no, idempotency_key="one-tap")


@pytest.mark.parametrize("state", [State.D_PHOTO, State.D_BANK, State.D_AGREE])
async def test_an_unsigned_case_is_not_submitted(world: World, owner: Owner, state: State) -> None:
    view = await world.at(state, owner)
    with refused("step_not_ready", step=state.value):
        await world.cases.submit(owner, view.case_no, idempotency_key="too-soon")


async def test_the_sms_of_the_submission_leaves_with_it(world: World, owner: Owner) -> None:
    view = await world.submitted(owner)
    [sms] = await waiting(world)
    assert (sms.way, sms.template, sms.status) == ("sms", "submitted", "waiting")
    assert sms.text is not None
    assert view.case_no in sms.text
    assert owner.customer == sms.customer_id


async def test_a_new_version_of_a_document_leads_back_to_reading_it(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    world.new_version("contract")
    with refused("document_version_changed", title="期货结算账户变更合同书"):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")
    view = await world.cases.get(owner, view.case_no)
    assert (view.state, view.ticked, view.signed_at) == (State.D_AGREE, False, None)
    await world.read_all(owner, view.case_no, "agreement")
    await world.cases.tick_documents(owner, view.case_no, True)
    await world.cases.sign(owner, view.case_no, **WHERE)
    submitted = await world.cases.submit(owner, view.case_no, idempotency_key="a-key-2")
    assert submitted.state is State.W_PENDING


async def test_a_new_letter_leads_back_to_the_photos(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    world.new_version("certificate_letter")
    with refused("document_version_changed"):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")
    assert (await world.cases.get(owner, view.case_no)).state is State.D_PHOTO


async def test_a_bank_that_left_the_list_leads_back_to_the_cards(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    world.configure("banks.yml", banks=[{"code": "CCB"}, {"code": "CMB"}])
    with refused("bank_no_longer_supported", tail=icbc_card()[-4:]):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")
    assert (await world.cases.get(owner, view.case_no)).state is State.D_BANK
    with refused("card_bank_not_supported"):
        await world.cases.finish_cards(owner, view.case_no)


async def test_an_identity_card_that_expired_meanwhile_leads_back_to_the_photos(
    world: World, owner: Owner
) -> None:
    case_no = (await world.started(owner)).case_no
    await world.with_photos(owner, case_no)
    tomorrow = (world.time.moment + timedelta(days=1)).date().isoformat()
    await world.cases.set_identity(owner, case_no, Identity(valid_until=tomorrow), confirmed=True)
    await world.read_all(owner, case_no, "photo")
    await world.cases.finish_photos(owner, case_no)
    await world.read_all(owner, case_no, "bank")
    await world.cases.put_card(owner, case_no, await world.card(owner))
    await world.cases.finish_cards(owner, case_no)
    await world.read_all(owner, case_no, "agreement")
    await world.cases.tick_documents(owner, case_no, True)
    await world.cases.sign(owner, case_no, **WHERE)
    world.time.pass_by(days=5)
    with refused("id_card_expired"):
        await world.cases.submit(owner, case_no, idempotency_key="a-key-1")
    assert (await world.cases.get(owner, case_no)).state is State.D_PHOTO


async def test_registered_accounts_that_changed_since_are_confirmed_anew(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    await world.owner(
        settlement_accounts=[
            RegisteredAccount(bank_code="CMB", bank_name="招商银行", card_number="6214830123456021")
        ]
    )
    with refused("registered_accounts_changed"):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")
    assert (await world.cases.get(owner, view.case_no)).state is State.D_AGREE


async def test_a_card_that_was_registered_meanwhile_leads_back_to_the_cards(
    world: World, owner: Owner
) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    await world.owner(
        settlement_accounts=[
            RegisteredAccount(bank_code="ICBC", bank_name="中国工商银行", card_number=icbc_card())
        ]
    )
    with refused("card_already_registered"):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")
    assert (await world.cases.get(owner, view.case_no)).state is State.D_BANK


async def test_content_that_differs_from_what_was_signed_is_not_submitted(world: World, owner: Owner) -> None:
    """Somebody with access to the database changes a card after the signing."""
    view = await world.at(State.D_CONFIRM, owner)
    [card] = await world.card_rows(view.case_no)
    async with world.database.session() as session:
        row = await session.get_one(type(card), card.id)
        row.number = icbc_card(9)
    with refused("signature_void"):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")


async def test_a_signature_record_that_was_changed_counts_for_nothing(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    async with world.database.session() as session:
        await session.execute(update(SignatureRecord).values(sha256="0" * 64))
    with refused("signature_void"):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")


async def test_outside_the_hours_a_company_may_refuse(world: World, owner: Owner) -> None:
    world.configure("hours.yml", acceptance=OFFICE_HOURS)
    world.configure("broker.yml", off_hours="refuse")
    view = await world.at(State.D_CONFIRM, owner)
    with refused("outside_service_hours"):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1", moment=NIGHT)
    assert (await world.cases.get(owner, view.case_no)).state is State.D_CONFIRM
    submitted = await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1", moment=DAY)
    assert not submitted.queued


async def test_outside_the_hours_a_company_may_queue(world: World, owner: Owner) -> None:
    world.configure("hours.yml", acceptance=OFFICE_HOURS)
    view = await world.at(State.D_CONFIRM, owner)
    submitted = await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1", moment=NIGHT)
    assert (submitted.state, submitted.queued) == (State.W_PENDING, True)


async def test_a_company_that_was_switched_off_accepts_nothing(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    world.configure("broker.yml", status="disabled")
    with refused("broker_disabled"):
        await world.cases.submit(owner, view.case_no, idempotency_key="a-key-1")
    assert (await world.cases.get(owner, view.case_no)).state is State.D_CONFIRM


async def test_a_refused_submission_leaves_no_trace_but_the_audit(world: World, owner: Owner) -> None:
    first = await world.submitted(owner)
    second = await world.at(State.D_CONFIRM, owner, (await world.another(owner)).case_no)
    with refused("another_case_in_review", case_no=first.case_no):
        await world.cases.submit(owner, second.case_no, idempotency_key="a-key-2")
    assert len(await submissions(world)) == 1
    assert len(await waiting(world)) == 1
    async with world.database.reading() as session:
        entries = await session.scalars(select(AuditEntry).where(AuditEntry.object == second.case_no))
        case = await session.scalar(select(Case).where(Case.case_no == second.case_no))
    assert ("submit", "another_case_in_review") in {(entry.action, entry.result) for entry in entries}
    assert case is not None
    assert (case.state, case.attempt) == (State.D_CONFIRM, 0)
