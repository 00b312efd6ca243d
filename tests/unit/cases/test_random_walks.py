"""Whatever customers, staff and time do in whatever order, no invariant of product/states.md breaks."""

from __future__ import annotations

from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from settlement.cases.audit import Audit
from settlement.cases.models import Case, CaseEvent, CaseSubmission
from settlement.cases.sealed import sha256
from settlement.cases.states import COMPLETED, LOCK, Actor, Event, State, find
from tests.unit.cases.walk import Walk
from tests.unit.cases.world import BROKER, World

FREEING = {Event.WITNESS_FAIL, Event.REJECT, Event.EXECUTED, Event.EXECUTION_FAILED, Event.ABANDON}
# Getting on is tried more often than the rest, or no case would come far.
STEPS = (
    *("advance",) * 7, *("work",) * 7, *("register",) * 3, "claim", "claim", "accept", "refuse", "start",
    "arrive", "resend", "race", "race", "back", "edit", "abandon", "reopen", "reopen", "release", "time_out",
    "expire",
)  # fmt: skip
# Three cases, two of them of one customer, are ready to be submitted: from there on anything may happen.
BEGINNING = (
    ("start", 0, 0), ("arrive", 1, 0), ("arrive", 0, 0),
    *(("advance", 0, case) for case in (0, 1, 2) for _ in range(3)),
    *(("advance", 0, case) for case in (0, 1, 2)),
)  # fmt: skip
WALKS = st.tuples(
    st.booleans(),
    st.lists(
        st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.integers(0, 5)), min_size=40, max_size=60
    ),
)
Seen = dict[str, list[tuple[object, ...]]]
NUMBERS = count(1)


async def check(walk: Walk, seen: Seen) -> None:
    """Look at everything in the database; ``seen`` is what earlier looks found, and grows."""
    async with walk.world.database.reading() as session:
        mine = Case.customer_id.in_([owner.customer for owner in walk.owners])
        cases = list(await session.scalars(select(Case).where(mine)))
        ids = [case.id for case in cases]
        events = list(
            await session.scalars(
                select(CaseEvent).where(CaseEvent.case_id.in_(ids)).order_by(CaseEvent.case_id, CaseEvent.seq)
            )
        )
        kept = list(
            await session.scalars(
                select(CaseSubmission)
                .where(CaseSubmission.case_id.in_(ids))
                .order_by(CaseSubmission.case_id, CaseSubmission.attempt)
            )
        )
    for owner in walk.owners:  # I1
        assert sum(case.state in LOCK for case in cases if case.customer_id == owner.customer) <= 1
    for case in cases:
        of_case = [event for event in events if event.case_id == case.id]
        check_events(case, of_case)
        submissions = [one for one in kept if one.case_id == case.id]
        assert [one.attempt for one in submissions] == list(range(1, case.attempt + 1))
        assert sum(event.event == Event.SUBMIT for event in of_case) == case.attempt
        for one in submissions:  # I7
            assert sha256(one.snapshot) == one.snapshot_sha256
        grows(seen, f"events {case.id}", [(one.id, one.to_state, one.at, one.actor_id) for one in of_case])
        grows(seen, f"snapshots {case.id}", [(one.id, one.snapshot_sha256) for one in submissions])


def check_events(case: Case, events: list[CaseEvent]) -> None:
    """The events lead from the beginning to the present state, each by a row of the table."""
    before: str | None = None
    for seq, event in enumerate(events, start=1):
        source = State(before) if before else None
        assert (event.seq, event.from_state) == (seq, before)
        row = find(source, Event(event.event), Actor(event.actor), State(event.to_state))
        assert row is not None
        assert row.number == event.number
        assert before not in COMPLETED  # T20
        if before in LOCK and event.to_state not in LOCK:  # I3
            assert event.event in FREEING
        before = event.to_state
    assert before == case.state


def grows(seen: Seen, name: str, now: list[tuple[object, ...]]) -> None:
    """What was there is still there, in its place."""
    before = seen.get(name, [])
    assert now[: len(before)] == before
    seen[name] = now


@settings(
    max_examples=6, deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(plan=WALKS)
async def test_no_sequence_of_events_breaks_an_invariant(
    world: World, plan: tuple[bool, list[tuple[str, int, int]]]
) -> None:
    await walked(world, *plan)


async def test_a_walk_leads_past_a_registration_and_a_race(world: World) -> None:
    """What random walks reach now and then: I5 and I6 have been looked at for certain."""
    walk = await walked(world, False, [("race", 0, 1), ("work", 0, 0), ("register", 0, 0), ("advance", 0, 2)])
    assert {"registered done", "refused registered_accounts_changed"} <= walk.happened
    assert walk.happened & {"race ended in C_ABANDONED", "race ended in R_DOING"}


async def walked(world: World, witnessed: bool, steps: list[tuple[str, int, int]]) -> Walk:
    """The steps after the beginning, everything checked after each."""
    if world.brokers.get(BROKER).needs_witness is not witnessed:
        world.configure("broker.yml", needs_witness=witnessed)
    walk, seen = await Walk.begin(world, next(NUMBERS)), Seen()
    for what, who, which in (*BEGINNING, *steps):
        await walk.step(what, who, which)
        await check(walk, seen)
    async with world.database.reading() as session:
        assert (await Audit(world.keyring).verify(session))[1] is None
    return walk
