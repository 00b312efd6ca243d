"""A number in two or three messages: the pieces do not get through, and together they are the number."""

from __future__ import annotations

import pytest
from redis.asyncio import Redis

from settlement.security.pieces import SECONDS
from settlement.security.tokens import Kind
from settlement.security.vault import Tokeniser, Vault, tokens_in
from tests.support.redis import as_bytes

ID, CARD, PHONE = "11010519491231002X", "6222020000000000000", "13800138000"


async def sent(vault: Vault, *messages: str, code_awaited: bool = False) -> list[str]:
    """What passes on to the dialogue for each of these messages."""
    tokeniser = Tokeniser(vault)
    return [await tokeniser.of_message("c", text, code_awaited=code_awaited) for text in messages]


async def number(vault: Vault, text: str, kind: Kind) -> str:
    [token] = tokens_in(text, kind)
    assert text == token
    return await vault.open("c", token)


@pytest.mark.parametrize(
    ("kind", "value", "pieces"),
    [
        (Kind.ID_NUMBER, ID, ["1101051949", "1231002X"]),
        (Kind.ID_NUMBER, ID, ["110105", "19491231", "002x"]),
        (Kind.ID_NUMBER, ID, ["前面是1101051949", "后面是 1231 002 叉"]),
        (Kind.ID_NUMBER, ID, ["１１０１０５１９４９", "１２３１００２Ｘ"]),
        (Kind.ID_NUMBER, ID, ["一一零一零五一九四九", "一二三一零零二叉"]),
        (Kind.CARD_NUMBER, CARD, ["62220200", "00000000000"]),
        (Kind.CARD_NUMBER, CARD, ["6222 0200", "0000 000", "0000"]),
        (Kind.PHONE, PHONE, ["138", "0013 8000"]),
    ],
)
async def test_the_last_piece_becomes_the_number(
    vault: Vault, kind: Kind, value: str, pieces: list[str]
) -> None:
    *before, last = await sent(vault, *pieces)
    assert await number(vault, last, kind) == value
    for piece, text in zip(pieces, before, strict=False):
        assert tokens_in(text) or text == piece


@pytest.mark.parametrize("text", ["1101051949", "19491231002", "880127001", "1949 1231 0", "8801-2700"])
async def test_a_piece_of_seven_digits_does_not_get_through(vault: Vault, text: str) -> None:
    [passed] = await sent(vault, text)
    assert tokens_in(passed)
    assert not any(map(str.isdigit, passed.replace(tokens_in(passed)[0], "")))


@pytest.mark.parametrize(
    "text", ["0127", "20300101", "2030-01-01", "95588", "4008008899", "第3步", "1", "12,000元", "后四位"]
)
async def test_what_the_dialogue_needs_gets_through(vault: Vault, text: str) -> None:
    assert await sent(vault, text) == [text]


async def test_words_in_between_begin_anew(vault: Vault) -> None:
    *_, last = await sent(vault, "1101051949", "等一下", "1231002X")
    assert tokens_in(last, Kind.ACCOUNT)


async def test_two_numbers_one_after_the_other_stay_two(vault: Vault) -> None:
    first, second = await sent(vault, PHONE, CARD)
    assert await number(vault, first, Kind.PHONE) == PHONE
    assert await number(vault, second, Kind.CARD_NUMBER) == CARD


async def test_codes_that_were_tried_are_no_pieces(vault: Vault) -> None:
    for text in await sent(vault, "110105", "194912", "310021", code_awaited=True):
        assert tokens_in(text, Kind.CODE)


async def test_another_conversation_has_no_part_in_it(vault: Vault) -> None:
    tokeniser = Tokeniser(vault)
    await tokeniser.of_message("a", "1101051949", code_awaited=False)
    passed = await tokeniser.of_message("b", "1231002X", code_awaited=False)
    assert tokens_in(passed, Kind.ACCOUNT)


async def test_pieces_are_kept_sealed_and_for_three_minutes(vault: Vault, redis: Redis) -> None:
    await sent(vault, "1101051949")
    assert 0 < await redis.ttl("vault:c:note") <= SECONDS
    for key in await redis.keys("*"):
        assert b"1101051949" not in as_bytes(await redis.get(key))


async def test_a_note_sealed_with_a_key_that_was_retired_is_no_note(vault: Vault, redis: Redis) -> None:
    await redis.set("vault:c:note", b"not sealed by us")
    [passed] = await sent(vault, "1231002X")
    assert tokens_in(passed, Kind.ACCOUNT)
