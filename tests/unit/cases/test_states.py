"""The table of transitions against product/states.md."""

from __future__ import annotations

import ast
from itertools import product

import pytest

from settlement.brokers.schema import STATES
from settlement.cases import states
from settlement.cases.states import Actor, Event, State, find
from settlement.settings import ROOT

PRINTED = "<!-- printed by: python -m settlement.cases.states -->\n\n"

ONE_WAY = [
    ("T01", None, Event.START, Actor.CUSTOMER, State.D_PHOTO),
    ("T02", State.D_PHOTO, Event.FINISH_PHOTOS, Actor.CUSTOMER, State.D_BANK),
    ("T03", State.D_BANK, Event.FINISH_CARDS, Actor.CUSTOMER, State.D_AGREE),
    ("T04", State.D_AGREE, Event.SIGN, Actor.CUSTOMER, State.D_CONFIRM),
    ("T05", State.D_BANK, Event.BACK, Actor.CUSTOMER, State.D_PHOTO),
    ("T05", State.D_AGREE, Event.BACK, Actor.CUSTOMER, State.D_BANK),
    ("T05", State.D_CONFIRM, Event.BACK, Actor.CUSTOMER, State.D_AGREE),
    ("T06", State.D_CONFIRM, Event.SUBMIT, Actor.CUSTOMER, State.W_PENDING),
    ("T06", State.D_CONFIRM, Event.SUBMIT, Actor.CUSTOMER, State.R_PENDING),
    ("T07", State.W_PENDING, Event.WITNESS_CLAIM, Actor.STAFF, State.W_DOING),
    ("T08", State.W_DOING, Event.WITNESS_PASS, Actor.STAFF, State.R_PENDING),
    ("T09", State.W_DOING, Event.WITNESS_FAIL, Actor.STAFF, State.W_REJECTED),
    ("T10", State.W_DOING, Event.WITNESS_RELEASE, Actor.SYSTEM, State.W_PENDING),
    ("T11", State.R_PENDING, Event.REVIEW_CLAIM, Actor.STAFF, State.R_DOING),
    ("T12", State.R_DOING, Event.APPROVE, Actor.STAFF, State.P_EXEC),
    ("T13", State.R_DOING, Event.REJECT, Actor.STAFF, State.R_REJECTED),
    ("T14", State.R_DOING, Event.REVIEW_RELEASE, Actor.SYSTEM, State.R_PENDING),
    ("T15", State.P_EXEC, Event.EXECUTED, Actor.SYSTEM, State.C_DONE),
    ("T16", State.P_EXEC, Event.EXECUTION_FAILED, Actor.SYSTEM, State.P_FAILED),
]


@pytest.mark.parametrize("row", ONE_WAY, ids=lambda row: f"{row[0]} {row[1]} {row[4]}")
def test_every_transition_of_the_manual_is_in_the_table(
    row: tuple[str, State | None, Event, Actor, State],
) -> None:
    number, state, event, actor, to = row
    found = find(state, event, actor, to)
    assert found is not None
    assert found.number == number


def test_the_lock_is_held_from_the_submission_until_the_end_of_the_registering() -> None:
    assert {"W_PENDING", "W_DOING", "R_PENDING", "R_DOING", "P_EXEC"} == states.LOCK


def test_a_lock_is_taken_by_submitting_alone() -> None:
    taking = {
        row.event for row in states.TRANSITIONS if row.source not in states.LOCK and row.target in states.LOCK
    }
    assert taking == {Event.SUBMIT}


def test_a_lock_is_given_back_only_as_i3_says() -> None:
    giving = {
        row.event for row in states.TRANSITIONS if row.source in states.LOCK and row.target not in states.LOCK
    }
    assert giving == {
        Event.WITNESS_FAIL, Event.REJECT, Event.EXECUTED, Event.EXECUTION_FAILED, Event.ABANDON,
    }  # fmt: skip


def test_nothing_leaves_a_completed_state() -> None:
    assert not [row for row in states.TRANSITIONS if row.source in states.COMPLETED]


def test_a_case_may_be_abandoned_until_somebody_claims_it_and_never_while_it_is_registered() -> None:
    allowed = {row.source for row in states.TRANSITIONS if row.event is Event.ABANDON}
    assert allowed == states.UNFINISHED - {State.W_DOING, State.R_DOING, State.P_EXEC}


def test_reopening_leads_to_any_draft_step() -> None:
    for source, target in product(states.REOPENABLE, states.DRAFT_ORDER):
        assert find(source, Event.REOPEN, Actor.CUSTOMER, target) is not None


def test_every_state_can_be_reached_and_every_unfinished_one_left() -> None:
    assert {row.target for row in states.TRANSITIONS} == set(State)
    assert {row.source for row in states.TRANSITIONS} - {None} == states.UNFINISHED


def test_a_customer_never_does_what_staff_do() -> None:
    staff = {row.event for row in states.TRANSITIONS if row.actor is Actor.STAFF}
    customer = {row.event for row in states.TRANSITIONS if row.actor is Actor.CUSTOMER}
    assert not staff & customer


def test_the_companies_label_these_very_states() -> None:
    assert set(STATES) == set(State)


def test_only_move_writes_the_state_of_a_case() -> None:
    """Searches the core for assignments to ``.state`` and for ``update(Case)``."""
    writers = set()
    for path in sorted((ROOT / "settlement").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if path.parent.name != "cases" and "settlement.cases.models" not in source:
            continue  # what trainers review has a state as well, and cannot reach a case
        for node in ast.walk(ast.parse(source)):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if any(isinstance(target, ast.Attribute) and target.attr == "state" for target in targets):
                writers.add(path.name)
            if isinstance(node, ast.Call) and ast.unparse(node).startswith("update(Case)"):
                writers.add(path.name)
    assert writers == {"transitions.py"}


def test_the_documentation_shows_the_table_as_it_is() -> None:
    shown = (ROOT / "docs/cases.md").read_text(encoding="utf-8").split(PRINTED)[1]
    assert shown == states.markdown()
