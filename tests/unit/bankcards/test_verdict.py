"""Whether a card may be registered: each rule with a card that meets it and one that does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.bankcards.bins import Bin
from settlement.bankcards.verdict import CardDraft, CardRules, OtherCard, Verdict, judge
from tests.unit.bankcards import cards

RULES = CardRules(banks=frozenset({"ICBC", "BOC", "CMB", "SPDB", "GDB"}))
BRANCH = "北京市分行西单支行"


def verdict(number: str, rules: CardRules = RULES, **changes: Any) -> Verdict:
    values: dict[str, Any] = {
        "number": number, "holder": "张三", "customer_name": "张三", "branch": BRANCH, "ocr_number": number,
        **changes,
    }  # fmt: skip
    return judge(CardDraft(**values), rules)


def with_rules(**changes: Any) -> CardRules:
    return RULES.model_copy(update=changes)


def wrong_check_digit(number: str) -> str:
    return number[:-1] + str((int(number[-1]) + 1) % 10)


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


# The holder and the branch


@pytest.mark.parametrize("holder", ["李四", "", "张三丰"])
def test_somebody_elses_card_is_refused(holder: str) -> None:
    assert verdict(cards.ICBC, holder=holder).code == "card_not_own"


def test_a_holder_written_with_another_interpunct_is_the_same() -> None:
    assert verdict(cards.ICBC, holder="阿不•都", customer_name="阿不·都").ok


@pytest.mark.parametrize("branch", ["西单支行", "北京分行", "建国路分理处", "上海证券营业部"])
def test_branches_are_named_down_to_the_branch(branch: str) -> None:
    assert verdict(cards.ICBC, branch=branch).ok


@pytest.mark.parametrize(
    ("branch", "code"),
    [
        ("", "card_branch_missing"),
        ("  ", "card_branch_missing"),
        ("工商银行", "card_branch_malformed"),
        ("支行", "card_branch_malformed"),
        ("支行" * 31, "card_branch_malformed"),
    ],
)
def test_a_missing_or_vague_branch_is_refused(branch: str, code: str) -> None:
    assert verdict(cards.ICBC, branch=branch).code == code


def test_a_company_may_do_without_the_branch() -> None:
    assert verdict(cards.ICBC, with_rules(branch_required=False), branch="").ok


# Beside other cards (R-046, O-16)


def test_the_same_card_twice_is_refused_however_it_is_written() -> None:
    twice = (OtherCard(number=" ".join(cards.ICBC), bank_code="ICBC"),)
    assert verdict(cards.ICBC, others=twice).code == "card_duplicate"


def test_a_registered_card_is_refused() -> None:
    registered = (OtherCard(number=cards.ICBC, bank_code="ICBC"),)
    assert verdict(cards.ICBC, registered=registered).code == "card_already_registered"


def test_one_card_of_each_bank_where_the_company_says_so() -> None:
    other = (OtherCard(number=cards.made("621226", 19, "5555555555"), bank_code="ICBC"),)
    assert verdict(cards.ICBC, others=other).ok
    assert verdict(cards.ICBC, with_rules(one_card_per_bank=True), others=other).code == "card_one_per_bank"
    assert verdict(cards.BOC, with_rules(one_card_per_bank=True), others=other).ok


def test_a_second_card_of_a_registered_bank_is_marked_unless_it_replaces() -> None:
    rules = with_rules(one_card_per_bank=True)
    registered = (OtherCard(number=cards.made("621226", 19, "5555555555"), bank_code="ICBC"),)
    added = verdict(cards.ICBC, rules, registered=registered)
    assert added.ok
    assert "card_same_bank_registered" in added.review_marks
    assert verdict(cards.ICBC, rules, registered=registered, action="replace").review_marks == ()


def test_no_more_cards_than_the_company_takes() -> None:
    others = tuple(OtherCard(number=cards.made("621661", 19, str(n) * 10), bank_code="BOC") for n in range(2))
    assert verdict(cards.ICBC, with_rules(max_cards=3), others=others).ok
    refused = verdict(cards.ICBC, with_rules(max_cards=2), others=others)
    assert (refused.code, refused.facts["max_cards"]) == ("card_too_many", "2")


# All together


def test_numbers_and_names_do_not_show_in_a_repr() -> None:
    draft = CardDraft(
        number=cards.ICBC, holder="张三", customer_name="张三", ocr_number=cards.ICBC,
        others=(OtherCard(number=cards.BOC, bank_code="BOC"),),
    )  # fmt: skip
    assert not any(value in repr(draft) + repr(draft.others) for value in (cards.ICBC, cards.BOC, "张三"))
    assert cards.ICBC not in repr(verdict(cards.ICBC))


@given(st.text(max_size=30), st.sampled_from(["debit", "credit", "prepaid", "quasi_credit", "unknown"]))
def test_nothing_that_is_typed_breaks_the_judgement(number: str, printed: str) -> None:
    found = verdict(number, printed_type=printed, ocr_number="")
    assert found.ok == (found.code is None)


@given(st.text("0123456789", min_size=15, max_size=19), st.sampled_from(sorted(RULES.banks)))
def test_no_card_that_says_credit_ever_passes(number: str, bank: str) -> None:
    assert not verdict(number, printed_type="credit", bank_code=bank).ok
