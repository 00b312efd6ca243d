"""A stand-in for the counter system: seeded customers, and results that the seed or a person chooses.

``python -m settlement.ports.counter_local set <customer_no> <result>[,<result>…]`` changes what the next
requests of a customer get; ``… list`` shows the customers. What was registered survives a restart.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import cast, get_args

import aiosqlite
import yaml
from pydantic import BaseModel, ConfigDict, Field

from settlement.errors import OperatorError
from settlement.ports.counter import (
    ChangeOutcome,
    ChangeRequest,
    CounterCustomer,
    RegisteredAccount,
    Result,
)
from settlement.security.keys import Keyring
from settlement.settings import settings

SEED = Path(__file__).with_name("counter_seed.yml")
SCHEMA = """
CREATE TABLE IF NOT EXISTS outcomes (key TEXT PRIMARY KEY, outcome TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS asked (key TEXT PRIMARY KEY, times INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS chosen (customer_no TEXT PRIMARY KEY, results TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accounts (customer_no TEXT PRIMARY KEY, sealed BLOB NOT NULL);
"""


class SeededCustomer(CounterCustomer):
    """A customer and what a change request gets; a list is gone through, its last one staying."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    results: list[Result] = Field(default=["done"], min_length=1)


class _Seed(BaseModel):
    model_config = ConfigDict(extra="forbid")

    brokers: dict[str, list[SeededCustomer]]


def load_seed(path: Path = SEED) -> dict[str, list[SeededCustomer]]:
    """Customers by broker code."""
    return _Seed.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))).brokers


class LocalCounter:
    """The stand-in. ``database`` is a small SQLite file; card numbers in it are sealed."""

    def __init__(self, database: Path, keyring: Keyring, seed: Path = SEED) -> None:
        self._database = database
        self._keyring = keyring
        self._customers = load_seed(seed)
        self._turn = asyncio.Lock()

    async def find_customer(self, broker: str, id_number: str) -> CounterCustomer | None:
        """The seeded customer, with the accounts that were registered since."""
        seeded = self._seeded(broker, id_number)
        if seeded is None:
            return None
        async with _open(self._database) as db:
            accounts = await self._accounts(db, seeded)
        return CounterCustomer(**{**seeded.model_dump(exclude={"results"}), "settlement_accounts": accounts})

    async def change_settlement_accounts(self, broker: str, request: ChangeRequest) -> ChangeOutcome:
        """Answer as the seed says; a final answer is kept, so that the same key gets the same again."""
        async with self._turn, _open(self._database) as db:
            await db.execute("BEGIN IMMEDIATE")
            kept = await _one(db, "SELECT outcome FROM outcomes WHERE key = ?", request.idempotency_key)
            if kept is not None:
                return ChangeOutcome.model_validate_json(cast(str, kept))
            seeded = self._seeded(broker, request.id_number)
            outcome = await self._answer(db, seeded, request)
            if outcome.result != "in_progress":
                await db.execute(
                    "INSERT INTO outcomes VALUES (?, ?)",
                    (request.idempotency_key, outcome.model_dump_json()),
                )
            if seeded is not None and outcome.result == "done":
                await self._register(db, seeded, request)
            await db.commit()
            return outcome

    async def close(self) -> None:
        """Nothing to close: each call opens the file anew."""

    async def _answer(
        self, db: aiosqlite.Connection, seeded: SeededCustomer | None, request: ChangeRequest
    ) -> ChangeOutcome:
        if seeded is None or seeded.fund_account != request.fund_account:
            return ChangeOutcome(result="data_check_failed", detail="no such customer or account")
        if seeded.name != request.name:
            return ChangeOutcome(result="real_name_failed", detail="the name is not the registered one")
        if seeded.status != "active":
            return ChangeOutcome(result="data_check_failed", detail=f"account is {seeded.status}")
        result = await self._next_result(db, seeded, request.idempotency_key)
        fund_account = seeded.fund_account if result == "done" else None
        return ChangeOutcome(result=result, fund_account=fund_account, detail=f"simulated: {result}")

    async def _next_result(self, db: aiosqlite.Connection, seeded: SeededCustomer, key: str) -> Result:
        chosen = await _one(db, "SELECT results FROM chosen WHERE customer_no = ?", seeded.customer_no)
        results: list[Result] = json.loads(cast(str, chosen)) if chosen else seeded.results
        times = cast(int, await _one(db, "SELECT times FROM asked WHERE key = ?", key) or 0)
        await db.execute("INSERT OR REPLACE INTO asked VALUES (?, ?)", (key, times + 1))
        return results[min(times, len(results) - 1)]

    async def _register(
        self, db: aiosqlite.Connection, seeded: SeededCustomer, request: ChangeRequest
    ) -> None:
        accounts = await self._accounts(db, seeded)
        for change in request.changes:
            gone = {change.replaces, change.account.card_number}
            accounts = [one for one in accounts if one.card_number not in gone]
            accounts.append(change.account)
        plain = json.dumps([one.model_dump() for one in accounts]).encode()
        sealed = self._keyring.seal(plain, f"counter:{seeded.customer_no}")
        await db.execute("INSERT OR REPLACE INTO accounts VALUES (?, ?)", (seeded.customer_no, sealed))

    async def _accounts(self, db: aiosqlite.Connection, seeded: SeededCustomer) -> list[RegisteredAccount]:
        sealed = await _one(db, "SELECT sealed FROM accounts WHERE customer_no = ?", seeded.customer_no)
        if sealed is None:
            return list(seeded.settlement_accounts)
        plain = self._keyring.unseal(cast(bytes, sealed), f"counter:{seeded.customer_no}")
        return [RegisteredAccount.model_validate(one) for one in json.loads(plain)]

    def _seeded(self, broker: str, id_number: str) -> SeededCustomer | None:
        customers = self._customers.get(broker, [])
        return next((one for one in customers if one.id_number == id_number), None)


