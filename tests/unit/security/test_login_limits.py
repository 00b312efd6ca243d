"""Login: a person first, and not too often (R-017, R-019)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from settlement.clock import now
from settlement.errors import CustomerError
from settlement.ports.counter import CounterCustomer
from settlement.ports.counter_local import LocalCounter
from tests.support.redis import as_bytes
from tests.unit.security.world import CUSTOMER, CUSTOMER_PHONE, NATURAL, SECOND, STRANGER, World, wrong_for

# ── captcha first ──────────────────────────────────────────────────────────────────────────────────


async def test_no_sms_without_a_captcha(world: World) -> None:
    session = await world.visitor()
    for passed in (None, now() - timedelta(minutes=6)):
        session.captcha_passed_at = passed
        with pytest.raises(CustomerError, match="captcha_needed"):
            await world.login.send_code(session, CUSTOMER, NATURAL)
    assert await world.sms.inbox() == []


async def test_each_sms_uses_a_captcha_up(world: World) -> None:
    session = await world.visitor()
    await world.send(session, CUSTOMER)
    assert (await world.sessions.get(session.conversation)).captcha_passed_at is None
    with pytest.raises(CustomerError, match="captcha_needed"):
        await world.login.send_code(session, CUSTOMER, NATURAL)


async def test_the_right_answer_to_the_picture_is_noted_and_a_wrong_one_is_not(world: World) -> None:
    session = await world.visitor()
    session.captcha_passed_at = None
    captcha = await world.captchas.new(session.conversation)
    with pytest.raises(CustomerError, match="captcha_wrong"):
        await world.login.pass_captcha(session, captcha, "????")
    assert session.captcha_passed_at is None
    captcha = await world.captchas.new(session.conversation)
    answer = as_bytes(await world.redis.hget(f"captcha:{session.conversation}:{captcha}", "answer"))
    await world.login.pass_captcha(session, captcha, answer.decode())
    assert (await world.sessions.get(session.conversation)).captcha_passed_at is not None


async def test_guessing_pictures_by_program_comes_to_an_end(world: World) -> None:
    session = await world.visitor()
    seen = set()
    for _ in range(17):
        captcha = await world.captchas.new(session.conversation)
        with pytest.raises(CustomerError) as caught:
            await world.login.pass_captcha(session, captcha, "????")
        seen.add(caught.value.code)
    assert seen == {"captcha_wrong", "too_often"}


# ── how often ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", [CUSTOMER, STRANGER])
async def test_one_sms_a_minute_for_an_id_number_whoever_it_is(world: World, number: str) -> None:
    await world.send(await world.visitor(), number)
    with pytest.raises(CustomerError, match="too_often") as caught:
        await world.send(await world.visitor(), number)
    assert 1 <= int(caught.value.facts["seconds"]) <= 60


async def test_a_phone_that_two_customers_share_gets_no_second_sms_and_nobody_is_told(world: World) -> None:
    class Family(LocalCounter):
        async def find_customer(self, broker: str, id_number: str) -> CounterCustomer | None:
            found = await super().find_customer(broker, id_number)
            return found.model_copy(update={"phone": CUSTOMER_PHONE}) if found else None

    login = world.with_parts(counter=Family(world.counter._database, world.keyring))
    for number in (CUSTOMER, SECOND):
        await login.send_code(await world.visitor(), number, NATURAL)
    await login.close()
    assert [sms.phone for sms in await world.sms.inbox()] == [CUSTOMER_PHONE]


async def test_a_conversation_cannot_try_many_id_numbers(world: World) -> None:
    session = await world.visitor()
    numbers = [customer.id_number for customer in world.counter._customers["0127"]]
    seen = []
    for number in numbers:
        try:
            await world.send(session, number)
        except CustomerError as error:
            seen.append(error.code)
    assert "too_often" in seen
    assert len(await world.sms.inbox()) <= 10


@pytest.mark.parametrize("number", [CUSTOMER, STRANGER])
async def test_five_wrong_codes_lock_for_a_quarter_of_an_hour_in_every_conversation(
    world: World, number: str
) -> None:
    session = await world.visitor()
    code = await world.send(session, number)
    for _ in range(5):
        with pytest.raises(CustomerError):
            await world.login.enter(session, number, NATURAL, wrong_for(code))
    for somebody in (session, await world.visitor()):
        with pytest.raises(CustomerError, match="login_locked") as caught:
            await world.login.enter(somebody, number, NATURAL, code or "000000")
        assert 14 <= int(caught.value.facts["minutes"]) <= 15
        with pytest.raises(CustomerError, match="login_locked"):
            await world.send(somebody, number)


async def test_a_lock_on_one_customer_does_not_touch_another(world: World) -> None:
    session = await world.visitor()
    code = await world.send(session, CUSTOMER)
    for _ in range(5):
        with pytest.raises(CustomerError):
            await world.login.enter(session, CUSTOMER, NATURAL, wrong_for(code))
    other = await world.visitor()
    second = await world.send(other, SECOND)
    assert second is not None
    assert (await world.login.enter(other, SECOND, NATURAL, second)).logged_in


async def test_a_login_that_succeeds_forgives_earlier_mistakes(world: World) -> None:
    for _ in range(3):
        session = await world.visitor()
        code = await world.send(session, CUSTOMER)
        assert code is not None
        for _ in range(2):
            with pytest.raises(CustomerError, match="login_mismatch"):
                await world.login.enter(session, CUSTOMER, NATURAL, wrong_for(code))
        assert (await world.login.enter(session, CUSTOMER, NATURAL, code)).logged_in
        await world.wait_out("sms-*")
