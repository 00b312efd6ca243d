"""What random people do to random cases, a step at a time; a refusal is an answer, other errors are not."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta

from settlement.cases.desk_views import Staff
from settlement.cases.execution import Executor
from settlement.cases.inputs import Owner
from settlement.cases.states import CUSTOMER_EDITABLE, LOCK, State
from settlement.cases.views import CaseView
from settlement.errors import CustomerError
from settlement.ports.counter import ChangeOutcome, ChangeRequest
from settlement.ports.counter_local import LocalCounter
from tests.unit.cases.world import BROKER, PEOPLE, PERSON, WHERE, World, icbc_card

MOST_CASES = 3
ANSWERS = ("done", "in_progress", "data_check_failed", "real_name_failed", "other_error")
AFTER = {"done": State.C_DONE, "in_progress": State.P_EXEC}  # I8; else P_FAILED


def id_number(index: int) -> str:
    """The identity number of a person who is nobody, with its check digit (GB 11643)."""
    body = PEOPLE[PERSON].id_number[:14] + f"{index:03d}"
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return body + "10X98765432"[total % 11]


class Answering(LocalCounter):
    """A counter that answers what it is told, for every request."""

    answer = "done"

    async def change_settlement_accounts(self, broker: str, request: ChangeRequest) -> ChangeOutcome:
        """The answer of the moment."""
        done = self.answer == "done"
        account = request.fund_account if done else None
        return ChangeOutcome.model_validate({"result": self.answer, "fund_account": account})


@dataclass
class Walk:
    """Two customers with their cases, and four members of staff."""

    world: World
    executor: Executor
    counter: Answering
    owners: list[Owner]
    staff: list[Staff]
    cases: list[tuple[Owner, str]] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    cards: int = 0
    signed: dict[str, int] = field(default_factory=dict)  # case → what was registered of the owner's by then
    happened: set[str] = field(default_factory=set)

    @classmethod
    async def begin(cls, world: World, number: int) -> Walk:
        """New people in the same database, for the ``number``-th walk."""
        owners = []
        for index in range(2):
            known = PEOPLE[PERSON].model_copy(
                update={"customer_no": f"W{number}-{index}", "id_number": id_number(2 * number + index)}
            )
            customer = await world.customers.upsert(BROKER, known)
            owners.append(Owner(broker=BROKER, customer=customer.id))
        roles = ("witness", "witness", "reviewer", "reviewer")
        staff = [await world.hire(f"{role} {number}-{index}", role) for index, role in enumerate(roles)]
        counter = Answering(world.folder.parent / "answering.db", world.keyring)
        return cls(world, world.executor_of(counter), counter, owners, staff)

    async def step(self, what: str, who: int, which: int) -> None:
        """Try ``what``: by the customer or the member of staff ``who``, on the case ``which``."""
        action: Callable[[int, int], Awaitable[None]] = getattr(self, f"do_{what}")
        self.world.time.pass_by(seconds=1)
        try:
            await action(who, which)
        except CustomerError as refusal:
            self.happened.add(f"refused {refusal.code}")
        else:
            self.happened.add(what)

    def pick(self, which: int) -> tuple[Owner, str]:
        """One of the cases."""
        if not self.cases:
            raise CustomerError("nothing_yet")
        return self.cases[which % len(self.cases)]

    def new_card(self) -> str:
        self.cards += 1
        return icbc_card(self.cards)

    async def do_start(self, who: int, _: int) -> None:
        owner = self.owners[who % 2]
        pending, _completed = await self.world.cases.list(owner)
        view = await self.world.started(owner)
        if pending:  # I4: nothing new beside what is unfinished
            assert view.case_no in {one.case_no for one in pending}
        else:
            self.cases.append((owner, view.case_no))

    async def do_arrive(self, who: int, _: int) -> None:
        """A case comes by another channel, past the guard."""
        owner = self.owners[who % 2]
        if sum(one == owner for one, _case in self.cases) < MOST_CASES:
            self.cases.append((owner, (await self.world.another(owner)).case_no))

    async def do_advance(self, _: int, which: int) -> None:
        """What a customer does next who wants to get on."""
        world, (owner, case_no) = self.world, self.pick(which)
        view = await world.cases.get(owner, case_no)
        if view.state is State.D_PHOTO:
            if not view.identity:
                await world.with_photos(owner, case_no)
                await world.read_all(owner, case_no, "photo")
            await world.cases.finish_photos(owner, case_no)
        elif view.state is State.D_BANK:
            if not view.cards:
                await world.read_all(owner, case_no, "bank")
                await world.cases.put_card(owner, case_no, await world.card(owner, self.new_card()))
            await world.cases.finish_cards(owner, case_no)
        elif view.state is State.D_AGREE:
            if not any(one.document_id == "contract" and one.agreed_at for one in view.readings):
                await world.read_all(owner, case_no, "agreement")
            await world.cases.tick_documents(owner, case_no, True)
            await world.cases.sign(owner, case_no, **WHERE)
            self.signed[case_no] = await self.registered(owner)
        else:
            await self.submit(view, owner, secrets.token_hex(8))

    async def do_resend(self, _: int, which: int) -> None:
        """The tap on the button arrives once more; one key is one submission."""
        owner, case_no = self.pick(which)
        if case_no in self.keys:
            before = await self.world.cases.get(owner, case_no)
            after = await self.world.cases.submit(owner, case_no, idempotency_key=self.keys[case_no])
            assert (after.attempt, after.state) == (before.attempt, before.state)

    async def submit(self, view: CaseView, owner: Owner, key: str) -> None:
        """Submit; the refusal for another's sake is right exactly when another holds the right (I1, I2)."""
        pending, _ = await self.world.cases.list(owner)
        held = any(one.state in LOCK for one in pending if one.case_no != view.case_no)
        try:
            after = await self.world.cases.submit(owner, view.case_no, idempotency_key=key)
        except CustomerError as refusal:
            now = await self.world.cases.get(owner, view.case_no)
            if refusal.code == "another_case_in_review":
                assert held
                assert now.state is view.state is State.D_CONFIRM
            if refusal.code == "registered_accounts_changed":
                assert self.signed[view.case_no] < await self.registered(owner)
                assert now.state is State.D_AGREE
            raise
        assert not held
        assert after.attempt == view.attempt + 1
        # I5: nothing goes in that was signed before another case changed the registration.
        assert self.signed[view.case_no] == await self.registered(owner)
        self.keys[view.case_no] = key

    async def registered(self, owner: Owner) -> int:
        """How many cases of this customer the counter has registered."""
        _, completed = await self.world.cases.list(owner)
        return sum(one.state is State.C_DONE for one in completed)

    async def do_race(self, who: int, which: int) -> None:
        """The customer gives up in the very moment in which staff take the case: one of them does (I6)."""
        owner, case_no = self.pick(which)
        before = await self.world.cases.get(owner, case_no)
        staff = self.staff[(who % 2) + 2 * (before.state is State.R_PENDING)]
        both = self.world.cases.abandon(owner, case_no), self.world.desk.claim(staff, case_no)
        given_up, claimed = await asyncio.gather(*both, return_exceptions=True)
        assert all(
            isinstance(one, CustomerError) for one in (given_up, claimed) if isinstance(one, Exception)
        )
        after = (await self.world.cases.get(owner, case_no)).state
        if not isinstance(given_up, CustomerError):
            assert after is State.C_ABANDONED
            assert isinstance(claimed, CustomerError)
        elif before.state in {State.W_PENDING, State.R_PENDING}:
            assert not isinstance(claimed, CustomerError)
            assert after in {State.W_DOING, State.R_DOING}
        if before.state in {State.W_PENDING, State.R_PENDING}:
            self.happened.add(f"race ended in {after}")

    async def do_back(self, _: int, which: int) -> None:
        owner, case_no = self.pick(which)
        await self.world.cases.back(owner, case_no)

    async def do_edit(self, _: int, which: int) -> None:
        """Another card in the place of the first: what was signed is void (R-058)."""
        owner, case_no = self.pick(which)
        card = await self.world.card(owner, self.new_card())
        view = await self.world.cases.get(owner, case_no)
        await self.world.cases.put_card(owner, case_no, card, seq=view.cards[0].seq if view.cards else None)
        view = await self.world.cases.get(owner, case_no)
        assert (view.state, view.signed_at, view.ticked) == (State.D_BANK, None, False)

    async def do_abandon(self, _: int, which: int) -> None:
        owner, case_no = self.pick(which)
        await self.world.cases.abandon(owner, case_no)

    async def do_reopen(self, who: int, which: int) -> None:
        """Now and then without a new login."""
        owner, case_no = self.pick(which)
        login = self.world.time.moment - timedelta(days=400 * (who == 3))
        view = await self.world.cases.reopen(owner, case_no, login)
        assert view.state in CUSTOMER_EDITABLE

    async def do_claim(self, who: int, which: int) -> None:
        await self.world.desk.claim(self.staff[who], self.pick(which)[1])

    async def do_release(self, who: int, which: int) -> None:
        await self.world.desk.release(self.staff[who], self.pick(which)[1])

    async def do_accept(self, who: int, which: int) -> None:
        desk, staff, (_, case_no) = self.world.desk, self.staff[who], self.pick(which)
        await (desk.witness_pass if staff.role == "witness" else desk.approve)(staff, case_no)

    async def do_refuse(self, who: int, which: int) -> None:
        desk, staff, (_, case_no) = self.world.desk, self.staff[who], self.pick(which)
        if staff.role == "witness":
            await desk.witness_fail(staff, case_no, reasons=["C42"])
        else:
            await desk.reject(staff, case_no, reasons=["C01"])

    async def do_work(self, who: int, which: int) -> None:
        """Whoever is in charge takes a case, and mostly accepts it."""
        owner, case_no = self.pick(which)
        state = (await self.world.cases.get(owner, case_no)).state
        staff = 0 if state is State.W_PENDING else 2
        await self.do_claim(staff, which)
        await (self.do_refuse if who == 3 else self.do_accept)(staff, which)

    async def do_register(self, who: int, which: int) -> None:
        """The counter is asked, and each of its answers has its consequence (I8)."""
        self.counter.answer = ANSWERS[(who + which) % len(ANSWERS)]
        self.world.time.pass_by(hours=1)
        waiting = [one for one in self.cases if (await self.world.cases.get(*one)).state is State.P_EXEC]
        await self.executor.run_once()
        for owner, case_no in waiting:
            state = (await self.world.cases.get(owner, case_no)).state
            assert state is AFTER.get(self.counter.answer, State.P_FAILED)
        if waiting:
            self.happened.add(f"registered {self.counter.answer}")

    async def do_time_out(self, _: int, __: int) -> None:
        self.world.time.pass_by(minutes=31)
        await self.world.desk.release_overdue()

    async def do_expire(self, who: int, _: int) -> None:
        """Now and then a long time passes."""
        self.world.time.pass_by(days=60 if who == 3 else 1)
        await self.world.housekeeping.run_once()