async def choose(database: Path, customer_no: str, results: list[Result]) -> None:
    """Let the next requests of ``customer_no`` get ``results``; an empty list returns to the seed."""
    async with _open(database) as db:
        await db.execute("DELETE FROM chosen WHERE customer_no = ?", (customer_no,))
        if results:
            await db.execute("INSERT INTO chosen VALUES (?, ?)", (customer_no, json.dumps(results)))
        await db.commit()


@asynccontextmanager
async def _open(database: Path) -> AsyncIterator[aiosqlite.Connection]:
    database.parent.mkdir(parents=True, exist_ok=True)
    async with aiosqlite.connect(database, timeout=10.0) as db:
        await db.executescript(SCHEMA)
        yield db


async def _one(db: aiosqlite.Connection, query: str, value: str) -> object | None:
    async with db.execute(query, (value,)) as cursor:
        row = await cursor.fetchone()
    return row[0] if row else None


def main(arguments: list[str] | None = None) -> None:
    """The command line: ``list``, ``set``, ``reset``."""
    parser = argparse.ArgumentParser(prog="python -m settlement.ports.counter_local")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show the seeded customers")
    setting = commands.add_parser("set", help="choose what a customer's next requests get")
    setting.add_argument("customer_no")
    setting.add_argument("results", help=f"one or several by comma of: {', '.join(get_args(Result))}")
    commands.add_parser("reset", help="return a customer to the seed").add_argument("customer_no")
    chosen = parser.parse_args(arguments)
    if settings().production:
        raise OperatorError("the local counter refuses ENVIRONMENT=production")
    database = settings().state_dir / "counter.db"
    customers = [(broker, one) for broker, many in load_seed().items() for one in many]
    if chosen.command == "list":
        for broker, one in customers:
            print(broker, one.customer_no, one.client_type, one.status, ",".join(one.results))
        return
    if chosen.customer_no not in {one.customer_no for _, one in customers}:
        parser.error("no such customer; see: list")
    results = chosen.results.split(",") if chosen.command == "set" else []
    if unknown := set(results) - set(get_args(Result)):
        parser.error(f"unknown result: {', '.join(sorted(unknown))}")
    asyncio.run(choose(database, chosen.customer_no, results))


if __name__ == "__main__":
    main()
