"""Whether a card may become a settlement account: R-039 … R-041, R-043 … R-048.

Judged on the values as they are after every edit; a wrong photo or a failed reading never refuses a card
that is right (R-041), and values typed over a good photo are not believed more than the photo (R-044).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from settlement.bankcards import branches
from settlement.bankcards.banks import bank_of
from settlement.bankcards.bins import Bin, BinMatch, CardType, known_lengths, look_up
from settlement.bankcards.numbers import luhn, normalise
from settlement.identity import names

SHORTEST, LONGEST = 15, 19


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OtherCard(_Frozen):
    """Another card of the same case, or one that is registered already."""

    number: str = Field(repr=False)
    bank_code: str


class CardDraft(_Frozen):
    """A card as the customer confirms it.

    ``bank_code`` is the bank chosen (or read); ``printed_type`` is what words on the card say, if they were
    read; ``ocr_number`` is empty when reading failed.
    """

    number: str = Field(repr=False)
    holder: str = Field(repr=False)
    customer_name: str = Field(repr=False)
    bank_code: str | None = None
    branch: str = ""
    ocr_number: str = Field(default="", repr=False)
    printed_type: CardType = "unknown"
    action: Literal["add", "replace"] = "add"
    others: tuple[OtherCard, ...] = Field(default=(), repr=False)
    registered: tuple[OtherCard, ...] = Field(
        default=(), repr=False, description="without the one to replace"
    )


class CardRules(_Frozen):
    """What one futures company asks of a card (``Broker.card_rules``)."""

    banks: frozenset[str]
    accept_quasi_credit: bool = False
    strict_luhn: bool = False
    max_cards: int = 5
    one_card_per_bank: bool = False
    branch_required: bool = True
    extra_bins: tuple[Bin, ...] = ()


class Verdict(_Frozen):
    """``code`` names the first rule that refuses; ``review_marks`` go to the reviewer, with ``facts`` for
    wording.

    ``check_please`` asks the customer to compare the number once more. ``bank_code`` and ``card_type`` are
    what the rules were applied to.
    """

    ok: bool
    code: str | None = None
    review_marks: tuple[str, ...] = ()
    check_please: bool = False
    facts: dict[str, str] = Field(default_factory=dict)
    bank_code: str | None = None
    bank_name: str = ""
    card_type: CardType = "unknown"


def judge(draft: CardDraft, rules: CardRules) -> Verdict:
    """Apply every rule in the order in which a customer can mend things: number, kind, bank, holder, rest."""
    number = normalise(draft.number)
    draft = draft.model_copy(update={"printed_type": _printed(draft, rules, number)})
    found = look_up(number, rules.extra_bins)
    edited = normalise(draft.ocr_number) != number
    card_type = found.card_type if found else "unknown"
    if card_type == "unknown":
        card_type = draft.printed_type
    bank_code = found.bank_code if found and not found.ambiguous else (draft.bank_code or "")
    bank = bank_of(bank_code)
    bank_name = bank.name if bank else (found.bank_name if found else "")

    code = _refusal(draft, rules, number, found, bank_code, edited)
    marks = _marks(draft, rules, number, found, bank_code, edited)
    facts = {"bank": bank_name} if bank_name else {}
    if code == "card_too_many":
        facts["max_cards"] = str(rules.max_cards)
    return Verdict(
        ok=code is None,
        code=code,
        review_marks=marks,
        check_please="card_luhn" in marks or "card_length_unusual" in marks,
        facts=facts,
        bank_code=bank_code or None,
        bank_name=bank_name,
        card_type=card_type,
    )


def _printed(draft: CardDraft, rules: CardRules, number: str) -> CardType:
    """What the card says of itself, unless that was only concluded from a number that was misread.

    A reader may conclude the type from the number. When that number fails its own check digit and the
    customer corrected its first digits, the conclusion goes with it; otherwise a credit card's photo
    stays one (R-039).
    """
    read = normalise(draft.ocr_number)
    if not read or read == number or luhn(read) or read[:6] == number[:6]:
        return draft.printed_type
    concluded = look_up(read, rules.extra_bins)
    return "unknown" if concluded and concluded.card_type == draft.printed_type else draft.printed_type


def _refusal(
    draft: CardDraft, rules: CardRules, number: str, found: BinMatch | None, bank_code: str, edited: bool
) -> str | None:
    checks: tuple[Callable[[], str | None], ...] = (
        lambda: _number(rules, number, found),
        lambda: _issuer(rules, found),
        lambda: _kind(draft, rules, found, edited),
        lambda: _bank(draft, rules, found, bank_code),
        lambda: None if names.same(draft.holder, draft.customer_name) else "card_not_own",
        lambda: _branch(draft, rules),
        lambda: _beside_others(draft, rules, number, bank_code),
    )
    return next((code for check in checks if (code := check())), None)


def _number(rules: CardRules, number: str, found: BinMatch | None) -> str | None:
    if not (number.isascii() and number.isdigit()):
        return "card_number_malformed"
    # Some banks issue 20 digits; only a table row for that very length vouches for one.
    if not SHORTEST <= len(number) <= LONGEST and not (len(number) == 20 and found):
        return "card_number_length"
    if len(set(number)) == 1:
        return "card_number_malformed"
    return "card_number_checksum" if rules.strict_luhn and not luhn(number) else None


def _issuer(rules: CardRules, found: BinMatch | None) -> str | None:
    # Before the kind of card: the tables are surer of banks than of kinds, and no card of this bank will do.
    if found is None or found.ambiguous or found.bank_code in rules.banks:
        return None
    return "card_bank_not_supported"


def _kind(draft: CardDraft, rules: CardRules, found: BinMatch | None, edited: bool) -> str | None:
    by_table = found.card_type if found else "unknown"
    # Three witnesses (validation.md §6.2): the table, the words on the card, the reviewer. A table that is
    # contradicted by the words on this very card is left to the reviewer.
    believed = not (draft.printed_type == "debit" and not edited)
    kinds = {draft.printed_type, by_table if believed else "unknown"}
    if "credit" in kinds:
        return "card_is_credit"
    if "prepaid" in kinds:
        return "card_is_prepaid"
    if "quasi_credit" in kinds and not rules.accept_quasi_credit:
        return "card_is_quasi_credit"
    return None


def _bank(draft: CardDraft, rules: CardRules, found: BinMatch | None, bank_code: str) -> str | None:
    if found and not found.ambiguous:
        if draft.bank_code and draft.bank_code != found.bank_code:
            return "card_bank_mismatch"
        return None
    if not bank_code:
        return "card_bank_missing"
    if found and bank_code not in found.candidates:
        return "card_bank_mismatch"
    return None if bank_code in rules.banks else "card_bank_not_supported"


def _branch(draft: CardDraft, rules: CardRules) -> str | None:
    branch = draft.branch.strip()
    if not branch:
        return "card_branch_missing" if rules.branch_required else None
    return None if 4 <= len(branch) <= 60 and branches.is_name(branch) else "card_branch_malformed"


def _beside_others(draft: CardDraft, rules: CardRules, number: str, bank_code: str) -> str | None:
    if any(normalise(other.number) == number for other in draft.others):
        return "card_duplicate"
    if any(normalise(other.number) == number for other in draft.registered):
        return "card_already_registered"
    if rules.one_card_per_bank and any(other.bank_code == bank_code for other in draft.others):
        return "card_one_per_bank"
    return "card_too_many" if len(draft.others) >= rules.max_cards else None


def _marks(
    draft: CardDraft, rules: CardRules, number: str, found: BinMatch | None, bank_code: str, edited: bool
) -> tuple[str, ...]:
    lengths = known_lengths(number, rules.extra_bins)
    conflict = bool(found) and {draft.printed_type, found.card_type if found else ""} in (
        {"debit", "credit"}, {"debit", "prepaid"}, {"debit", "quasi_credit"},
    )  # fmt: skip
    same_bank = draft.action == "add" and any(other.bank_code == bank_code for other in draft.registered)
    marks = {
        "card_luhn": not luhn(number),
        "card_length_unusual": bool(lengths) and len(number) not in lengths,
        "card_bin_unknown": found is None,
        "card_bin_ambiguous": found is not None and found.ambiguous,
        "card_type_unknown": found is not None and found.card_type == "unknown",
        "card_type_conflict": conflict,
        "card_ocr_failed": not draft.ocr_number,
        "card_number_edited": bool(draft.ocr_number) and edited,
        "card_same_bank_registered": rules.one_card_per_bank and same_bank,
    }
    return tuple(name for name, applies in marks.items() if applies)
