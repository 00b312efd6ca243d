"""The bank card step: T03."""

from __future__ import annotations

import pytest

from settlement.cases.inputs import Owner
from settlement.cases.states import State
from tests.unit.cases.errors import refused
from tests.unit.cases.world import REGISTERED, World, icbc_card


@pytest.fixture
async def case_no(world: World, owner: Owner) -> str:
    view = await world.at(State.D_BANK, owner)
    await world.read_all(owner, view.case_no, "bank")
    return view.case_no


async def test_a_passing_card_leads_on(world: World, owner: Owner, case_no: str) -> None:
    card = await world.cases.put_card(owner, case_no, await world.card(owner))
    assert (card.seq, card.verdict_ok, card.tail) == (1, True, icbc_card()[-4:])
    assert (await world.cases.finish_cards(owner, case_no)).state is State.D_AGREE
    assert (await world.cases.finish_cards(owner, case_no)).state is State.D_AGREE


async def test_without_a_card_there_is_no_next_step(world: World, owner: Owner, case_no: str) -> None:
    with refused("no_card"):
        await world.cases.finish_cards(owner, case_no)


async def test_one_refused_card_stops_even_beside_a_good_one(
    world: World, owner: Owner, case_no: str
) -> None:
    await world.cases.put_card(owner, case_no, await world.card(owner))
    bad = await world.cases.put_card(owner, case_no, await world.card(owner, icbc_card(1), bank_code="PSBC"))
    assert not bad.verdict_ok
    with refused(str(bad.verdict_code), tail=icbc_card(1)[-4:]):
        await world.cases.finish_cards(owner, case_no)
    await world.cases.remove_card(owner, case_no, bad.seq)
    assert (await world.cases.finish_cards(owner, case_no)).state is State.D_AGREE


async def test_a_verdict_that_flatters_is_not_believed(world: World, owner: Owner, case_no: str) -> None:
    card = await world.card(owner)
    flattered = card.model_copy(update={"branch": ""})
    assert (await world.cases.put_card(owner, case_no, flattered)).verdict_ok
    with refused("card_branch_missing"):
        await world.cases.finish_cards(owner, case_no)
    view = await world.cases.get(owner, case_no)
    assert [card.verdict_code for card in view.cards] == ["card_branch_missing"]


async def test_the_same_number_stands_in_a_case_once(world: World, owner: Owner, case_no: str) -> None:
    await world.cases.put_card(owner, case_no, await world.card(owner))
    with refused("card_duplicate"):
        await world.cases.put_card(owner, case_no, await world.card(owner, branch="上海分行"))


async def test_a_registered_card_is_not_added_again(world: World, owner: Owner, case_no: str) -> None:
    await world.cases.put_card(owner, case_no, await world.card(owner, REGISTERED, bank_code="CCB"))
    with refused("card_already_registered"):
        await world.cases.finish_cards(owner, case_no)


async def test_a_card_may_take_the_place_of_a_registered_one(
    world: World, owner: Owner, case_no: str
) -> None:
    registered = (await world.customers.registered_accounts(owner.customer))[0]
    card = await world.card(owner, action="replace", replaces=registered.id)
    assert (await world.cases.put_card(owner, case_no, card)).replaces == registered.id


async def test_nobody_replaces_what_is_not_theirs(world: World, owner: Owner, case_no: str) -> None:
    other = await world.owner("C0127-02")
    theirs = (await world.customers.registered_accounts(other.customer))[0]
    for replaces in (theirs.id, "nothing", None):
        card = await world.card(owner, action="replace", replaces=replaces)
        with refused("registered_account_unknown"):
            await world.cases.put_card(owner, case_no, card)


async def test_no_more_cards_than_the_company_allows(world: World, owner: Owner, case_no: str) -> None:
    world.configure("broker.yml", max_cards=2)
    for index in range(2):
        await world.cases.put_card(owner, case_no, await world.card(owner, icbc_card(index)))
    with refused("card_too_many", max=2):
        await world.cases.put_card(owner, case_no, await world.card(owner, icbc_card(2)))


async def test_a_correction_keeps_what_was_read(world: World, owner: Owner, case_no: str) -> None:
    read = icbc_card(7)
    first = await world.cases.put_card(owner, case_no, await world.card(owner, read))
    final = await world.card(owner, icbc_card(8), number_read=read)
    second = await world.cases.put_card(owner, case_no, final, seq=first.seq)
    assert (second.seq, second.number, second.number_read) == (first.seq, icbc_card(8), read)
    assert "card_number_edited" in second.marks


async def test_an_unknown_card_is_neither_changed_nor_removed(
    world: World, owner: Owner, case_no: str
) -> None:
    with refused("card_unknown"):
        await world.cases.put_card(owner, case_no, await world.card(owner), seq=9)
    with refused("card_unknown"):
        await world.cases.remove_card(owner, case_no, 9)


async def test_cards_wait_for_their_step(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    with refused("step_not_ready", step="D_PHOTO"):
        await world.cases.put_card(owner, view.case_no, await world.card(owner))


async def test_a_card_names_only_a_photo_of_its_own_case(world: World, owner: Owner, case_no: str) -> None:
    with refused("image_not_found"):
        await world.cases.put_card(owner, case_no, await world.card(owner, file_id="f_of_somebody_else"))
    file_id = await world.photo(owner, case_no, "bank_card")
    card = await world.cases.put_card(owner, case_no, await world.card(owner, file_id=file_id))
    assert card.file_id == file_id


async def test_photos_of_several_cards_stand_beside_each_other(
    world: World, owner: Owner, case_no: str
) -> None:
    files = [await world.photo(owner, case_no, "bank_card") for _ in range(2)]
    for file_id in files:
        assert (await world.cases.image(owner, file_id)).kind == "bank_card"


async def test_the_consent_for_the_bank_card_comes_first(world: World, owner: Owner) -> None:
    view = await world.at(State.D_BANK, owner)
    await world.cases.put_card(owner, view.case_no, await world.card(owner))
    with refused("document_not_agreed"):
        await world.cases.finish_cards(owner, view.case_no)


@pytest.mark.parametrize("state", [State.D_AGREE, State.D_CONFIRM])
async def test_another_card_after_signing_voids_the_signature(
    world: World, owner: Owner, state: State
) -> None:
    view = await world.at(state, owner)
    await world.cases.put_card(owner, view.case_no, await world.card(owner, icbc_card(5)))
    view = await world.cases.get(owner, view.case_no)
    assert (view.state, view.ticked, view.signed_at) == (State.D_BANK, False, None)


async def test_putting_the_very_same_card_changes_nothing(world: World, owner: Owner) -> None:
    view = await world.at(State.D_CONFIRM, owner)
    await world.cases.put_card(owner, view.case_no, await world.card(owner), seq=1)
    assert (await world.cases.get(owner, view.case_no)).state is State.D_CONFIRM
