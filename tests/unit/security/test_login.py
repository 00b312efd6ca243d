"""Login: who has the registered phone gets in, and nobody else learns anything (R-016, R-018)."""

from __future__ import annotations

import asyncio
import time

import pytest

from settlement.clock import now
from settlement.errors import CustomerError
from settlement.ports.counter import CounterCustomer
from settlement.ports.counter_local import LocalCounter
from settlement.ports.errors import PortRefused, PortUnavailable
from settlement.ports.sms import LocalSms, Sms
from settlement.security.codes import Codes
from settlement.security.keys import Keyring
from tests.support.redis import as_bytes
from tests.unit.security.world import (
    CUSTOMER,
    CUSTOMER_PHONE,
    FUND_ACCOUNT,
    NATURAL,
    SECOND,
    STRANGER,
    World,
    wrong_for,
)

# ── the way that it should go ──────────────────────────────────────────────────────────────────────


async def test_a_customer_logs_in_with_the_code_from_the_registered_phone(world: World) -> None:
    session = await world.visitor()
    code = await world.send(session, CUSTOMER)
    (sms,) = await world.sms.inbox()
    assert sms.phone == CUSTOMER_PHONE
    assert sms.text.startswith("【海岳期货】")
    assert session.code_awaited
    assert code is not None
    entered = await world.login.enter(session, CUSTOMER, NATURAL, code)
    kept = await world.sessions.get(session.conversation)
    assert kept.model_dump(exclude={"active_at"}) == entered.model_dump(exclude={"active_at"})
    assert kept.logged_in
    assert (kept.fund_account, kept.account_type, kept.code_awaited) == (FUND_ACCOUNT, NATURAL, False)
    assert kept.customer is not None
    assert (await world.customers.get(kept.customer)).fund_account == FUND_ACCOUNT
    assert await world.sessions.conversations_of(kept.customer) == [session.conversation]


async def test_an_id_number_may_be_written_with_blanks(world: World) -> None:
    session = await world.visitor()
    code = await world.send(session, "310104 19820823 5053")
    assert code is not None
    assert (await world.login.enter(session, CUSTOMER, NATURAL, code)).logged_in


async def test_the_same_customer_in_two_conversations_is_one_customer(world: World) -> None:
    found = []
    for _ in range(2):
        session = await world.visitor()
        code = await world.send(session, CUSTOMER)
        assert code is not None
        found.append((await world.login.enter(session, CUSTOMER, NATURAL, code)).customer)
        await world.wait_out("sms-*")
    assert found[0] == found[1]


# ── nobody learns who is a customer ────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("number", "account_type", "broker"),
    [
        (STRANGER, NATURAL, "0127"), (CUSTOMER, "特殊单位", "0127"),
        (CUSTOMER, "没有的类型", "0127"), (CUSTOMER, NATURAL, "0368"),
    ],
    ids=["no customer", "another account type", "no such account type", "customer of another company"],
)  # fmt: skip
async def test_where_there_is_nobody_to_send_to_everything_looks_the_same(
    world: World, number: str, account_type: str, broker: str
) -> None:
    session = await world.visitor(broker)
    assert await world.send(session, number, account_type) is None
    assert session.code_awaited
    with pytest.raises(CustomerError, match="login_mismatch"):
        await world.login.enter(session, number, account_type, "123456")


async def _answers(world: World, number: str) -> list[str]:
    """What a visitor sees who types five wrong codes and then goes on."""
    session, seen = await world.visitor(), []
    code = await world.send(session, number)
    for _ in range(6):
        try:
            await world.login.enter(session, number, NATURAL, wrong_for(code))
        except CustomerError as error:
            seen.append(f"{error.code} {error.facts}")
    for _ in range(2):
        session.captcha_passed_at = now()
        try:
            await world.login.send_code(session, number, NATURAL)
        except CustomerError as error:
            seen.append(error.code)
    return seen


async def test_a_stranger_and_a_customer_get_the_same_answers_to_wrong_codes(world: World) -> None:
    strangers, customers = await _answers(world, STRANGER), await _answers(world, CUSTOMER)
    assert strangers == customers
    assert strangers[0] == "login_mismatch {}"


async def test_even_the_code_that_was_issued_to_nobody_does_not_log_in(
    world: World, keyring: Keyring
) -> None:
    issued = []

    class Watched(Codes):
        async def issue(self, conversation: str, subject: str) -> str:
            issued.append(await super().issue(conversation, subject))
            return issued[-1]

    login = world.with_parts()
    login._codes = Watched(world.redis, keyring)
    session = await world.visitor()
    await login.send_code(session, STRANGER, NATURAL)
    with pytest.raises(CustomerError, match="login_mismatch"):
        await login.enter(session, STRANGER, NATURAL, issued[0])
    assert not (await world.sessions.get(session.conversation)).logged_in


