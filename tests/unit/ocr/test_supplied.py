"""What a photo does not show whole, told by the rest of it: always marked, and never more than one answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlement.bankcards.numbers import luhn
from settlement.ocr.back import parse_back
from settlement.ocr.bank import parse_bank
from settlement.ocr.front import number_holds, parse_front
from settlement.ocr.lines import Line
from settlement.ocr.pipeline import complete
from settlement.ocr.reading import ReadField
from settlement.ocr.voting import merged, voted_number
from tests.unit.ocr.written import doubted, front, line, placed, unsure

NUMBER = "11010519491231002X"  # 北京市朝阳区, as in the standard


def with_gap(swallowed: range, number: str = NUMBER) -> list[Line]:
    """A front of whose number light swallowed some places."""
    first, last = number[: swallowed.start], number[swallowed.stop :]
    parts = [
        placed(text, 280 + 33 * at, 430, 33) for text, at in ((first, 0), (last, swallowed.stop)) if text
    ]
    return [each for each in front() if each.text != NUMBER] + parts


@pytest.mark.parametrize("swallowed", [range(6, 14), range(5, 12), range(3, 6), range(15, 16), range(17, 18)])
def test_swallowed_digits_are_told_by_birth_county_and_check_digit_and_marked(swallowed: range) -> None:
    number = parse_front(with_gap(swallowed))["id_number"]
    assert (number.value, number.doubtful) == (NUMBER, True)
    assert number.unsure == tuple(swallowed)


def test_digits_that_are_told_in_coarse_steps_are_counted_across_a_hole() -> None:
    at = (363, 392, 429, 459, 489, 526, 556, 585, 615, 645, 843, 868, 902)  # a photo's; 198 px are six steps
    whole = "110105194912310" + NUMBER[15:]
    parts = [
        replace(placed(text, 0, 430, 1), at=places)
        for text, places in ((whole[:10], at[:10]), (whole[15:], at[10:]))
    ]
    lines = [each for each in front() if each.text != NUMBER]
    number = parse_front([*lines, *parts])["id_number"]
    assert (number.value, number.unsure) == (NUMBER, (10, 11, 12, 13, 14))


def test_two_swallowed_places_that_nothing_else_tells_are_not_guessed() -> None:
    assert "id_number" not in parse_front(with_gap(range(14, 16)))


def test_a_number_is_not_made_to_fit_when_a_digit_that_was_read_contradicts_the_birth() -> None:
    other = next(n for d in "0123456789X" if number_holds(n := "11010519501231002" + d))
    assert "id_number" not in parse_front(with_gap(range(15, 17), other))


def test_a_number_of_the_other_sex_is_not_supplied() -> None:
    swallowed = [each for each in with_gap(range(10, 13)) if each.text != "女"]
    assert "id_number" not in parse_front([*swallowed, line("男", 130, 110)])


@pytest.mark.parametrize(
    "number", ["438588900701308333", "990105194912310029", "110105209912310018"]
)  # the first is a bank card's
def test_check_digit_alone_does_not_make_an_identity_number(number: str) -> None:
    assert not number_holds(number)


@pytest.mark.parametrize(
    ("printed", "start", "end"),
    [
        ("有效期限2017.10.05-2037.10.", "2017-10-05", "2037-10-05"),
        ("有效期限20.05.28-2044.05.28", "2024-05-28", "2044-05-28"),
        ("有效期限2013.04.12-20104.12", "2013-04-12", "2018-04-12"),
    ],
)
def test_a_day_that_is_half_there_is_told_by_the_other_and_marked(printed: str, start: str, end: str) -> None:
    fields = parse_back([line(printed, 50, 360)])
    assert (fields["valid_from"].value, fields["valid_until"].value) == (start, end)
    assert doubted(fields) == {"valid_from", "valid_until"}


@pytest.mark.parametrize(
    "printed", ["有效期限20.12.14-2018.12.14", "有效期限2013.04.12-2004.12", "2013.04.12-"]
)
def test_a_day_that_two_terms_would_explain_is_not_told(printed: str) -> None:
    assert parse_back([line(printed, 50, 360)]) == {}


def test_a_street_named_like_a_county_is_put_right_and_marked() -> None:
    street = "北京市朝阳区滩溪路一号"
    read = unsure(street, {}, {6: "潍濰灘濉"}, 140, 230)
    lines = [read if each.text == "北京市朝阳区长安街一号" else each for each in front()]
    address = parse_front(lines)["address"]
    assert (address.value, address.doubtful) == ("北京市朝阳区濉溪路一号二楼", True)


@pytest.mark.parametrize(("odds", "doubtful"), [(0.99, True), (0.998, False)])
def test_a_street_whose_letter_may_be_a_rare_one_of_places_is_marked(odds: float, doubtful: bool) -> None:
    read = unsure("北京市朝阳区贵安街一号", {6: odds}, {6: "责赉费"}, 140, 230)
    lines = [read if each.text == "北京市朝阳区长安街一号" else each for each in front()]
    address = parse_front(lines)["address"]
    assert (address.value, address.doubtful) == ("北京市朝阳区贵安街一号二楼", doubtful)


@pytest.mark.parametrize(
    ("printed", "rivals", "nation"),
    [
        ("社", "仁壮红", "壮"),
        ("纳产", "", "纳西"),
        ("克孜", "", "柯尔克孜"),
        ("朝鮮", "", "朝鲜"),
        ("沃", "", "沃"),
    ],
)
def test_a_nation_is_one_of_fifty_six_when_just_one_fits(printed: str, rivals: str, nation: str) -> None:
    read = unsure("民族" + printed, {2: 0.5}, {2: rivals}, 240, 110)
    fields = parse_front([read if each.text == "民族汉" else each for each in front()])
    assert (fields["nation"].value, fields["nation"].doubtful) == (nation, printed != "朝鮮")


def test_a_traditional_letter_in_a_name_gives_way_to_the_simplified_next_guess() -> None:
    lines = [unsure("王強", {}, {1: "强彈"}, 130, 50) if each.text == "王小明" else each for each in front()]
    name = parse_front(lines)["name"]
    assert (name.value, name.doubtful) == ("王强", True)


CARD = "6212268066751415335"


def test_a_doubtful_digit_of_a_card_is_mended_by_its_check_digit_and_stays_marked() -> None:
    wrong = CARD[:9] + "1" + CARD[10:]
    assert not luhn(wrong)
    number = parse_bank([unsure(wrong, {9: 0.5}, {9: f"8{CARD[9]}5"})])["card_number"]
    assert (number.value, number.doubtful, number.unsure) == (CARD, True, (9,))


def test_a_digit_that_was_read_surely_is_not_changed_to_please_the_check_digit() -> None:
    wrong = CARD[:9] + "1" + CARD[10:]
    number = parse_bank([unsure(wrong, {3: 0.5}, {3: "8"})])["card_number"]
    assert (number.value, number.doubtful) == (wrong, True)


def test_too_many_doubtful_digits_are_not_mended() -> None:
    wrong = CARD[:9] + "1" + CARD[10:]
    odds = dict.fromkeys((7, 8, 9, 10), 0.5)
    number = parse_bank([unsure(wrong, odds, {9: CARD[9]})])["card_number"]
    assert number.value == wrong


def test_a_number_most_of_whose_digits_were_hard_to_read_is_not_taken_though_its_check_digit_holds() -> None:
    few, most = (parse_bank([unsure(CARD, dict.fromkeys(range(places), 0.6), {})]) for places in (9, 10))
    assert complete("bank_card", few)
    assert not complete("bank_card", most)


def test_two_looks_vote_on_each_digit_and_what_they_dispute_stays_marked() -> None:
    one = unsure(CARD[:9] + "1" + CARD[10:], {9: 0.4}, {9: "8"})
    other = unsure(CARD[:14] + "9" + CARD[15:], {14: 0.4, 9: 0.9}, {14: CARD[14]})
    number = voted_number([[one], [other]])
    assert number is not None
    assert (number.value, number.doubtful, number.unsure) == (CARD, True, (9, 14))


def test_one_look_has_no_vote() -> None:
    assert voted_number([[line(CARD, 70, 300)], [line("中国工商银行", 50, 50)]]) is None


def name(value: str, *, doubtful: bool = True) -> dict[str, ReadField]:
    return {"name": ReadField(value=value, doubtful=doubtful)}


def test_what_most_looks_read_is_taken_and_marked() -> None:
    looks = [name("谢庄"), name("谢康"), name("谢康")]
    voted = merged("id_front", looks[0], looks, lambda fields: True)["name"]
    assert (voted.value, voted.doubtful) == ("谢康", True)


def test_where_every_look_read_something_else_the_surest_is_taken_and_marked() -> None:
    looks = [
        {"name": ReadField(value=value, confidence=sure, doubtful=True)}
        for value, sure in (("郑住霞", 0.84), ("若郑住霞", 0.42), ("郑佳霞", 0.88))
    ]
    voted = merged("id_front", looks[1], looks, lambda fields: True)["name"]
    assert (voted.value, voted.doubtful) == ("郑佳霞", True)


def test_a_name_that_another_look_read_differently_is_marked_however_sure() -> None:
    looks = [name("王芳", doubtful=False), name("王芬")]
    assert merged("id_front", looks[0], looks, lambda fields: True)["name"].doubtful


def test_a_number_that_holds_in_another_look_comes_with_its_birth_and_sex() -> None:
    one = {"id_number": ReadField(value="1"), "birth": ReadField(value="2"), "sex": ReadField(value="男")}
    other = {
        "id_number": ReadField(value=NUMBER),
        "birth": ReadField(value="3"),
        "sex": ReadField(value="女"),
    }
    fields = merged("id_front", one, [one, other], lambda fields: fields["id_number"].value == NUMBER)
    assert [fields[each].value for each in ("id_number", "birth", "sex")] == [NUMBER, "3", "女"]


def test_the_expiry_of_another_card_in_the_photo_is_not_taken() -> None:
    def card(number: str, **others: str) -> dict[str, ReadField]:
        return {each: ReadField(value=value) for each, value in {"card_number": number, **others}.items()}

    best = card(CARD)
    assert "expiry" not in merged("bank_card", best, [best, card("1", expiry="05/33")], lambda fields: True)
    assert (
        merged("bank_card", best, [best, card(CARD, expiry="05/33")], lambda fields: True)["expiry"].value
        == "05/33"
    )


def test_a_name_letter_that_is_less_than_nearly_certain_is_marked() -> None:
    lines = [unsure("崔或", {1: 0.93}, {}, 130, 50) if each.text == "王小明" else each for each in front()]
    assert parse_front(lines)["name"].doubtful


@pytest.mark.parametrize(
    ("odds", "next_guess", "doubtful"), [(0.96, "赟", True), (0.99, "赟", False), (0.96, "赏", False)]
)
def test_a_name_letter_that_may_be_a_rare_one_is_marked(odds: float, next_guess: str, doubtful: bool) -> None:
    read = unsure("蔡发赞", {2: odds}, {2: next_guess}, 130, 50)
    lines = [read if each.text == "王小明" else each for each in front()]
    assert parse_front(lines)["name"].doubtful is doubtful
