"""Whether a card may be registered: the three rules of the manual, the number, and the bank."""

from __future__ import annotations

import pytest

from settlement.bankcards.bins import Bin
from settlement.bankcards.verdict import Verdict
from tests.unit.bankcards import cards
from tests.unit.bankcards.judging import verdict, with_rules, wrong_check_digit


def test_an_own_debit_card_of_a_listed_bank_passes_without_a_mark() -> None:
    found = verdict(cards.ICBC, bank_code="ICBC")
    assert found == Verdict(
        ok=True, bank_code="ICBC", bank_name="工商银行", card_type="debit", facts={"bank": "工商银行"}
    )


# R-039, rule 1


def test_a_credit_card_is_refused() -> None:
    assert verdict(cards.CMB_CREDIT).code == "card_is_credit"


def test_a_card_that_says_credit_of_itself_is_refused_whatever_the_table_says() -> None:
    assert verdict(cards.ICBC, printed_type="credit").code == "card_is_credit"
    assert verdict(cards.UNKNOWN, printed_type="credit", bank_code="ICBC").code == "card_is_credit"


def test_a_debit_cards_photo_does_not_save_a_credit_cards_number() -> None:
    found = verdict(cards.CMB_CREDIT, ocr_number=cards.ICBC, printed_type="debit")
    assert found.code == "card_is_credit"
    assert "card_number_edited" in found.review_marks


def test_a_credit_cards_photo_stays_one_when_another_number_is_typed() -> None:
    assert verdict(cards.ICBC, ocr_number=cards.CMB_CREDIT, printed_type="credit").code == "card_is_credit"


def test_a_kind_concluded_from_a_misread_number_goes_when_the_number_is_corrected() -> None:
    misread = wrong_check_digit(cards.CMB_CREDIT)
    found = verdict(cards.ICBC, ocr_number=misread, printed_type="credit")
    assert found.ok
    assert "card_number_edited" in found.review_marks


def test_a_table_that_the_very_card_contradicts_is_left_to_the_reviewer() -> None:
    found = verdict(cards.CMB_CREDIT, printed_type="debit")
    assert found.ok
    assert "card_type_conflict" in found.review_marks


def test_prepaid_cards_are_refused() -> None:
    assert verdict(cards.BOC_PREPAID).code == "card_is_prepaid"
    assert verdict(cards.ICBC, printed_type="prepaid").code == "card_is_prepaid"


def test_quasi_credit_cards_are_refused_unless_the_company_accepts_them() -> None:
    assert verdict(cards.BOC_QUASI).code == "card_is_quasi_credit"
    assert verdict(cards.BOC_QUASI, with_rules(accept_quasi_credit=True)).ok


def test_a_company_that_accepts_quasi_credit_still_refuses_credit_and_prepaid() -> None:
    rules = with_rules(accept_quasi_credit=True)
    assert verdict(cards.CMB_CREDIT, rules).code == "card_is_credit"
    assert verdict(cards.BOC_PREPAID, rules).code == "card_is_prepaid"


# R-040, rule 2


def test_a_bank_off_the_list_is_refused_and_named() -> None:
    found = verdict(cards.BEIJING)
    assert (found.code, found.facts) == ("card_bank_not_supported", {"bank": "北京银行"})


def test_choosing_a_listed_bank_does_not_save_a_card_of_another() -> None:
    assert verdict(cards.BEIJING, bank_code="ICBC").code == "card_bank_not_supported"


def test_a_chosen_bank_off_the_list_is_refused_when_the_number_is_unknown() -> None:
    assert verdict(cards.UNKNOWN, bank_code="NBBANK").code == "card_bank_not_supported"


def test_a_list_that_changed_in_between_counts_as_it_is_now() -> None:
    assert verdict(cards.ICBC, with_rules(banks=frozenset({"BOC"}))).code == "card_bank_not_supported"


# R-041, rule 3, with of the rulings