async def test_the_answer_takes_as_long_for_a_stranger_as_for_a_customer(world: World) -> None:
    class SlowSms(LocalSms):
        async def send(self, message: Sms) -> str:
            await asyncio.sleep(1.0)
            return await super().send(message)

    login = world.with_parts(sms=SlowSms(world.redis, world.keyring), floor=0.3)
    took = []
    for number in (CUSTOMER, STRANGER):
        session = await world.visitor()
        started = time.monotonic()
        await login.send_code(session, number, NATURAL)
        took.append(time.monotonic() - started)
    await login.close()
    assert min(took) >= 0.3
    assert abs(took[0] - took[1]) < 0.2


@pytest.mark.parametrize("status", ["dormant", "closed", "restricted"])
async def test_an_abnormal_account_is_told_after_a_right_code_and_not_before(
    world: World, status: str
) -> None:
    numbers: dict[str, str] = {c.status: c.id_number for c in world.counter._customers["0127"]}
    session = await world.visitor()
    code = await world.send(session, numbers[status])
    assert code is not None
    with pytest.raises(CustomerError, match="login_mismatch"):
        await world.login.enter(session, numbers[status], NATURAL, wrong_for(code))
    with pytest.raises(CustomerError, match="account_abnormal") as caught:
        await world.login.enter(session, numbers[status], NATURAL, code)
    assert caught.value.facts["status"] == status
    assert caught.value.facts["hotline"]
    assert not (await world.sessions.get(session.conversation)).logged_in


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("110105194912310021", "id_number_checksum"), ("110105491231002", "id_number_first_generation"),
        ("1", "id_number_malformed"),
    ],
)  # fmt: skip
async def test_a_number_that_cannot_be_right_costs_nothing(world: World, number: str, code: str) -> None:
    session = await world.visitor()
    with pytest.raises(CustomerError, match=code):
        await world.login.send_code(session, number, NATURAL)
    assert await world.redis.keys("limit:*") == []
    assert session.captcha_passed_at is not None


# ── codes stay where they belong ───────────────────────────────────────────────────────────────────


async def test_a_code_of_another_conversation_is_worth_nothing(world: World) -> None:
    mine, theirs = await world.visitor(), await world.visitor()
    code = await world.send(theirs, CUSTOMER)
    assert code is not None
    with pytest.raises(CustomerError, match="code_expired"):
        await world.login.enter(mine, CUSTOMER, NATURAL, code)


async def test_a_code_for_one_customer_does_not_open_another(world: World) -> None:
    session = await world.visitor()
    code = await world.send(session, CUSTOMER)
    assert code is not None
    with pytest.raises(CustomerError, match="code_expired"):
        await world.login.enter(session, SECOND, NATURAL, code)


async def test_there_is_no_login_before_a_company_is_chosen(world: World) -> None:
    session = await world.visitor()
    session.broker = None
    with pytest.raises(CustomerError, match="broker_needed"):
        await world.login.send_code(session, CUSTOMER, NATURAL)


# ── when something else is broken ──────────────────────────────────────────────────────────────────


async def test_a_counter_that_does_not_answer_is_told_and_the_code_stays_good(world: World) -> None:
    class Down(LocalCounter):
        async def find_customer(self, broker: str, id_number: str) -> CounterCustomer | None:
            raise PortUnavailable

    session = await world.visitor()
    code = await world.send(session, CUSTOMER)
    assert code is not None
    down = world.with_parts(counter=Down(world.counter._database, world.keyring))
    with pytest.raises(CustomerError, match="counter_unavailable"):
        await down.enter(session, CUSTOMER, NATURAL, code)
    assert (await world.login.enter(session, CUSTOMER, NATURAL, code)).logged_in


@pytest.mark.parametrize("failure", [PortUnavailable, PortRefused])
async def test_an_sms_that_fails_is_logged_without_personal_values(
    world: World, failure: type[Exception], capsys: pytest.CaptureFixture[str]
) -> None:
    class Broken(LocalSms):
        async def send(self, message: Sms) -> str:
            raise failure(f"{message.phone} {message.text}")

    login = world.with_parts(sms=Broken(world.redis, world.keyring))
    await login.send_code(await world.visitor(), CUSTOMER, NATURAL)
    await login.close()
    printed = capsys.readouterr()
    assert "login_sms_failed" in printed.out + printed.err
    assert CUSTOMER_PHONE not in printed.out + printed.err


async def test_redis_holds_no_personal_value_after_a_login(world: World) -> None:
    session = await world.visitor()
    code = await world.send(session, CUSTOMER)
    assert code is not None
    await world.login.enter(session, CUSTOMER, NATURAL, code)
    for key in await world.redis.keys("*"):
        dumped = as_bytes(key) + as_bytes(await world.redis.dump(key))
        assert not any(value.encode() in dumped for value in (CUSTOMER, CUSTOMER_PHONE, code))
