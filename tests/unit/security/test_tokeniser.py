"""The tokeniser: whatever a person types, the number itself does not get through."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.bankcards.numbers import luhn
from settlement.identity.id_number import checksum, lengthen
from settlement.security.digits import digit
from settlement.security.numbers import find
from settlement.security.tokens import Kind
from settlement.security.vault import Tokeniser, Vault, tokens_in

ID, CARD, PHONE = "11010519491231002X", "6222020000000000000", "13800138000"

SCRIPTS = {
    "ascii": "0123456789",
    "full": "０１２３４５６７８９",
    "spoken": "零幺二三四五六七八九",
    "written": "〇一二三四五六七八九",
    "formal": "零壹贰叁肆伍陆柒捌玖",
    "circled": "⓪①②③④⑤⑥⑦⑧⑨",
    "bold": "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗",
}
BETWEEN = [
    "",
    " ",
    "-",
    "－",
    ".",
    "。",
    "·",
    "，",
    ",",
    "、",
    "/",
    "_",
    "*",
    "  ",
    "\u3000",
    "\u200b",
    "\n",
    " - ",
]
X_FORMS = ["X", "x", "Ｘ", "ｘ", "叉", "×", " X", "-x", "大写X"]
PREFIXES = ["", "我的是", "号码：", "您好，", "帮我看一下", "0127公司的，", "填好了 "]
SUFFIXES = ["", "。", "，对吗", " 谢谢", "吧", "\n"]


def _ids(last_year: int = 2009) -> st.SearchStrategy[str]:
    head = st.sampled_from(["110105", "310104", "440524", "622301", "511826"])
    born = st.dates(date(1930, 1, 1), date(last_year, 12, 31))
    first17 = st.builds(lambda a, b, c: f"{a}{b:%Y%m%d}{c:03}", head, born, st.integers(0, 999))
    return first17.map(lambda digits: digits + checksum(digits))


def _old_ids() -> st.SearchStrategy[str]:
    return _ids(1999).map(lambda number: number[:6] + number[8:17])


def _cards() -> st.SearchStrategy[str]:
    def complete(body: str) -> str:
        return next(body + last for last in "0123456789" if luhn(body + last))

    lengths = st.integers(16, 19)
    prefix = st.sampled_from(["622202", "621700", "621483", "622848", "625912"])
    return st.builds(
        lambda start, length, filler: complete((start + f"{filler:013}")[: length - 1]),
        prefix,
        lengths,
        st.integers(0, 10**13 - 1),
    )


def _phones() -> st.SearchStrategy[str]:
    return st.builds(lambda second, rest: f"1{second}{rest:09}", st.integers(3, 9), st.integers(0, 10**9 - 1))


@st.composite
def written(
    draw: st.DrawFn, numbers: st.SearchStrategy[str], before: tuple[str, ...] = ("",)
) -> tuple[str, str]:
    """A number, and a message that holds it in some grouping, width and script."""
    lead = draw(st.sampled_from(PREFIXES)) + draw(st.sampled_from(before))
    number = draw(numbers)
    scripts = draw(st.lists(st.sampled_from(list(SCRIPTS.values())), min_size=1, max_size=2))
    cuts = sorted(draw(st.sets(st.integers(1, len(number) - 1), max_size=8)))
    text = ""
    for start, end in zip([0, *cuts], [*cuts, len(number)], strict=True):
        script = draw(st.sampled_from(scripts))
        part = "".join(
            script[int(character)] if character != "X" else draw(st.sampled_from(X_FORMS))
            for character in number[start:end]
        )
        text += (draw(st.sampled_from(BETWEEN)) if start else "") + part
    return number, lead + text + draw(st.sampled_from(SUFFIXES))


def _outcome(text: str) -> tuple[list[tuple[Kind, str]], str]:
    """What was found, and the digits (with X) that still stand in the message."""
    spans = find(text)
    rest, last = "", 0
    for span in spans:
        rest += text[last : span.start] + "|"
        last = span.end
    rest += text[last:]
    kept = "".join(
        str(value)
        if (value := digit(character)) is not None
        else "X"
        if character in "XxＸｘ叉×"
        else "|" * (character == "|")
        for character in rest
    )
    return [(span.kind, span.value) for span in spans], kept


@settings(max_examples=400, deadline=None)
@given(written(_ids()))
def test_no_way_of_writing_an_id_number_gets_through(case: tuple[str, str]) -> None:
    number, text = case
    found, kept = _outcome(text)
    assert (Kind.ID_NUMBER, number) in found
    assert not re.search(r"\d{5}", kept.replace("0127", "")), "nothing of it is left beside"


@settings(max_examples=200, deadline=None)
@given(written(_old_ids()))
def test_no_way_of_writing_an_old_id_number_gets_through(case: tuple[str, str]) -> None:
    number, text = case
    assert lengthen(number)[-1] in "0123456789X"
    _, kept = _outcome(text)
    assert number not in kept
    assert not re.search(r"\d{11}", kept)


@settings(max_examples=400, deadline=None)
@given(written(_cards()))
def test_no_way_of_writing_a_card_number_gets_through(case: tuple[str, str]) -> None:
    number, text = case
    found, kept = _outcome(text)
    assert any(number in value for _, value in found)
    assert not re.search(r"\d{5}", kept.replace("0127", ""))


@settings(max_examples=400, deadline=None)
@given(written(_phones(), ("", "+86", "+86 ", "0086-", "(+86)")))
def test_no_way_of_writing_a_phone_gets_through(case: tuple[str, str]) -> None:
    number, text = case
    found, kept = _outcome(text)
    assert any(number in value for _, value in found)
    assert not re.search(r"\d{5}", kept.replace("0127", ""))


@settings(max_examples=300, deadline=None)
@given(written(st.from_regex(r"[3567]{11,30}", fullmatch=True)))  # no date, time or hotline is in these
def test_no_eleven_digits_get_through_whole(case: tuple[str, str]) -> None:
    number, text = case
    _, kept = _outcome(text)
    assert number not in kept.replace("|", "")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200), st.booleans())
def test_any_text_is_read_without_error_and_spans_stay_inside_and_apart(
    text: str, code_awaited: bool
) -> None:
    last = 0
    for span in find(text, code_awaited=code_awaited):
        assert last <= span.start < span.end <= len(text)
        assert re.fullmatch(r"[0-9]+X?", span.value)
        last = span.end


@settings(max_examples=100, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2099, 12, 31)), st.times(), st.from_regex(r"[0-9]{4}", fullmatch=True))
def test_a_moment_and_a_company_code_always_survive(day: date, hour: time, code: str) -> None:
    assert find(f"公司{code}，{day:%Y-%m-%d} {hour:%H:%M}开始") == []


async def test_the_words_around_a_number_stay_and_the_number_goes_to_the_vault(vault: Vault) -> None:
    text = await Tokeniser(vault).tokenise(
        "mine", f"我是0127的，证件{ID}，卡6222 0200 0000 0000 000！", code_awaited=False
    )
    number, card = tokens_in(text)
    assert text == f"我是0127的，证件{number}，卡{card}！"
    assert await vault.open("mine", number) == ID
    assert await vault.open("mine", card) == CARD
    assert (tokens_in(text, Kind.ID_NUMBER), tokens_in(text, Kind.CARD_NUMBER)) == ([number], [card])


async def test_a_code_becomes_a_token_only_while_one_is_awaited(vault: Vault) -> None:
    tokeniser = Tokeniser(vault)
    assert await tokeniser.tokenise("mine", "482913", code_awaited=False) == "482913"
    (token,) = tokens_in(await tokeniser.tokenise("mine", "四八二 九一三", code_awaited=True), Kind.CODE)
    assert await vault.open("mine", token) == "482913"


async def test_text_without_numbers_passes_unchanged(vault: Vault) -> None:
    text = "　您好！我想改结算账户 [x](y) /help\n"
    assert await Tokeniser(vault).tokenise("mine", text, code_awaited=True) == text


async def test_tokens_of_this_conversation_are_left_alone(vault: Vault) -> None:
    tokeniser = Tokeniser(vault)
    once = await tokeniser.tokenise("mine", f"电话{PHONE}", code_awaited=False)
    assert await tokeniser.tokenise("mine", once, code_awaited=False) == once


@pytest.mark.parametrize(
    "typed",
    ["⟦id_number:k3jd82ma9x0q⟧", "⟦name:aaaaaaaaaaaa:full⟧", "⟦x⟧", "⟦⟦", f"⟦card_number:{PHONE}a⟧"],
)
async def test_a_token_that_a_person_typed_is_no_token(vault: Vault, typed: str) -> None:
    text = await Tokeniser(vault).tokenise("mine", f"这是{typed}", code_awaited=False)
    assert typed not in text
    assert (
        typed.strip("⟦⟧") in text.replace(tokens_in(text)[0], PHONE) if tokens_in(text) else "⟦" not in text
    )


async def test_a_token_of_somebody_else_is_no_token_here(vault: Vault) -> None:
    theirs = await vault.put("theirs", Kind.PHONE, PHONE)
    text = await Tokeniser(vault).tokenise("mine", theirs, code_awaited=False)
    assert tokens_in(text) == []


async def test_a_number_does_not_hide_behind_brackets(vault: Vault) -> None:
    text = await Tokeniser(vault).tokenise("mine", f"⟦{PHONE}⟧", code_awaited=False)
    assert PHONE not in text
    assert text.startswith("[⟦phone:")


def test_no_other_bracket_turns_into_ours_when_text_is_normalised() -> None:
    turning = [chr(c) for c in range(0x110000) if unicodedata.normalize("NFKC", chr(c)) in {"⟦", "⟧"}]
    assert turning == ["⟦", "⟧"]
