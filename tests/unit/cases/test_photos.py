"""The photo step: T02."""

from __future__ import annotations

import pytest

from settlement.cases.inputs import Identity, Owner
from settlement.cases.states import State
from tests.unit.cases.errors import refused
from tests.unit.cases.world import WHERE, World


async def test_a_new_photo_takes_the_place_of_the_one_before(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    old = await world.photo(owner, view.case_no, "id_front")
    new = await world.photo(owner, view.case_no, "id_front")
    view = await world.cases.get(owner, view.case_no)
    assert view.images["id_front"].file_id == new
    with refused("image_not_found"):
        await world.cases.image(owner, old)


async def test_the_same_photo_twice_changes_nothing(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    file_id = await world.photo(owner, view.case_no, "id_back")
    before = await world.cases.get(owner, view.case_no)
    after = await world.cases.set_image(owner, view.case_no, "id_back", file_id=file_id, sha256="0" * 64)
    assert after == before


async def test_a_removed_photo_is_gone_and_removing_it_again_is_no_error(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    await world.photo(owner, view.case_no, "signature")
    for _ in range(2):
        view = await world.cases.remove_image(owner, view.case_no, "signature")
        assert view.images == {}


async def test_an_unknown_kind_of_photo_is_an_error_of_ours(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    with pytest.raises(ValueError, match="kind"):
        await world.cases.set_image(owner, view.case_no, "passport", file_id="f_1", sha256="0")


async def test_only_the_owner_sees_a_photo(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    file_id = await world.photo(owner, view.case_no, "id_front")
    assert (await world.cases.image(owner, file_id)).customer == owner.customer
    with refused("image_not_found"):
        await world.cases.image(await world.owner("C0127-02"), file_id)


@pytest.mark.parametrize("missing", ["id_front", "id_back", "signature"])
async def test_each_photo_is_needed(world: World, owner: Owner, missing: str) -> None:
    view = await world.started(owner)
    await world.with_photos(owner, view.case_no)
    await world.read_all(owner, view.case_no, "photo")
    await world.cases.remove_image(owner, view.case_no, missing)
    with refused("photos_missing", photos=missing):
        await world.cases.finish_photos(owner, view.case_no)


async def test_another_persons_id_number_stops(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    with refused("id_number_mismatch"):
        await world.cases.set_identity(
            owner, view.case_no, Identity(id_number="11010519491231002X"), confirmed=True
        )


async def test_another_name_stops(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    with refused("name_mismatch"):
        await world.cases.set_identity(owner, view.case_no, Identity(name="欧阳修"), confirmed=True)


async def test_spelling_of_the_number_does_not_matter(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    number = (await world.customers.get(owner.customer)).id_number
    spaced = f"{number[:6]} {number[6:14]} {number[14:]}"
    view = await world.cases.set_identity(owner, view.case_no, Identity(id_number=spaced), confirmed=False)
    assert view.identity is not None
    assert view.identity.final == {"id_number": number}


async def test_an_expired_card_stops(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    dates = Identity(valid_from="2005-01-01", valid_until="2025-01-01")
    with refused("id_card_expired"):
        await world.cases.set_identity(owner, view.case_no, dates, confirmed=True)


async def test_what_was_read_stays_beside_what_the_customer_corrected(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    view = await world.with_photos(owner, view.case_no)
    assert view.identity is not None
    assert view.identity.read["name"] == "顾英昊"
    assert view.identity.final["name"] == "顾英昱"


async def test_values_come_bit_by_bit_and_stay(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    name = (await world.customers.get(owner.customer)).name
    await world.cases.set_identity(owner, view.case_no, Identity(name=name), confirmed=False)
    view = await world.cases.set_identity(owner, view.case_no, Identity(authority="某局"), confirmed=False)
    assert view.identity is not None
    assert view.identity.final == {"name": name, "authority": "某局"}


async def test_unconfirmed_values_do_not_pass(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    await world.with_photos(owner, view.case_no)
    await world.cases.set_identity(owner, view.case_no, Identity(), confirmed=False)
    await world.read_all(owner, view.case_no, "photo")
    with refused("identity_not_confirmed"):
        await world.cases.finish_photos(owner, view.case_no)


async def test_a_new_front_photo_asks_for_confirmation_again(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    await world.with_photos(owner, view.case_no)
    await world.photo(owner, view.case_no, "id_front")
    view = await world.cases.get(owner, view.case_no)
    assert view.identity is not None
    assert not view.identity.confirmed


async def test_the_letter_and_the_consent_come_before_the_bank_cards(world: World, owner: Owner) -> None:
    view = await world.started(owner)
    await world.with_photos(owner, view.case_no)
    with refused("document_not_agreed"):
        await world.cases.finish_photos(owner, view.case_no)
    await world.read_all(owner, view.case_no, "photo")
    assert (await world.cases.finish_photos(owner, view.case_no)).state is State.D_BANK


async def test_finishing_the_photos_twice_is_one_step(world: World, owner: Owner) -> None:
    view = await world.at(State.D_BANK, owner)
    assert (await world.cases.finish_photos(owner, view.case_no)).state is State.D_BANK


@pytest.mark.parametrize("state", [State.D_BANK, State.D_AGREE, State.D_CONFIRM])
async def test_a_changed_photo_leads_back_to_the_photos(world: World, owner: Owner, state: State) -> None:
    view = await world.at(state, owner)
    await world.photo(owner, view.case_no, "signature")
    view = await world.cases.get(owner, view.case_no)
    assert (view.state, view.ticked, view.signed_at) == (State.D_PHOTO, False, None)


async def test_nobody_edits_a_submitted_case(world: World, owner: Owner) -> None:
    view = await world.submitted(owner)
    with refused("case_in_review"):
        await world.photo(owner, view.case_no, "signature")
    with refused("case_in_review"):
        await world.cases.set_identity(owner, view.case_no, Identity(sex="女"), confirmed=True)
    document = (await world.cases.documents(owner, view.case_no))[0]
    with refused("case_in_review"):
        await world.cases.open_document(
            owner, view.case_no, document.id, document.version, document.sha256, **WHERE
        )


async def test_a_further_document_is_needed_once_the_company_names_it(world: World, owner: Owner) -> None:
    broker = world.folder / "0127" / "broker.yml"
    text = broker.read_text(encoding="utf-8")
    kinds = "kinds: [id_front, id_back, signature]"
    assert kinds in text
    more = "kinds: [id_front, id_back, signature, extra_1]\n  names: {extra_1: 居住证}"
    broker.write_text(text.replace(kinds, more), encoding="utf-8")
    world.brokers.reload_if_changed()
    view = await world.started(owner)
    await world.with_photos(owner, view.case_no)
    await world.read_all(owner, view.case_no, "photo")
    with refused("photos_missing", photos="extra_1"):
        await world.cases.finish_photos(owner, view.case_no)
    await world.photo(owner, view.case_no, "extra_1")
    assert (await world.cases.finish_photos(owner, view.case_no)).state == State.D_BANK
