"""What several looks at one photo say together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from math import prod

from settlement.ocr.card_number import Candidate, candidates, mended
from settlement.ocr.lines import SURE_OF_DIGIT, Line, unsure
from settlement.ocr.nation import NATIONS
from settlement.ocr.reading import Kind, ReadField

Fields = dict[str, ReadField]
_ALONE = ("name", "address", "authority", "nation")  # values that do not rest on another
_TOGETHER = {"id_front": ("id_number", "birth", "sex"), "id_back": ("valid_from", "valid_until")}
_BESIDE = ("expiry", "card_type", "bank_name", "bank_code")


def merged(kind: Kind, best: Fields, looks: Sequence[Fields], held: Callable[[Fields], bool]) -> Fields:
    """The best look's values with what other looks at the same side of the same card read better.

    A value on which looks differ is doubtful, however sure one of them was; what most of them read is taken.
    ``held``: whether the values that are checked against each other hold.
    """
    fields = dict(best)
    if kind == "bank_card":
        number = fields.get("card_number")
        for look in looks:  # which card it is, only its number tells
            if number and (other := look.get("card_number")) and other.value == number.value:
                fields |= {name: look[name] for name in _BESIDE if name in look and name not in fields}
        return fields
    group = _TOGETHER.get(kind, ())
    for look in looks:
        if not held(fields) and held(look):
            fields |= {name: look[name] for name in group if name in look}
    for name in _ALONE:  # the nation last: looks without one are left out from there on
        if name == "nation" and any(_exists(look) for look in looks):
            looks = [look for look in looks if _exists(look)]
            fields["nation"] = fields["nation"] if _exists(fields) else looks[0]["nation"]
        for look in looks:
            if name in look and (name not in fields or _better(look[name], fields[name])):
                fields[name] = look[name]
        told = Counter(look[name].value for look in looks if name in look)
        if len(told) < 2:
            continue
        if fields[name].doubtful:
            value, times = told.most_common(1)[0]
            if times > max(1, told[fields[name].value]):
                fields[name] = next(
                    look[name] for look in looks if name in look and look[name].value == value
                )
        fields[name] = fields[name].model_copy(update={"doubtful": True})
    return fields


def _exists(look: Fields) -> bool:
    return "nation" in look and look["nation"].value in NATIONS


def _better(one: ReadField, other: ReadField) -> bool:
    return (other.torn, other.doubtful, one.confidence) > (one.torn, one.doubtful, other.confidence)


def voted_number(looks: Sequence[Sequence[Line]]) -> ReadField | None:
    """The card number, each digit as it was read most surely, then mended by the check digit; always marked.

    None when fewer than two looks read a number of that length, or when the check digit does not hold.
    """
    read = [found[0] for lines in looks if (found := candidates(list(lines)))]
    lengths = Counter(len(one.number) for one in read)
    if not lengths or lengths.most_common(1)[0][1] < 2:
        return None
    length = lengths.most_common(1)[0][0]
    together = _together([one for one in read if len(one.number) == length])
    number = mended(together)
    if not number.known:
        return None
    places = unsure(together.odds)
    return ReadField(value=number.number, confidence=min(together.odds), doubtful=True, unsure=places)


def _together(read: Sequence[Candidate]) -> Candidate:
    """One candidate of several of a length; where they differ, its digit is not sure."""
    odds, number, rivals = [], "", []
    for at in range(len(read[0].number)):
        best = max(read, key=lambda one: one.odds[at])
        differ = any(one.number[at] != best.number[at] for one in read)
        number += best.number[at]
        agreed = 1 - prod(1 - one.odds[at] for one in read)
        odds.append(min(best.odds[at], SURE_OF_DIGIT - 0.01) if differ else agreed)
        others = "".join(one.number[at] for one in read if one.number[at] != best.number[at])
        rivals.append(others + (best.rivals[at] if best.rivals else ""))
    return replace(read[0], number=number, odds=tuple(odds), rivals=tuple(rivals))
