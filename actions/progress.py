"""Where the customer is on the way: the manual's parts rather than each slot (R-008)."""

from __future__ import annotations

from actions.flow import BANK_STEPS, PHOTO_STEPS
from actions.turn import Turn
from settlement.cards import ProgressStep

PARTS: dict[str, tuple[str, ...]] = {
    "part_broker": ("broker", "broker_confirmed", "business", "device_check"),
    "part_login": ("id_number", "account_type", "captcha", "sms_code", "case_no"),
    "part_photos": PHOTO_STEPS,
    "part_bank": BANK_STEPS,
    "part_agreements": ("agreements", "agreements_ticked", "signed"),
    "part_submission": ("submitted",),
}


def steps(turn: Turn, now: str | None) -> list[ProgressStep]:
    """All parts of a change while the step ``now`` waits for its answer; every one is done when none does."""
    found: list[ProgressStep] = []
    reached = False
    for part, names in PARTS.items():
        present = [name for name in turn.order if name in names]
        if not present:
            continue
        here = now in present
        found.append(
            ProgressStep(
                name=part,
                title=turn.wording(f"label_{part}"),
                state="now" if here else ("later" if reached else "done"),
            )
        )
        reached = reached or here
    return found
