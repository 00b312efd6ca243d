"""The states of a case and the one table of transitions between them (product/states.md).

``python -m settlement.cases.states`` prints them as docs/cases.md shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where a case stands (§2.1)."""

    D_PHOTO = "D_PHOTO"
    D_BANK = "D_BANK"
    D_AGREE = "D_AGREE"
    D_CONFIRM = "D_CONFIRM"
    W_PENDING = "W_PENDING"
    W_DOING = "W_DOING"
    W_REJECTED = "W_REJECTED"
    R_PENDING = "R_PENDING"
    R_DOING = "R_DOING"
    R_REJECTED = "R_REJECTED"
    P_EXEC = "P_EXEC"
    P_FAILED = "P_FAILED"
    C_DONE = "C_DONE"
    C_ABANDONED = "C_ABANDONED"
    C_EXPIRED = "C_EXPIRED"


class Actor(StrEnum):
    """Who moved a case."""

    CUSTOMER = "customer"
    STAFF = "staff"
    SYSTEM = "system"


class Event(StrEnum):
    """What happened to a case."""

    START = "start"
    FINISH_PHOTOS = "finish_photos"
    FINISH_CARDS = "finish_cards"
    SIGN = "sign"
    BACK = "back"
    REVISE = "revise"
    SUBMIT = "submit"
    WITNESS_CLAIM = "witness_claim"
    WITNESS_PASS = "witness_pass"  # noqa: S105 - an event, not a password
    WITNESS_FAIL = "witness_fail"
    WITNESS_RELEASE = "witness_release"
    REVIEW_CLAIM = "review_claim"
    APPROVE = "approve"
    REJECT = "reject"
    REVIEW_RELEASE = "review_release"
    EXECUTED = "executed"
    EXECUTION_FAILED = "execution_failed"
    REOPEN = "reopen"
    ABANDON = "abandon"
    EXPIRE = "expire"


@dataclass(frozen=True)
class Transition:
    """One way from ``source`` (``None``: the case is new) to ``target``; ``guard`` names what must hold."""

    number: str
    source: State | None
    event: Event
    actor: Actor
    target: State
    guard: str


DRAFT_ORDER = (State.D_PHOTO, State.D_BANK, State.D_AGREE, State.D_CONFIRM)
CUSTOMER_EDITABLE = frozenset(DRAFT_ORDER)
REOPENABLE = frozenset({State.W_REJECTED, State.R_REJECTED, State.P_FAILED})
COMPLETED = frozenset({State.C_DONE, State.C_ABANDONED, State.C_EXPIRED})
UNFINISHED = frozenset(State) - COMPLETED

# Holding the right to submit: at most one case of a customer, by a partial unique index (I1).
LOCK = frozenset({State.W_PENDING, State.W_DOING, State.R_PENDING, State.R_DOING, State.P_EXEC})

# O-05: until a witness or a reviewer has claimed it; never while it is being registered.
ABANDONABLE = CUSTOMER_EDITABLE | REOPENABLE | {State.W_PENDING, State.R_PENDING}
EXPIRABLE = CUSTOMER_EDITABLE | {State.W_REJECTED, State.R_REJECTED}

# 待完成 or 已完成.
BUCKET = {state: "completed" if state in COMPLETED else "pending" for state in State}


