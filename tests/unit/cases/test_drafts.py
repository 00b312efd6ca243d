"""Beginning a case, finding it again, going back (T01, T05)."""

from __future__ import annotations

import asyncio

import pytest

from settlement.cases.inputs import Owner
from settlement.cases.states import DRAFT_ORDER, State
from tests.unit.cases.errors import refused
from tests.unit.cases.world import WHERE, World


async def start(world: World, owner: Owner, *, device_ok: bool = True, business: str = "") -> None:
    more = {"business_type": business} if business else {}
    await world.cases.start(
        owner, channel="widget", fund_account="1", broker_version="v", device_ok=device_ok, **more
    )


async def test_a_case_begins_at_the_photos(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    assert (view.state, view.attempt, view.bucket, view.can_operate, view.can_abandon) == (
        State.D_PHOTO, 0, "pending", True, True,
    )  # fmt: skip


async def test_a_second_start_leads_back_to_the_unfinished_case(world: World, owner: Owner) -> None:
    first = await world.at(State.D_BANK, owner)
    again = await world.started(owner)
    assert (again.case_no, again.state) == (first.case_no, State.D_BANK)


async def test_two_taps_at_once_begin_one_case(world: World, owner: Owner) -> None:
    views = await asyncio.gather(*(world.started(owner) for _ in range(5)))
    assert len({view.case_no for view in views}) == 1


async def test_another_business_has_to_wait_for_an_unfinished_one(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    with refused("other_business_pending", case_no=view.case_no):
        await start(world, owner, business="open_account")


async def test_after_giving_up_a_new_case_may_begin(world: World, owner: Owner) -> None:
    first = await world.started(owner)
    await world.cases.abandon(owner, first.case_no)
    assert (await world.started(owner)).case_no != first.case_no


async def test_without_a_checked_device_no_case_begins(world: World, owner: Owner) -> None:
    with refused("device_not_checked"):
        await start(world, owner, device_ok=False)


@pytest.mark.parametrize("status", ["dormant", "closed", "restricted"])
async def test_an_account_out_of_order_begins_no_case(world: World, status: str) -> None:
    owner = await world.owner(status=status)
    with refused("account_abnormal"):
        await start(world, owner)


async def test_a_case_of_somebody_else_is_as_absent_as_none(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    stranger = await world.owner("C0127-02")
    with refused("case_not_found"):
        await world.cases.get(stranger, view.case_no)
    with refused("case_not_found"):
        await world.cases.submit(stranger, view.case_no, idempotency_key="a-key-of-theirs")
    with refused("case_not_found"):
        await world.cases.abandon(stranger, view.case_no)
    with refused("case_not_found"):
        await world.cases.sign(stranger, view.case_no, **WHERE)
    assert await world.cases.list(stranger) == ([], [])


async def test_an_owner_of_another_company_finds_nothing_either(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    with refused("case_not_found"):
        await world.cases.get(Owner(broker="0368", customer=owner.customer), view.case_no)
    with refused("case_not_found"):
        await start(world, Owner(broker="0368", customer=owner.customer))


async def test_my_business_has_two_buckets(world: World, owner: Owner) -> None:
    done = await world.started(owner)
    await world.cases.abandon(owner, done.case_no)
    world.time.pass_by(minutes=1)
    open_one = await world.started(owner)
    pending, completed = await world.cases.list(owner)
    assert [view.case_no for view in pending] == [open_one.case_no]
    assert [view.case_no for view in completed] == [done.case_no]
    assert not completed[0].can_operate


async def test_going_back_keeps_what_was_filled_in(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    for expected in reversed(DRAFT_ORDER[:-1]):
        view = await world.cases.back(owner, view.case_no)
        assert view.state is expected
    assert len(view.images) == 3
    assert len(view.cards) == 1
    assert view.identity is not None
    assert view.identity.confirmed
    with refused("no_previous_step"):
        await world.cases.back(owner, view.case_no)


async def test_nothing_goes_back_after_the_submission(world: World, owner: Owner) -> None:
    view = await world.submitted(owner)
    with refused("case_in_review"):
        await world.cases.back(owner, view.case_no)


async def test_no_personal_value_shows_in_the_repr_of_a_case(world: World, owner: Owner) -> None:
    view = await world.submitted(owner)
    customer = await world.customers.get(owner.customer)
    shown = f"{view!r}{customer!r}{await world.card(owner)!r}"
    for secret in (
        customer.name,
        customer.id_number,
        customer.phone,
        customer.fund_account,
        view.cards[0].number,
    ):
        assert secret not in shown
