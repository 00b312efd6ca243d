"""Reasons for turning a submission down: chosen by staff, read by the customer as 备注 (R-075)."""

from __future__ import annotations

from collections.abc import Sequence

from settlement.brokers.schema import Broker, RejectReason
from settlement.cases.desk_views import DeskError

REMARK_LENGTH = 300


def customer_text(reasons: Sequence[RejectReason], remark: str) -> str:
    """What the customer reads as 备注: the wording of each reason, then what was written by hand."""
    return "；".join([*(reason.customer.rstrip("。；") for reason in reasons), *([remark] if remark else [])])


def chosen(broker: Broker, codes: Sequence[str], remark: str, stage: str) -> list[RejectReason]:
    """The reasons behind ``codes``; each must be one of the company's, for this stage."""
    if not codes:
        raise DeskError("reasons_required")
    found = []
    for code in dict.fromkeys(codes):
        reason = broker.reject_reasons.get(code)
        if reason is None or not reason.active or reason.stage not in (stage, "any"):
            raise DeskError("reason_unknown")
        if reason.remark_required and not remark:
            raise DeskError("remark_required")
        found.append(reason)
    return found


def cleaned(remark: str) -> str:
    """One line without control characters: it is shown to the customer and in the chat."""
    return " ".join("".join(char if char.isprintable() else " " for char in remark).split())[:REMARK_LENGTH]
