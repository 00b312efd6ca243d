"""A company, its customers and staff, and how to bring a case to any state by what people do."""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from argon2 import PasswordHasher
from sqlalchemy import select

from settlement.bankcards.numbers import luhn
from settlement.bankcards.verdict import CardDraft, judge
from settlement.brokers.registry import Brokers
from settlement.cases.customers import Customers
from settlement.cases.desk import Desk
from settlement.cases.desk_views import Staff
from settlement.cases.execution import Executor
from settlement.cases.housekeeping import Housekeeping
from settlement.cases.inputs import CardInput, Identity, Owner, Source
from settlement.cases.material import CaseBankCard
from settlement.cases.models import Case
from settlement.cases.service import Cases
from settlement.cases.staff import StaffUsers
from settlement.cases.states import State
from settlement.cases.transitions import create
from settlement.cases.views import CaseView
from settlement.database import Database
from settlement.ports.counter import Counter
from settlement.ports.counter_local import LocalCounter, load_seed
from settlement.ports.objects import LocalObjects
from settlement.security.keys import Keyring
from settlement.settings import ROOT, Settings
from tests.conftest import Time
from tests.support.press import QuickPress

BROKER = "0127"
PEOPLE = {one.customer_no: one for one in load_seed()[BROKER]}
PERSON = "C0127-01"
NAME = PEOPLE[PERSON].name
REGISTERED = PEOPLE[PERSON].settlement_accounts[0].card_number
PASSWORD = "correct horse battery staple"
# The real cost of a password is tried where passwords are the subject; here it would be half of the time.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
WHERE: dict[str, Any] = {"source": Source(channel="widget", conversation="conversation-1")}


def icbc_card(index: int = 0) -> str:
    """A debit card number of ICBC that satisfies the check digit."""
    return next(n for last in range(10) if luhn(n := f"62122602000{index:07d}{last}"))