def test_a_card_typed_after_a_failed_reading_passes_when_right() -> None:
    found = verdict(cards.ICBC, ocr_number="", bank_code="ICBC")
    assert found.ok
    assert found.review_marks == ("card_ocr_failed",)


@pytest.mark.parametrize(
    ("number", "code"),
    [(cards.CMB_CREDIT, "card_is_credit"), (cards.BEIJING, "card_bank_not_supported")],
)
def test_the_first_two_rules_bind_typed_cards_too(number: str, code: str) -> None:
    assert verdict(number, ocr_number="").code == code


# The number


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("", "card_number_malformed"),
        ("62122O8066751415335", "card_number_malformed"),
        ("6" * 16, "card_number_malformed"),
        ("62122680667514", "card_number_length"),
        ("62122680667514153351", "card_number_length"),
        ("4111111111111", "card_number_length"),
    ],
)
def test_what_is_no_card_number_is_refused(number: str, code: str) -> None:
    assert verdict(number, bank_code="ICBC").code == code


def test_twenty_digits_pass_only_where_a_bank_issues_them() -> None:
    assert verdict(cards.GDB_20).ok
    assert verdict(cards.made("621226", 20), bank_code="ICBC").code == "card_number_length"


def test_grouped_and_full_width_numbers_are_judged_like_plain_ones() -> None:
    wide = " ".join(chr(ord(digit) + 0xFEE0) for digit in cards.ICBC)
    assert verdict(wide).ok


def test_a_wrong_check_digit_asks_to_compare_and_tells_the_reviewer() -> None:
    found = verdict(wrong_check_digit(cards.ICBC))
    assert found.ok
    assert found.check_please
    assert found.review_marks == ("card_luhn",)


def test_a_strict_company_refuses_a_wrong_check_digit() -> None:
    rules = with_rules(strict_luhn=True)
    assert verdict(wrong_check_digit(cards.ICBC), rules).code == "card_number_checksum"
    assert verdict(cards.ICBC, rules).ok


def test_a_length_that_the_bank_is_not_known_for_asks_to_compare() -> None:
    found = verdict(cards.made("621226", 18), bank_code="ICBC")
    assert found.ok
    assert found.check_please
    assert "card_length_unusual" in found.review_marks


# The bank


def test_an_unknown_number_lets_the_customer_choose_and_the_reviewer_look() -> None:
    assert verdict(cards.UNKNOWN).code == "card_bank_missing"
    found = verdict(cards.UNKNOWN, bank_code="ICBC")
    assert found.ok
    assert found.review_marks == ("card_bin_unknown",)


def test_an_ambiguous_number_lets_the_customer_choose_among_its_banks() -> None:
    assert verdict(cards.AMBIGUOUS).code == "card_bank_missing"
    assert verdict(cards.AMBIGUOUS, bank_code="ICBC").code == "card_bank_mismatch"
    found = verdict(cards.AMBIGUOUS, bank_code="SPDB")
    assert (found.ok, found.bank_code, found.review_marks) == (True, "SPDB", ("card_bin_ambiguous",))


def test_a_chosen_bank_that_the_number_contradicts_is_refused() -> None:
    assert verdict(cards.ICBC, bank_code="BOC").code == "card_bank_mismatch"


def test_the_bank_need_not_be_chosen_when_the_number_tells_it() -> None:
    assert verdict(cards.ICBC).bank_code == "ICBC"


def test_a_kind_that_nobody_knows_is_told_to_the_reviewer() -> None:
    found = verdict(cards.CONTRADICTED)
    assert found.ok
    assert "card_type_unknown" in found.review_marks


def test_a_companys_own_ranges_are_used() -> None:
    rules = with_rules(extra_bins=(Bin(cards.UNKNOWN[:6], 19, "BOC", "debit"),))
    assert verdict(cards.UNKNOWN, rules).review_marks == ()
    credit = with_rules(extra_bins=(Bin(cards.UNKNOWN[:6], 19, "BOC", "credit"),))
    assert verdict(cards.UNKNOWN, credit).code == "card_is_credit"
