"""The vault: a token opens in its own conversation, for a while, and is delivered masked."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from settlement.errors import CustomerError
from settlement.security.keys import Keyring
from settlement.security.masks import mask
from settlement.security.tokens import PATTERN
from settlement.security.vault import Kind, Vault, tokens_in
from tests.support.redis import as_bytes

ID_NUMBER = "11010519491231002X"


async def test_a_token_opens_in_its_own_conversation(vault: Vault) -> None:
    token = await vault.put("mine", Kind.ID_NUMBER, ID_NUMBER)
    assert PATTERN.fullmatch(token)
    assert await vault.open("mine", token) == ID_NUMBER


async def test_a_token_of_another_conversation_is_as_good_as_gone(vault: Vault) -> None:
    token = await vault.put("mine", Kind.ID_NUMBER, ID_NUMBER)
    with pytest.raises(CustomerError, match="value_expired"):
        await vault.open("yours", token)
    assert await vault.reveal("yours", token) == "＊＊＊"


async def test_the_value_does_not_open_even_when_its_entry_is_copied_to_another_conversation(
    vault: Vault, redis: Redis
) -> None:
    token = await vault.put("mine", Kind.ID_NUMBER, ID_NUMBER)
    (key,) = await redis.keys("vault:*")
    mine = as_bytes(key).decode()
    await redis.copy(mine, mine.replace("mine", "yours"))
    with pytest.raises(CustomerError, match="value_expired"):
        await vault.open("yours", token)


async def test_a_value_is_gone_when_its_time_is_over(redis: Redis, keyring: Keyring) -> None:
    token = await Vault(redis, keyring, ttl_seconds=60).put("mine", Kind.PHONE, "13800138000")
    (key,) = await redis.keys("vault:*")
    assert 0 < await redis.ttl(key) <= 60
    await redis.delete(key)
    with pytest.raises(CustomerError, match="value_expired"):
        await Vault(redis, keyring).open("mine", token)


async def test_values_are_kept_for_a_day(vault: Vault, redis: Redis) -> None:
    await vault.put("mine", Kind.PHONE, "13800138000")
    assert 86_000 < await redis.ttl((await redis.keys("vault:*"))[0]) <= 86_400


async def test_redis_holds_nothing_readable(vault: Vault, redis: Redis) -> None:
    await vault.put("mine", Kind.ID_NUMBER, ID_NUMBER)
    dumped = b"".join(
        [as_bytes(part) for key in await redis.keys("*") for part in (key, await redis.get(key))]
    )
    assert ID_NUMBER.encode() not in dumped


@pytest.mark.parametrize("forged", ["⟦id_number:aaaaaaaaaaaa⟧", "⟦id_number:⟧", "id_number", "", "⟦name:x⟧"])
async def test_what_is_no_token_of_ours_does_not_open(vault: Vault, forged: str) -> None:
    with pytest.raises(CustomerError, match="value_expired"):
        await vault.open("mine", forged)


async def test_the_mark_for_full_delivery_and_the_kind_cannot_be_forged(vault: Vault) -> None:
    token = await vault.put("mine", Kind.ID_NUMBER, ID_NUMBER)
    assert await vault.reveal("mine", token.replace("⟧", ":full⟧")) == "＊＊＊"
    assert await vault.reveal("mine", token.replace("id_number", "address")) == "＊＊＊"


async def test_delivery_masks_each_token_wherever_it_is(vault: Vault) -> None:
    number = await vault.put("mine", Kind.ID_NUMBER, ID_NUMBER)
    name = await vault.put("mine", Kind.NAME, "张三")
    account = await vault.put("mine", Kind.ACCOUNT, "880127001", full=True)
    payload = {
        "text": f"{name}您好，证件号{number}",
        "card": {"rows": [{"value": account}, [number, 7, None, True]], "pair": (name, 1.5)},
        "nothing": "没有",
    }
    assert account.endswith(":full⟧")
    assert await vault.reveal("mine", payload) == {
        "text": "张*您好，证件号110***********002X",
        "card": {
            "rows": [{"value": "880127001"}, ["110***********002X", 7, None, True]],
            "pair": ("张*", 1.5),
        },
        "nothing": "没有",
    }
    assert number in payload["text"], "what was passed in is not changed"


async def test_an_expired_token_is_delivered_as_stars_and_the_rest_goes_on(vault: Vault) -> None:
    kept = await vault.put("mine", Kind.PHONE, "13800138000")
    lost = await vault.put("mine", Kind.PHONE, "13900139000")
    await vault.forget("mine", lost)
    assert await vault.reveal("mine", f"{kept}、{lost}") == "138****8000、＊＊＊"


async def test_tokens_are_found_in_order_and_by_kind(vault: Vault) -> None:
    phone = await vault.put("mine", Kind.PHONE, "13800138000")
    number = await vault.put("mine", Kind.ID_NUMBER, ID_NUMBER)
    text = f"电话{phone}证件{number} ⟦phone:short⟧"
    assert tokens_in(text) == [phone, number]
    assert tokens_in(text, Kind.ID_NUMBER) == [number]


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        (Kind.ID_NUMBER, ID_NUMBER, "110***********002X"),
        (Kind.ID_NUMBER, "1101051", "＊＊＊"),
        (Kind.CARD_NUMBER, "6222020000000000018", "尾号0018"),
        (Kind.CARD_NUMBER, "6222", "＊＊＊"),
        (Kind.PHONE, "13800138000", "138****8000"),
        (Kind.NAME, "张三", "张*"),
        (Kind.NAME, "欧阳娜娜", "欧***娜"),
        (Kind.NAME, "阿不都热合曼·买买提", "阿***提"),
        (Kind.NAME, "王小明", "王**"),
        (Kind.NAME, "张", "*"),
        (Kind.CODE, "482913", "******"),
        (Kind.ACCOUNT, "880127001", "尾号7001"),
        (Kind.ADDRESS, "上海市浦东新区某某路一百号二零一室", "上海市浦东新****"),
        (Kind.ADDRESS, "某某路一号", "＊＊＊"),
    ],
)
def test_masks_are_those_of_the_product_notes(kind: Kind, value: str, shown: str) -> None:
    assert mask(kind, value) == shown


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("value", ["", "1", "12", "1234567"])
def test_a_mask_of_something_short_shows_less_than_half(kind: Kind, value: str) -> None:
    assert sum(character in value for character in mask(kind, value) if character not in "*＊") <= max(
        len(value) / 2, kind is Kind.NAME
    )
