"""Personal numbers stop at the gateway; what comes back is masked, and nobody else's (R-090, R-092)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from redis.asyncio import Redis

from settlement.security.keys import Keyring
from settlement.security.sessions import Sessions
from settlement.security.vault import Kind, Vault, tokens_in
from tests.channels.customer import Customer
from tests.channels.login import log_in
from tests.channels.wire import WireRasa, says
from tests.support.redis import as_bytes

ID_NUMBER = "11010519491231002X"
CARD = "6217000010001234567"


async def everything(redis: Redis) -> bytes:
    """All that Redis holds but the vault, whose values are sealed."""
    found: list[object] = []
    for key in await redis.keys("*"):
        kind = await redis.type(key)
        if kind == b"string":
            found.append(await redis.get(key))
        elif kind == b"list":
            found += await redis.lrange(key, 0, -1)
        elif kind == b"hash":
            found += (await redis.hgetall(key)).values()
        elif kind == b"stream":
            found += [
                value for _, fields in await redis.xrange(key) or [] for value in (fields or {}).values()
            ]
    return b"\n".join(map(as_bytes, found))


@pytest.mark.parametrize(
    ("typed", "secret"),
    [
        (f"我的身份证是{ID_NUMBER}", ID_NUMBER),
        ("卡号 6217 0000 1000 1234 567", "6217 0000 1000 1234 567"),
        ("卡号６２１７００００１０００１２３４５６７", CARD),
        ("手机13800000001", "13800000001"),
    ],
)
async def test_a_number_in_words_reaches_neither_rasa_nor_redis(
    customer: Customer, rasa: WireRasa, redis: Redis, typed: str, secret: str
) -> None:
    customer.say(text=typed)
    [asked] = rasa.of(customer.conversation)
    digits = secret.replace(" ", "")
    assert tokens_in(asked.message)
    for known in (asked.body.encode(), await everything(redis)):
        assert secret.encode() not in known
        assert digits.encode() not in known
    own = next(entry for entry in customer.entries() if entry["author"] == "customer")
    assert digits not in own["text"]
    assert "⟦" not in own["text"]


async def test_fields_travel_as_tokens_of_their_kind(
    customer: Customer, rasa: WireRasa, redis: Redis, keyring: Keyring
) -> None:
    secret = {"id_number": ID_NUMBER, "name": "张三", "sms_code": "135790", "other": CARD}
    fields = {**secret, "branch": "北京分行"}
    customer.say("fields", fields=fields)
    [asked] = rasa.of(customer.conversation)
    sent = asked.metadata["fields"]
    assert asked.message == "/fill"
    assert sent["branch"] == "北京分行"
    for name, kind in {
        "id_number": "id_number",
        "name": "name",
        "sms_code": "code",
        "other": "card_number",
    }.items():
        assert tokens_in(sent[name], Kind(kind)) == [sent[name]]
    assert await Vault(redis, keyring).open(customer.conversation, sent["id_number"]) == ID_NUMBER
    assert not any(value in asked.body for value in secret.values())


def test_a_field_name_that_is_none_is_refused(customer: Customer) -> None:
    assert customer.post("fields", fields={"../x": "1"}).json()["error"] == "bad_request"
    assert customer.post("fields", fields={}).status_code == 400


async def test_a_code_is_hidden_when_one_is_awaited(customer: Customer, rasa: WireRasa, redis: Redis) -> None:
    sessions = Sessions(redis, 1800)
    session = await sessions.get(customer.conversation)
    session.code_awaited = True
    await sessions.save(session)
    customer.say(text="验证码 135 790")
    assert "135" not in rasa.of(customer.conversation)[0].message


async def test_values_are_put_in_at_delivery_to_who_is_logged_in(
    customer: Customer, rasa: WireRasa, redis: Redis, keyring: Keyring
) -> None:
    await log_in(redis, customer.conversation)
    vault = Vault(redis, keyring)
    masked = await vault.put(customer.conversation, Kind.ID_NUMBER, ID_NUMBER)
    full = await vault.put(customer.conversation, Kind.CARD_NUMBER, CARD, full=True)
    field = {"name": "card_number", "label": "卡号", "value": full, "editable": True}
    rasa.answer = lambda asked: says(f"号码 {masked}", card={"card": "fields", "fields": [field]})
    [answer] = customer.say(text="好")
    assert answer["text"] == "号码 110***********002X"
    assert answer["card"]["fields"][0]["value"] == CARD
    assert CARD.encode() not in await everything(redis)


async def test_the_past_of_a_login_is_shown_to_the_next_login_alone(
    customer: Customer, rasa: WireRasa, redis: Redis
) -> None:
    await log_in(redis, customer.conversation)
    rasa.answer = lambda asked: says("资金账号 8001")
    customer.say(text="结果")
    assert "8001" in customer.http.get("/api/history").text

    await log_in(redis, customer.conversation, ended=True)
    for path in ("/api/history", "/api/poll?after=0-0"):
        assert "8001" not in customer.http.get(path).text
    rasa.answer = lambda asked: says("请登录")
    assert [message["text"] for message in customer.say(text="在吗")] == ["请登录"]
    assert "8001" not in "".join(str(entry) for entry in customer.take(2))

    await log_in(redis, customer.conversation)
    assert "8001" in customer.http.get("/api/history").text


async def test_a_token_of_another_conversation_does_not_open(
    newcomer: Callable[[], Customer], rasa: WireRasa, redis: Redis, keyring: Keyring
) -> None:
    mine, other = newcomer(), newcomer()
    mine.enter()
    other.enter()
    token = await Vault(redis, keyring).put(other.conversation, Kind.CARD_NUMBER, CARD, full=True)
    rasa.answer = lambda asked: says(token)
    [answer] = mine.say(text="好")
    assert answer["text"] == "＊＊＊"
    mine.say(text=f"看看{token}")
    assert token not in rasa.of(mine.conversation)[-1].message