@dataclass
class World:
    """Everything real; the counter is the local one with its seeded people."""

    database: Database
    keyring: Keyring
    time: Time
    folder: Path
    brokers: Brokers
    objects: LocalObjects

    def __post_init__(self) -> None:
        self.counter = LocalCounter(self.folder.parent / "counter.db", self.keyring)
        self.press = QuickPress(self.objects)
        self.cases = Cases(self.database, self.brokers, self.keyring, self.press)
        self.customers = Customers(self.database, self.keyring)
        self.desk = Desk(self.database, self.brokers, self.keyring)
        self.staff = StaffUsers(self.database, self.keyring, QUICK)
        self.executor = self.executor_of(self.counter)
        self.housekeeping = Housekeeping(self.database, self.brokers, self.objects, self.keyring)

    def executor_of(self, counter: Counter) -> Executor:
        """An executor that asks this counter."""
        return Executor(self.database, self.brokers, self.keyring, counter)

    def configure(self, file: str, **changes: Any) -> None:
        """A trainer edits a file of the company."""
        path = self.folder / BROKER / file
        # As text, every value: YAML would make a number of sixty of a time such as 17:00.
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader) | changes
        path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        assert self.brokers.reload_if_changed(), self.brokers.problems

    def new_version(self, document: str) -> None:
        """A trainer publishes a new version of a document."""
        path = self.folder / BROKER / "documents" / f"{document}.md"
        text = re.sub(r"(?m)^version:.*$", "version: 2026.2", path.read_text(encoding="utf-8"))
        path.write_text(text + "\n新增的一段。\n", encoding="utf-8")
        assert self.brokers.reload_if_changed(), self.brokers.problems

    async def owner(self, customer_no: str = PERSON, **changes: Any) -> Owner:
        """A customer who has just logged in; ``changes`` are what the counter says otherwise today."""
        known = await self.counter.find_customer(BROKER, PEOPLE[customer_no].id_number)
        assert known is not None
        customer = await self.customers.upsert(BROKER, known.model_copy(update=changes))
        return Owner(broker=BROKER, customer=customer.id)

    async def hire(self, name: str, role: str, broker: str | None = None) -> Staff:
        """Somebody new at the desk."""
        return await self.staff.add(name, role, PASSWORD, broker)

    async def started(self, owner: Owner, channel: str = "widget") -> CaseView:
        """T01."""
        return await self.cases.start(
            owner, channel=channel, fund_account=(await self.customers.get(owner.customer)).fund_account,
            broker_version=self.brokers.get(BROKER).version, device_ok=True,
        )  # fmt: skip

    async def another(self, owner: Owner) -> CaseView:
        """A case that came by another channel, past the guard of the creation (I4)."""
        async with self.database.session() as session:
            case = Case(
                broker=owner.broker, customer_id=owner.customer, business_type="change_settlement_account",
                channel="counter", fund_account="880127001", broker_version="old",
                created_at=self.time.moment,
            )  # fmt: skip
            await create(session, case)
        return await self.cases.get(owner, case.case_no)

    async def with_photos(self, owner: Owner, case_no: str) -> CaseView:
        """All photos, the identity confirmed."""
        for kind in ("id_front", "id_back", "signature"):
            await self.photo(owner, case_no, kind)
        customer = await self.customers.get(owner.customer)
        identity = Identity(
            name=customer.name,
            id_number=customer.id_number,
            valid_from="2010-01-01",
            valid_until="2030-01-01",
        )
        return await self.cases.set_identity(owner, case_no, identity, confirmed=True)

    async def photo(self, owner: Owner, case_no: str, kind: str) -> str:
        """A photo of one kind; its file id."""
        data = secrets.token_bytes(16)
        stored = await self.objects.put(data, mime="image/jpeg", context="test")
        reading = {"kind": kind, "fields": {"name": {"value": "顾英昊", "confidence": 0.7, "doubtful": True}}}
        await self.cases.set_image(
            owner, case_no, kind, file_id=stored.id, sha256=stored.sha256,
            reading=reading if kind == "id_front" else None, marks=[],
        )  # fmt: skip
        return stored.id

    async def read_all(self, owner: Owner, case_no: str, step: str) -> None:
        """Open, scroll, wait and agree, for each document of a step."""
        for document in await self.cases.documents(owner, case_no, step):
            which = (document.id, document.version, document.sha256)
            await self.cases.open_document(owner, case_no, *which, **WHERE)
            await self.cases.reach_end(owner, case_no, *which)
            self.time.pass_by(seconds=document.seconds)
            await self.cases.agree_document(owner, case_no, *which, **WHERE)

    async def card(self, owner: Owner, number: str | None = None, **changes: Any) -> CardInput:
        """A card as a caller hands it over: judged on its final values."""
        values: dict[str, Any] = {
            "number": number or icbc_card(), "number_read": number or icbc_card(), "bank_code": "ICBC",
            "branch": "北京分行朝阳支行", **changes,
        }  # fmt: skip
        name = (await self.customers.get(owner.customer)).name
        draft = CardDraft(
            number=values["number"], holder=name, customer_name=name, bank_code=values["bank_code"],
            branch=values["branch"], ocr_number=values["number_read"] or "",
        )  # fmt: skip
        return CardInput(**values, verdict=judge(draft, self.brokers.get(owner.broker).card_rules))

    async def at(self, state: State, owner: Owner, case_no: str = "", number: str | None = None) -> CaseView:
        """A case in one of the four draft states."""
        case_no = case_no or (await self.started(owner)).case_no
        if state is State.D_PHOTO:
            return await self.cases.get(owner, case_no)
        await self.with_photos(owner, case_no)
        await self.read_all(owner, case_no, "photo")
        view = await self.cases.finish_photos(owner, case_no)
        if state is State.D_BANK:
            return view
        await self.read_all(owner, case_no, "bank")
        await self.cases.put_card(owner, case_no, await self.card(owner, number))
        view = await self.cases.finish_cards(owner, case_no)
        if state is State.D_AGREE:
            return view
        await self.read_all(owner, case_no, "agreement")
        await self.cases.tick_documents(owner, case_no, True)
        return await self.cases.sign(owner, case_no, **WHERE)

    async def submitted(self, owner: Owner, case_no: str = "", key: str = "") -> CaseView:
        """A case that holds the right to submit."""
        view = await self.at(State.D_CONFIRM, owner, case_no)
        return await self.cases.submit(owner, view.case_no, idempotency_key=key or secrets.token_hex(8))

    async def rejected(self, owner: Owner, reviewer: Staff, *reasons: str) -> CaseView:
        """A case that a reviewer turned down; the company needs no witness."""
        view = await self.submitted(owner)
        await self.desk.claim(reviewer, view.case_no)
        await self.desk.reject(reviewer, view.case_no, reasons=list(reasons) or ["C01"])
        return await self.cases.get(owner, view.case_no)

    async def approved(self, owner: Owner, reviewer: Staff) -> CaseView:
        """A case on its way to the counter."""
        view = await self.submitted(owner)
        await self.desk.claim(reviewer, view.case_no)
        await self.desk.approve(reviewer, view.case_no)
        return await self.cases.get(owner, view.case_no)

    async def card_rows(self, case_no: str) -> list[CaseBankCard]:
        """What the database keeps of a case's cards."""
        async with self.database.reading() as session:
            query = select(CaseBankCard).join(Case, Case.id == CaseBankCard.case_id)
            return list(await session.scalars(query.where(Case.case_no == case_no)))


def world_in(folder: Path, database: Database, keyring: Keyring, time: Time) -> World:
    """The project's own company 0127 with its customers and staff; its files are a copy to edit."""
    brokers = folder / "brokers"
    for name in (BROKER, "common"):
        shutil.copytree(ROOT / "brokers" / name, brokers / name)
    registry = Brokers(Settings(state_dir=folder, brokers_dir=brokers))
    return World(database, keyring, time, brokers, registry, LocalObjects(folder / "objects", keyring))
