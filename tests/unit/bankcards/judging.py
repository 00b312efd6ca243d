"""Judge a card that is right but for what a test changes."""

from __future__ import annotations

from typing import Any

from settlement.bankcards.verdict import CardDraft, CardRules, Verdict, judge

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
