"""The lines of a bank card into its number, bank, type and expiry."""

from __future__ import annotations

from dataclasses import replace

import pytest

from settlement.ocr.bank import card_type, parse_bank
from settlement.ocr.pipeline import LOOK_AGAIN, complete
from tests.unit.ocr.written import doubted, line, placed, unsure


def test_a_card_number_in_groups_is_joined_and_its_bank_looked_up() -> None:
    groups = [line(text, 70 + 180 * i, 300) for i, text in enumerate(("6212", "2680", "6675", "1415", "335"))]
    fields = parse_bank([line("中国工商银行", 50, 50), *groups, line("05/33", 300, 380)])
    assert fields["card_number"].value == "6212268066751415335"
    assert fields["bank_code"].value == "ICBC"
    assert fields["expiry"].value == "05/33"
    assert not doubted(fields)


def test_a_card_number_that_fails_its_check_digit_is_doubted() -> None:
    fields = parse_bank([line("中国工商银行", 50, 50), line("6212268066751415336", 70, 300)])
    assert fields["card_number"].doubtful


def test_a_number_of_another_length_than_its_bank_gives_is_doubted_though_its_check_digit_holds() -> None:
    cut = line("6212820522051673", 70, 300)  # 420 stood behind
    number = parse_bank([line("中国农业银行", 50, 50), cut])["card_number"]
    assert (number.doubtful, number.torn) == (True, False)
    lit = parse_bank([line("中国农业银行", 50, 50), replace(cut, burnt=True)])
    assert lit["card_number"].torn
    assert not complete("bank_card", lit)


def test_a_print_that_disagrees_with_the_number_leaves_the_bank_in_doubt() -> None:
    fields = parse_bank([line("招商银行", 50, 50), line("6212268066751415335", 70, 300)])
    assert fields["bank_code"].doubtful


def test_a_number_set_in_a_column_is_found() -> None:
    groups = [line(text, 70, 300 + 60 * i) for i, text in enumerate(("6212", "2680", "6675", "1415", "335"))]
    assert parse_bank(groups)["card_number"].value == "6212268066751415335"


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("信用卡", "credit"),
        ("贷记卡", "credit"),
        ("准贷记卡", "quasi_credit"),
        ("借记卡DEBIT", "debit"),
        ("ATM", "unknown"),
    ],
)
def test_a_card_says_of_what_type_it_is(words: str, kind: str) -> None:
    assert card_type(words, None)[0] == kind


def test_a_digit_that_two_overlapping_boxes_show_is_counted_once() -> None:
    lines = [placed("621661670315", 93, 332, 40), placed("51961", 93 + 11 * 40 + 3, 332, 40)]
    lines.append(placed("464", 800, 332, 40))
    assert parse_bank(lines)["card_number"].value == "6216616703151961464"


def test_groups_of_six_and_the_rest_may_stand_one_below_the_other() -> None:
    lines = [placed("623211", 100, 400, 40), placed("7166861565465", 100, 470, 40)]
    assert parse_bank(lines)["card_number"].value == "6232117166861565465"


def test_a_number_that_the_check_digit_worked_out_is_looked_at_again_and_not_taken_beside_light() -> None:
    read = unsure("6212268066751415336", {18: 0.7}, {18: "58"})
    worked_out = parse_bank([line("中国工商银行", 50, 50), read])
    assert worked_out["card_number"].value == "6212268066751415335"
    assert worked_out["card_number"].confidence < LOOK_AGAIN
    assert complete("bank_card", worked_out)
    beside_light = parse_bank([line("中国工商银行", 50, 50), replace(read, burnt=True)])
    assert not complete("bank_card", beside_light)
