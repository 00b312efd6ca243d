"""Recognised lines into values: what is taken, and what is doubted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlement.ocr.back import parse_back
from settlement.ocr.bank import parse_bank
from settlement.ocr.classify import classify
from settlement.ocr.front import number_holds, parse_front
from settlement.ocr.lines import Line, Text, to_lines
from settlement.ocr.reading import ReadField, Reading
from tests.unit.ocr.written import doubted, front, line, values


def test_a_clean_front_is_taken_without_doubt() -> None:
    fields = parse_front(front())
    assert values(fields) == {
        "name": "王小明", "sex": "女", "nation": "汉", "birth": "1949-12-31",
        "address": "北京市朝阳区长安街一号二楼", "id_number": "11010519491231002X",
    }  # fmt: skip
    assert doubted(fields) == set()


def test_a_number_with_a_wrong_check_digit_is_doubted_and_so_is_what_rests_on_it() -> None:
    assert {"id_number", "birth", "sex"} <= doubted(parse_front(front("110105194912310021")))


@pytest.mark.parametrize(("birth", "sex"), [("1949年12月30日", "女"), ("1949年12月31日", "男")])
def test_a_number_that_disagrees_with_the_print_is_doubted_though_its_check_digit_holds(
    birth: str, sex: str
) -> None:
    assert "id_number" in doubted(parse_front(front(birth=birth, sex=sex)))


def test_an_unread_birth_date_is_taken_from_a_number_that_holds() -> None:
    lines = [each for each in front() if "年" not in each.text]
    fields = parse_front(lines)
    assert fields["birth"].value == "1949-12-31"
    assert not fields["birth"].doubtful


def test_letters_among_the_digits_of_a_number_are_mended() -> None:
    assert parse_front(front("11O1O519491231OO2×"))["id_number"].value == "11010519491231002X"


def test_a_hole_in_the_address_is_doubted() -> None:
    torn = [each for each in front() if each.text not in ("北京市朝阳区长安街一号",)]
    torn += [line("北", 140, 230), line("长安街一号", 340, 230)]
    assert "address" in doubted(parse_front(torn))


def test_a_nation_that_does_not_exist_is_doubted() -> None:
    wrong = [line("民族沃", 240, 110) if each.text == "民族汉" else each for each in front()]
    assert "nation" in doubted(parse_front(wrong))


def test_a_traditional_form_of_a_nation_is_mended_and_a_name_is_left_as_printed() -> None:
    lines = [
        line({"民族汉": "民族漢", "王小明": "張喆"}.get(each.text, each.text), each.x0, each.y0)
        for each in front()
    ]
    fields = parse_front(lines)
    assert fields["nation"].value == "汉"
    assert fields["name"].value == "張喆"


def test_every_dot_of_a_long_name_becomes_the_one_dot() -> None:
    lines = [line("阿卜杜拉•买买提", 130, 50) if each.text == "王小明" else each for each in front()]
    assert parse_front(lines)["name"].value == "阿卜杜拉·买买提"


def with_odds(each: Line, odds: dict[int, float]) -> Line:
    """The line, some of its characters less certain."""
    return replace(each, odds=tuple(odds.get(place, 0.99) for place in range(len(each.text))))


def test_one_uncertain_digit_is_marked_though_the_check_digit_holds() -> None:
    lines = [with_odds(each, {5: 0.6}) if each.text == "11010519491231002X" else each for each in front()]
    number = parse_front(lines)["id_number"]
    assert (number.doubtful, number.unsure) == (True, (5,))


def test_uncertain_digits_of_a_card_are_marked_across_its_groups() -> None:
    groups = [line(text, 70 + 180 * i, 300) for i, text in enumerate(("6212", "2680", "6675", "1415", "335"))]
    groups[1] = with_odds(groups[1], {3: 0.5})
    groups[4] = with_odds(groups[4], {0: 0.5})
    number = parse_bank(groups)["card_number"]
    assert (number.value, number.doubtful, number.unsure) == ("6212268066751415335", True, (7, 16))


@pytest.mark.parametrize(("name", "doubtful"), [("王小明", False), ("王小堃", True), ("王小𬭎", True)])
def test_a_name_with_a_rare_character_is_shown_to_the_customer(name: str, doubtful: bool) -> None:
    lines = [line(name, 130, 50) if each.text == "王小明" else each for each in front()]
    fields = parse_front(lines)
    assert (fields["name"].value, fields["name"].doubtful) == (name, doubtful)


def test_one_uncertain_character_of_a_long_address_is_enough_to_doubt_it() -> None:
    street = "北京市朝阳区长安街一号"
    lines = [with_odds(each, {7: 0.7}) if each.text == street else each for each in front()]
    assert "address" in doubted(parse_front(lines))


def test_an_address_that_lost_the_start_of_a_row_is_doubted() -> None:
    torn = [each for each in front() if each.text != "二楼"] + [line("二楼", 300, 270)]
    assert "address" in doubted(parse_front(torn))


def test_labels_that_were_misread_do_not_become_part_of_a_name() -> None:
    lines = [line("地名", 50, 50) if each.text == "姓名" else each for each in front()]
    name = parse_front(lines)["name"]
    assert (name.value, name.doubtful) == ("王小明", True)


def test_an_issuer_without_its_place_is_doubted() -> None:
    lines = [line("签发机关", 50, 300), line("公安局朝阳分局", 320, 300)]
    assert "authority" in doubted(parse_back(lines))


def test_an_issuer_that_begins_right_of_the_days_below_it_lost_its_start() -> None:
    lines = [line("签发机关", 50, 300), line("西市公安局", 400, 300)]
    days = [line("有效期限", 50, 360), line("2020.02.22-2040.02.22", 200, 360)]
    assert "authority" in doubted(parse_back(lines + days))


def test_text_that_slants_is_put_into_its_rows() -> None:
    """Rows 60 apart, falling by 100 over the width: the end of one lies beside the start of the next."""
    polygons, texts = [], []
    for each in front():
        drop = each.x0 * 0.25
        end = each.x1 * 0.25
        polygons.append(
            [
                [each.x0, each.y0 + drop],
                [each.x1, each.y0 + end],
                [each.x1, each.y1 + end],
                [each.x0, each.y1 + drop],
            ]
        )
        texts.append(each.text)
    assert values(
        parse_front(to_lines(polygons, [Text(text, (0.99,) * len(text)) for text in texts]))
    ) == values(parse_front(front()))


@pytest.mark.parametrize(
    ("number", "good"),
    [
        ("11010519491231002X", True),
        ("440524188001010014", True),
        ("110105194912310021", False),
        ("11010519491331002X", False),
        ("1101051949123100", False),
    ],
)
def test_a_number_holds_by_check_digit_and_date(number: str, good: bool) -> None:
    assert number_holds(number) is good


@pytest.mark.parametrize(
    ("printed", "start", "end"),
    [
        ("有效期限2020.02.22-2040.02.22", "2020-02-22", "2040-02-22"),
        ("有效期限2012.01.01-长期", "2012-01-01", "长期"),
        ("有效期限2012.01.01-長期", "2012-01-01", "长期"),
        ("有效期限2O20.02.22—2030.02.22", "2020-02-22", "2030-02-22"),
    ],
)
def test_validity_is_read(printed: str, start: str, end: str) -> None:
    fields = parse_back([line("签发机关", 50, 300), line("海林市公安局", 200, 300), line(printed, 50, 360)])
    assert values(fields) == {"authority": "海林市公安局", "valid_from": start, "valid_until": end}
    assert doubted(fields) == set()


def test_a_term_that_the_law_does_not_know_is_doubted() -> None:
    assert doubted(parse_back([line("2020.02.22-2047.02.22", 50, 360)])) == {"valid_from", "valid_until"}


def test_a_day_that_does_not_exist_is_not_read() -> None:
    assert parse_back([line("2021.02.30-2041.02.30", 50, 360)]) == {}


def test_nothing_recognised_is_no_card() -> None:
    assert classify([]) == "none"
    assert classify([line("今天天气很好", 10, 10)]) == "none"


def test_a_value_does_not_show_in_a_trace() -> None:
    reading = Reading(kind="id_front", fields={"name": ReadField(value="王小明")})
    assert "王小明" not in repr(reading)
    assert "王小明" not in repr(parse_front(front()))
