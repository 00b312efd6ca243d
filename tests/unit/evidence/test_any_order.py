"""Whatever order a customer reads, agrees, edits, goes back and signs in, nothing unsigned is submitted."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from settlement.cases.inputs import Owner
from settlement.cases.models import Case, CaseSubmission
from settlement.cases.states import State
from settlement.errors import CustomerError
from settlement.ports.objects import owner_context
from tests.unit.cases.walk import id_number
from tests.unit.cases.world import BROKER, PEOPLE, PERSON, WHERE, World, icbc_card

# What brings a case on is tried more often, or few would come to be submitted.
STEPS = (
    *("read",) * 4, *("advance",) * 5, *("tick", "sign", "submit") * 4, "agree_blindly", "edit_card",
    "another_photo", "back", "untick", "new_version", "remove_card",
)  # fmt: skip
PLANS = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 9)), min_size=25, max_size=60)
NUMBERS = count(5000)
ON = (("advance", 0), ("advance", 0), ("read", 9), ("tick", 0), ("sign", 0), ("submit", 0))
BEGINNING = (("read", 9), ("advance", 0), ("read", 9), ("advance", 0), ("read", 9), ("tick", 0))


@dataclass
class Customer:
    """What the customer knows to have done, apart from what the database says."""

    world: World
    owner: Owner
    case_no: str
    agreed: set[str] = field(default_factory=set)  # digests
    paper: dict[str, list[str]] | None = None  # what stood on the last paper
    changed: bool = False  # since that paper
    submitted: int = 0
    versions: int = 1

    async def do(self, step: str, which: int) -> None:
        with suppress(CustomerError):
            await getattr(self, f"do_{step}")(which)

    async def do_read(self, which: int) -> None:
        """Read and agree properly: one document, or all that can be (9)."""
        documents = await self.world.cases.documents(self.owner, self.case_no)
        for document in documents if which == 9 else [documents[which % len(documents)]]:
            key = (document.id, document.version, document.sha256)
            try:
                await self.world.cases.open_document(self.owner, self.case_no, *key, **WHERE)
                await self.world.cases.reach_end(self.owner, self.case_no, *key)
                self.world.time.pass_by(seconds=document.seconds)
                await self.world.cases.agree_document(self.owner, self.case_no, *key, **WHERE)
            except CustomerError:
                continue
            self.agreed.add(document.sha256)

    async def do_agree_blindly(self, which: int) -> None:
        """Agree to what was not read; only what was agreed to before is let through."""
        documents = await self.world.cases.documents(self.owner, self.case_no)
        one = documents[which % len(documents)]
        await self.world.cases.agree_document(
            self.owner, self.case_no, one.id, one.version, one.sha256, **WHERE
        )
        assert one.sha256 in self.agreed

    async def do_advance(self, _: int) -> None:
        view = await self.world.cases.get(self.owner, self.case_no)
        if view.state is State.D_PHOTO:
            if view.identity is None or not view.identity.confirmed:
                await self.world.with_photos(self.owner, self.case_no)
                self.changed = True
            await self.world.cases.finish_photos(self.owner, self.case_no)
        elif view.state is State.D_BANK:
            if not view.cards:
                await self.do_edit_card(0)
            await self.world.cases.finish_cards(self.owner, self.case_no)

    async def do_edit_card(self, which: int) -> None:
        view = await self.world.cases.get(self.owner, self.case_no)
        card = await self.world.card(self.owner, icbc_card(secrets.randbelow(10**6)))
        seq = view.cards[which % len(view.cards)].seq if view.cards else None
        await self.world.cases.put_card(self.owner, self.case_no, card, seq=seq)
        self.changed = True

    async def do_remove_card(self, which: int) -> None:
        view = await self.world.cases.get(self.owner, self.case_no)
        if len(view.cards) > 1:
            await self.world.cases.remove_card(self.owner, self.case_no, view.cards[0].seq)
            self.changed = True

    async def do_another_photo(self, which: int) -> None:
        kind = ("id_front", "id_back", "signature")[which % 3]
        await self.world.photo(self.owner, self.case_no, kind)
        self.changed = True

    async def do_back(self, _: int) -> None:
        await self.world.cases.back(self.owner, self.case_no)

    async def do_tick(self, _: int) -> None:
        await self.world.cases.tick_documents(self.owner, self.case_no, True)

    async def do_untick(self, _: int) -> None:
        await self.world.cases.tick_documents(self.owner, self.case_no, False)

    async def do_new_version(self, which: int) -> None:
        """A trainer publishes a new version while the customer is at it."""
        folder = self.world.folder / BROKER / "documents"
        paths = sorted(folder.glob("*.md"))
        path = paths[which % len(paths)]
        lines = path.read_text(encoding="utf-8").splitlines()
        version = f"version: 2026.1.{next(NUMBERS)}"
        text = "\n".join(version if line.startswith("version:") else line for line in lines)
        path.write_text(text + "\n\n新增的一段。\n", encoding="utf-8")
        assert self.world.brokers.reload_if_changed(), self.world.brokers.problems

    async def do_sign(self, _: int) -> None:
        before = await self.world.cases.get(self.owner, self.case_no)
        after = await self.world.cases.sign(self.owner, self.case_no, **WHERE)
        if before.state is State.D_AGREE and after.state is State.D_CONFIRM:
            self.paper, self.changed = await self.read_paper(), False
            current = {one.sha256 for one in self.world.brokers.get(BROKER).documents}
            assert set(self.paper["documents"]) == current
            assert current <= self.agreed

    async def do_submit(self, _: int) -> None:
        await self.world.cases.submit(self.owner, self.case_no, idempotency_key=secrets.token_hex(8))
        self.submitted += 1
        await self.check_submission()

    async def read_paper(self) -> dict[str, list[str]]:
        """What stands on the paper in force, out of the store."""
        found = next(paper for paper in await self.world.cases.papers(self.owner) if paper.valid)
        content = await self.world.objects.get(
            found.file_id, context=owner_context(self.owner.broker, self.owner.customer)
        )
        paper = json.loads(content)
        return {
            "cards": [card["number"] for card in paper["cards"]],
            "documents": [one["sha256"] for one in paper["documents"]],
            "images": sorted(one["sha256"] for one in paper["images"]),
        }

    async def check_submission(self) -> None:
        """What went in is what stood on the paper, and nothing changed after it was signed."""
        assert self.paper is not None
        assert not self.changed
        assert await self.read_paper() == self.paper
        assert {one.sha256 for one in self.world.brokers.get(BROKER).documents} <= self.agreed
        async with self.world.database.reading() as session:
            kept = await session.scalar(select(CaseSubmission).join(Case).where(Case.case_no == self.case_no))
        assert kept is not None
        assert [card["number"] for card in kept.snapshot["cards"]] == self.paper["cards"]
        assert sorted(one["sha256"] for one in kept.snapshot["images"]) == self.paper["images"]


SUBMITTED: list[bool] = []


@settings(
    max_examples=15, deadline=None, print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(plan=PLANS)
# These come to a submission whatever chance brings; most orders do not.
@example(plan=[("sign", 0), ("submit", 0)])
@example(plan=[("sign", 0), ("edit_card", 0), ("submit", 0), *ON])
@example(plan=[("sign", 0), ("another_photo", 0), ("submit", 0), *ON])
@example(plan=[("sign", 0), ("new_version", 1), ("submit", 0), *ON])
@example(plan=[("sign", 0), ("back", 0), ("untick", 0), ("submit", 0), *ON])
async def test_nothing_is_submitted_that_was_not_signed(world: World, plan: list[tuple[str, int]]) -> None:
    number = next(NUMBERS)
    known = PEOPLE[PERSON].model_copy(
        update={"customer_no": f"A{number}", "id_number": id_number(number % 1000)}
    )
    person = await world.customers.upsert(BROKER, known)
    owner = Owner(broker=BROKER, customer=person.id)
    pending, _ = await world.cases.list(owner)
    for case in pending:
        await world.cases.abandon(owner, case.case_no)
    customer = Customer(world, owner, (await world.started(owner)).case_no)
    for step, which in (*BEGINNING, *plan):
        await customer.do(step, which)
    SUBMITTED.append(customer.submitted > 0)


def test_enough_of_those_orders_came_to_a_submission() -> None:
    assert sum(SUBMITTED) >= len(SUBMITTED) / 5
