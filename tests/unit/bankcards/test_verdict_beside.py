"""Whether a card may be registered: its holder, its branch, the cards beside it, and all rules together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.bankcards.verdict import CardDraft, OtherCard
from tests.unit.bankcards import cards
from tests.unit.bankcards.judging import RULES, verdict, with_rules

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