def _table() -> tuple[Transition, ...]:
    """T01–T20 of product/states.md §2.2; T06x and T20 are refusals and therefore no rows."""
    s, e, customer, staff, system = State, Event, Actor.CUSTOMER, Actor.STAFF, Actor.SYSTEM
    rows = [
        Transition("T01", None, e.START, customer, s.D_PHOTO, "device_ready_and_nothing_else_unfinished"),
        Transition("T02", s.D_PHOTO, e.FINISH_PHOTOS, customer, s.D_BANK, "photos_identity_letter"),
        Transition("T03", s.D_BANK, e.FINISH_CARDS, customer, s.D_AGREE, "every_card_passes"),
        Transition("T04", s.D_AGREE, e.SIGN, customer, s.D_CONFIRM, "documents_read_agreed_ticked"),
        Transition("T06", s.D_CONFIRM, e.SUBMIT, customer, s.W_PENDING, "may_submit_with_witness"),
        Transition("T06", s.D_CONFIRM, e.SUBMIT, customer, s.R_PENDING, "may_submit_without_witness"),
        Transition("T07", s.W_PENDING, e.WITNESS_CLAIM, staff, s.W_DOING, "is_witness"),
        Transition("T08", s.W_DOING, e.WITNESS_PASS, staff, s.R_PENDING, "holds_the_claim"),
        Transition(
            "T09", s.W_DOING, e.WITNESS_FAIL, staff, s.W_REJECTED, "holds_the_claim_and_gives_reasons"
        ),
        Transition("T10", s.W_DOING, e.WITNESS_RELEASE, staff, s.W_PENDING, "holds_the_claim"),
        Transition("T10", s.W_DOING, e.WITNESS_RELEASE, system, s.W_PENDING, "claim_timed_out"),
        Transition("T11", s.R_PENDING, e.REVIEW_CLAIM, staff, s.R_DOING, "is_reviewer_and_not_the_witness"),
        Transition("T12", s.R_DOING, e.APPROVE, staff, s.P_EXEC, "holds_the_claim"),
        Transition("T13", s.R_DOING, e.REJECT, staff, s.R_REJECTED, "holds_the_claim_and_gives_reasons"),
        Transition("T14", s.R_DOING, e.REVIEW_RELEASE, staff, s.R_PENDING, "holds_the_claim"),
        Transition("T14", s.R_DOING, e.REVIEW_RELEASE, system, s.R_PENDING, "claim_timed_out"),
        Transition("T15", s.P_EXEC, e.EXECUTED, system, s.C_DONE, "counter_registered"),
        Transition("T16", s.P_EXEC, e.EXECUTION_FAILED, system, s.P_FAILED, "counter_refused"),
    ]
    for position, source in enumerate(DRAFT_ORDER[1:], start=1):
        previous = DRAFT_ORDER[position - 1]
        rows.append(Transition("T05", source, e.BACK, customer, previous, "not_submitted"))
        rows += [
            Transition("T05", source, e.REVISE, customer, earlier, "content_of_an_earlier_step_changed")
            for earlier in DRAFT_ORDER[:position]
        ]
    # What a submission rests on may change after the signing (a document, a bank list): back to that step.
    rows += [
        Transition("T05", s.D_CONFIRM, e.REVISE, system, step, "submission_no_longer_valid")
        for step in DRAFT_ORDER[:-1]
    ]
    for source in sorted(REOPENABLE):
        rows += [
            Transition("T17", source, e.REOPEN, customer, step, "logged_in_since") for step in DRAFT_ORDER
        ]
    rows += [
        Transition("T18", source, e.ABANDON, customer, s.C_ABANDONED, "not_claimed")
        for source in sorted(ABANDONABLE)
    ]
    rows += [
        Transition("T19", source, e.EXPIRE, system, s.C_EXPIRED, "untouched_for_draft_days")
        for source in sorted(EXPIRABLE)
    ]
    return tuple(rows)


TRANSITIONS = _table()
_INDEX = {(row.source, row.event, row.actor, row.target): row for row in TRANSITIONS}


def find(source: State | None, event: Event, actor: Actor, target: State) -> Transition | None:
    """The row for this move, or ``None`` when no rule allows it."""
    return _INDEX.get((source, event, actor, target))


def markdown() -> str:
    """States, transitions and a Mermaid diagram of them, for docs/cases.md."""
    lines = ["| State | Bucket | Right to submit | May be given up |", "|---|---|---|---|"]
    lines += [
        f"| {state} | {BUCKET[state]} | {_yes(state in LOCK)} | {_yes(state in ABANDONABLE)} |"
        for state in State
    ]
    lines += ["", "| No. | From | Event | Actor | Guard | To |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {row.number} | {row.source or 'new'} | {row.event} | {row.actor} | {row.guard} | {row.target} |"
        for row in sorted(TRANSITIONS, key=lambda row: row.number)
    ]
    lines += ["", "```mermaid", "stateDiagram-v2"]
    lines += dict.fromkeys(
        f"  {row.source or '[*]'} --> {row.target}: {row.number} {row.event}" for row in TRANSITIONS
    )
    lines += [f"  {state} --> [*]" for state in State if state in COMPLETED]
    return "\n".join([*lines, "```"]) + "\n"


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


if __name__ == "__main__":
    print(markdown(), end="")
