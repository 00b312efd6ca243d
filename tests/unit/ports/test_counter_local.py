"""The local counter: seeded people, chosen results, and a memory that survives a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from settlement.ports import counter_local
from settlement.ports.counter import AccountChange, ChangeRequest, RegisteredAccount
from settlement.ports.counter_local import LocalCounter, SeededCustomer, load_seed
from settlement.security.keys import Keyring
from settlement.settings import Settings

CARD = RegisteredAccount(bank_code="ABC", bank_name="农行", card_number="6228485607505498003")
SEED = {one.customer_no: one for many in load_seed().values() for one in many}


def request_of(customer_no: str, key: str = "case-1:1", **changed: str) -> ChangeRequest:
    customer = SEED[customer_no]
    facts = {
        "idempotency_key": key,
        "case_no": "1",
        "fund_account": customer.fund_account,
        "name": customer.name,
        "id_number": customer.id_number,
    }
    return ChangeRequest.model_validate(
        {**facts, **changed, "changes": [AccountChange(action="add", account=CARD)]}
    )


@pytest.fixture
def counter(settings: Settings, keyring: Keyring) -> LocalCounter:
    return LocalCounter(settings.state_dir / "counter.db", keyring)


def test_every_seeded_id_number_has_its_check_digit() -> None:
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    for one in SEED.values():
        total = sum(int(digit) * weight for digit, weight in zip(one.id_number[:17], weights, strict=True))
        assert one.id_number[17] == "10X98765432"[total % 11], one.customer_no


def test_the_seed_holds_a_person_for_everything_that_can_happen() -> None:
    people = load_seed()["0127"]
    assert {one.status for one in people} == {"active", "dormant", "closed", "restricted"}
    assert {one.client_type for one in people} == {"natural", "institution", "special"}
    assert {result for one in people for result in one.results} == {
        "done", "in_progress", "data_check_failed", "real_name_failed", "other_error",
    }  # fmt: skip
    assert len({one.fund_account for one in SEED.values()}) == len(SEED)


async def test_a_customer_belongs_to_one_company(counter: LocalCounter) -> None:
    known = SEED["C0127-02"].id_number
    assert await counter.find_customer("0127", known) is not None
    assert await counter.find_customer("0368", known) is None
    assert await counter.find_customer("9999", known) is None


async def test_what_was_registered_survives_a_restart(settings: Settings, keyring: Keyring) -> None:
    database = settings.state_dir / "counter.db"
    outcome = await LocalCounter(database, keyring).change_settlement_accounts("0127", request_of("C0127-01"))
    assert (outcome.result, outcome.fund_account) == ("done", "880127001")
    found = await LocalCounter(database, keyring).find_customer("0127", SEED["C0127-01"].id_number)
    assert found is not None
    numbers = [one.card_number for one in found.settlement_accounts]
    assert numbers == [SEED["C0127-01"].settlement_accounts[0].card_number, CARD.card_number]


async def test_replacing_takes_the_old_card_away(counter: LocalCounter) -> None:
    customer = SEED["C0127-01"]
    old = customer.settlement_accounts[0].card_number
    change = AccountChange(action="replace", account=CARD, replaces=old)
    request = request_of("C0127-01").model_copy(update={"changes": [change]})
    await counter.change_settlement_accounts("0127", request)
    found = await counter.find_customer("0127", customer.id_number)
    assert found is not None
    assert [one.card_number for one in found.settlement_accounts] == [CARD.card_number]


async def test_the_same_key_registers_once_even_when_asked_at_once(counter: LocalCounter) -> None:
    request = request_of("C0127-01")
    outcomes = await asyncio.gather(*(counter.change_settlement_accounts("0127", request) for _ in range(5)))
    assert len(set(outcomes)) == 1
    found = await counter.find_customer("0127", request.id_number)
    assert found is not None
    assert len(found.settlement_accounts) == 2


async def test_a_flow_under_way_is_over_at_the_third_asking(counter: LocalCounter) -> None:
    request = request_of("C0127-05")
    results = [(await counter.change_settlement_accounts("0127", request)).result for _ in range(4)]
    assert results == ["in_progress", "in_progress", "done", "done"]


@pytest.mark.parametrize(
    ("customer_no", "changed", "result"),
    [
        ("C0127-06", {}, "real_name_failed"),
        ("C0127-07", {}, "data_check_failed"),
        ("C0127-08", {}, "other_error"),
        ("C0127-10", {}, "data_check_failed"),
        ("C0127-01", {"name": "别人"}, "real_name_failed"),
        ("C0127-01", {"fund_account": "1"}, "data_check_failed"),
        ("C0127-01", {"id_number": "11010519491231002X"}, "data_check_failed"),
    ],
)
async def test_a_failed_change_registers_nothing(
    counter: LocalCounter, customer_no: str, changed: dict[str, str], result: str
) -> None:
    outcome = await counter.change_settlement_accounts("0127", request_of(customer_no, **changed))
    assert (outcome.result, outcome.fund_account) == (result, None)
    found = await counter.find_customer("0127", SEED[customer_no].id_number)
    assert found is not None
    assert len(found.settlement_accounts) == 1


def test_a_person_can_choose_the_next_result_and_return_to_the_seed(
    settings: Settings, keyring: Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(counter_local, "settings", lambda: settings)
    counter = LocalCounter(settings.state_dir / "counter.db", keyring)

    def ask(key: str) -> str:
        return asyncio.run(counter.change_settlement_accounts("0127", request_of("C0127-01", key))).result

    counter_local.main(["set", "C0127-01", "other_error"])
    assert ask("case-1:1") == "other_error"
    counter_local.main(["reset", "C0127-01"])
    assert ask("case-1:1") == "other_error"  # its key was answered for good
    assert ask("case-1:2") == "done"


@pytest.mark.parametrize("words", [["set", "C9", "done"], ["set", "C0127-01", "perhaps"]])
def test_a_wrong_choice_is_refused(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setattr(counter_local, "settings", lambda: settings)
    with pytest.raises(SystemExit):
        counter_local.main(words)


async def test_no_card_number_lies_open_in_the_file(settings: Settings, keyring: Keyring) -> None:
    database = settings.state_dir / "counter.db"
    await LocalCounter(database, keyring).change_settlement_accounts("0127", request_of("C0127-01"))
    for file in Path(settings.state_dir).glob("counter.db*"):
        assert CARD.card_number.encode() not in file.read_bytes()


def test_a_customer_without_a_result_is_no_seed() -> None:
    with pytest.raises(ValueError, match="results"):
        SeededCustomer.model_validate({**SEED["C0127-01"].model_dump(), "results": []})
