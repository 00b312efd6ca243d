"""Masks, one per kind of value (product notes on masking, 5.1): the same form for one audience everywhere."""

from __future__ import annotations

from settlement.security.tokens import Kind

NOTHING = "＊＊＊"


def mask(kind: Kind, value: str) -> str:
    """What a customer is shown of ``value`` in chat, SMS and lists; never more than half of a short value."""
    match kind:
        case Kind.ID_NUMBER:
            return _ends(value, 3, 4)
        case Kind.PHONE:
            return _ends(value, 3, 4)
        case Kind.CARD_NUMBER | Kind.ACCOUNT:
            return f"尾号{value[-4:]}" if len(value) >= 8 else NOTHING
        case Kind.NAME:
            return _name(value)
        case Kind.CODE:
            return "*" * len(value)
        case Kind.ADDRESS:
            return f"{value[:6]}****" if len(value) >= 12 else NOTHING


def _ends(value: str, first: int, last: int) -> str:
    hidden = len(value) - first - last
    return f"{value[:first]}{'*' * hidden}{value[-last:]}" if hidden >= 4 else NOTHING


def _name(value: str) -> str:
    """``张三`` → ``张*``, ``阿依古丽·买买提`` → ``阿***提``: the length of a long name is not told."""
    if len(value) < 2:
        return "*"
    return f"{value[0]}{'*' * (len(value) - 1)}" if len(value) <= 3 else f"{value[0]}***{value[-1]}"
