"""The counter system over HTTP, spoken to a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from settlement.errors import OperatorError
from settlement.ports.counter import AccountChange, ChangeRequest, HttpCounter, RegisteredAccount
from settlement.ports.errors import PortRefused, PortUnavailable
from settlement.ports.http import JsonClient
from tests.unit.ports.wire import Wire, outside_system

CARD = RegisteredAccount(bank_code="ICBC", bank_name="工行", card_number="6212268066751415335")
REQUEST = ChangeRequest(
    idempotency_key="case-1:1",
    case_no="1",
    fund_account="880127001",
    name="顾英昱",
    id_number="310104198208235053",
    changes=[AccountChange(action="add", account=CARD)],
)
CUSTOMER = {
    "customer_no": "C1",
    "name": "顾英昱",
    "id_number": "310104198208235053",
    "phone": "13800000001",
    "client_type": "natural",
    "status": "active",
    "fund_account": "880127001",
    "settlement_accounts": [],
}


@pytest.fixture
def wire() -> Iterator[Wire]:
    with outside_system() as wire:
        yield wire


@pytest.fixture
async def counter(wire: Wire) -> AsyncIterator[HttpCounter]:
    counter = HttpCounter(JsonClient("COUNTER", wire.url, "secret-token", production=False))
    yield counter
    await counter.close()


async def test_a_customer_is_found_by_a_number_that_travels_in_the_body(
    wire: Wire, counter: HttpCounter
) -> None:
    wire.answer(200, {"customer": CUSTOMER})
    found = await counter.find_customer("0127", "310104198208235053")
    assert found is not None
    assert found.fund_account == "880127001"
    assert wire.heard[0].path == "/v1/customers/find"
    assert wire.heard[0].body == {"broker": "0127", "id_number": "310104198208235053"}
    assert wire.heard[0].headers["authorization"] == "Bearer secret-token"


async def test_nobody_is_none_and_no_error(wire: Wire, counter: HttpCounter) -> None:
    wire.answer(200, {"customer": None})
    assert await counter.find_customer("0127", "310104198208235053") is None


@pytest.mark.parametrize(
    ("code", "result"),
    [
        (0, "done"),
        (1, "in_progress"),
        (2, "data_check_failed"),
        (3, "real_name_failed"),
        (4, "other_error"),
    ],
)
async def test_each_of_the_five_codes_has_its_result(
    wire: Wire, counter: HttpCounter, code: int, result: str
) -> None:
    wire.answer(200, {"code": code, "fund_account": "880127001" if code == 0 else None})
    outcome = await counter.change_settlement_accounts("0127", REQUEST)
    assert outcome.result == result
    assert wire.heard[0].headers["idempotency-key"] == "case-1:1"
    assert "idempotency_key" not in wire.heard[0].body
    assert wire.heard[0].body["changes"][0]["account"]["card_number"] == CARD.card_number


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
async def test_a_passing_trouble_may_be_tried_again(wire: Wire, counter: HttpCounter, status: int) -> None:
    wire.answer(status, {})
    with pytest.raises(PortUnavailable):
        await counter.change_settlement_accounts("0127", REQUEST)


async def test_silence_may_be_tried_again() -> None:
    counter = HttpCounter(JsonClient("COUNTER", "http://127.0.0.1:9", "t", production=False))
    with pytest.raises(PortUnavailable):
        await counter.find_customer("0127", "310104198208235053")
    await counter.close()


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, {}),
        (302, {}),
        (400, {"error": "310104198208235053"}),
        (200, b"<html>"),
        (200, []),
        (200, {"code": 9}),
        (200, {"code": "0"}),
        (200, {"code": 0}),
        (200, {"code": 4, "detail": ["no text"]}),
    ],
)
async def test_what_people_must_mend_is_refused_without_quoting_the_customer(
    wire: Wire, counter: HttpCounter, status: int, body: object
) -> None:
    wire.answer(status, body)
    with pytest.raises(PortRefused) as refused:
        await counter.change_settlement_accounts("0127", REQUEST)
    assert "310104" not in str(refused.value)
    assert refused.value.__cause__ is None


async def test_a_customer_of_another_shape_is_refused_without_quoting_it(
    wire: Wire, counter: HttpCounter
) -> None:
    wire.answer(200, {"customer": {**CUSTOMER, "status": "asleep"}})
    with pytest.raises(PortRefused) as refused:
        await counter.find_customer("0127", "310104198208235053")
    assert "310104" not in str(refused.value)


def test_no_number_is_in_the_repr_of_a_request() -> None:
    assert "310104198208235053" not in repr(REQUEST)
    assert CARD.card_number not in repr(REQUEST)
    assert "顾英昱" not in repr(REQUEST)


def test_replacing_must_name_the_old_card() -> None:
    with pytest.raises(ValueError, match="replaces"):
        AccountChange(action="replace", account=CARD)
    with pytest.raises(ValueError, match="replaces"):
        AccountChange(action="add", account=CARD, replaces="6217001234567890015")


def test_production_speaks_https_only() -> None:
    with pytest.raises(OperatorError, match="https"):
        JsonClient("COUNTER", "http://counter.internal", "t", production=True)


@pytest.mark.parametrize(("url", "token"), [("", "t"), ("https://counter.internal", "")])
def test_an_address_without_a_token_is_refused_at_start(url: str, token: str) -> None:
    with pytest.raises(OperatorError, match="must both be set"):
        JsonClient("COUNTER", url, token, production=False)
