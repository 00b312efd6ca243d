"""Registering approved cases at the counter: T15, T16 (R-061, R-087, I8)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.bankcards.banks import bank_of
from settlement.brokers.registry import Brokers
from settlement.cases import notices, transitions
from settlement.cases.audit import Audit
from settlement.cases.base import company
from settlement.cases.customers import register
from settlement.cases.models import Case, CaseSubmission, RegisteredCard
from settlement.cases.records import Execution
from settlement.cases.states import Actor, Event, State
from settlement.database import Database
from settlement.errors import OperatorError
from settlement.ports.counter import AccountChange, ChangeOutcome, ChangeRequest, Counter, RegisteredAccount
from settlement.ports.errors import PortUnavailable
from settlement.security.keys import Keyring

log = structlog.get_logger(__name__)

BATCH = 10
CALL_SECONDS = 30.0
LEASE = timedelta(minutes=3)  # longer than a call: another process tries only what this one let fall
FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(hours=1)
SYSTEM = "counter"

# Which of the company's reasons tells the customer of a refusal; the counter's own words are for staff alone.
REASONS = {"data_check_failed": "C51", "real_name_failed": "C52", "other_error": "C55"}


def pause(tries: int) -> timedelta:
    """How long to wait after ``tries`` tries: twice as long each time, an hour at most."""
    doubled = FIRST_PAUSE * int(2 ** min(tries - 1, 20))
    return doubled if doubled < LONGEST_PAUSE else LONGEST_PAUSE


class Executor:
    """Takes approved cases to the counter, as often as it needs; the counter registers each attempt once."""

    def __init__(self, database: Database, brokers: Brokers, keyring: Keyring, counter: Counter) -> None:
        self._database = database
        self._brokers = brokers
        self._counter = counter
        self._keyring = keyring
        self._audit = Audit(keyring)

    async def run_once(self) -> int:
        """Try what is due; how many were tried."""
        due = await self._take()
        for execution_id in due:
            await self._try(execution_id)
        return len(due)

    async def _take(self) -> list[str]:
        """Reserve what is due, so that no other process tries it meanwhile."""
        async with self._database.session() as session:
            query = (
                select(Execution)
                .where(Execution.status == "waiting", Execution.next_at <= clock.now())
                .order_by(Execution.next_at)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
            executions = list(await session.scalars(query))
            for execution in executions:
                execution.tries += 1
                execution.next_at = clock.now() + LEASE
            return [execution.id for execution in executions]

    async def _try(self, execution_id: str) -> None:
        async with self._database.reading() as session:
            execution = await session.get_one(Execution, execution_id)
            case = await session.get_one(Case, execution.case_id)
            request = await self._request(session, case, execution.attempt)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                outcome = await self._counter.change_settlement_accounts(case.broker, request)
        except (PortUnavailable, TimeoutError):
            await self._later(execution_id, "unavailable")
        except OperatorError as error:
            log.error("counter_refused", case=case.case_no, problem=str(error))  # noqa: TRY400 - its text says it
            await self._later(execution_id, "refused")
        else:
            if outcome.result == "in_progress":
                await self._later(execution_id, outcome.result)
            else:
                await self._finish(execution_id, request, outcome)

    async def _later(self, execution_id: str, result: str) -> None:
        async with self._database.session() as session:
            execution = await session.get_one(Execution, execution_id)
            execution.last_result = result
            execution.next_at = clock.now() + pause(execution.tries)

    async def _finish(self, execution_id: str, request: ChangeRequest, outcome: ChangeOutcome) -> None:
        async with self._database.session() as session:
            execution = await session.get_one(Execution, execution_id, with_for_update=True)
            case = await session.get_one(Case, execution.case_id, with_for_update=True)
            if (
                execution.status != "waiting"
                or case.state != State.P_EXEC
                or case.attempt != execution.attempt
            ):
                return
            execution.status, execution.last_result = "finished", outcome.result
            at = clock.now()
            broker = company(self._brokers, case)
            if outcome.result == "done":
                await transitions.move(
                    session, case, Event.EXECUTED, State.C_DONE, actor=Actor.SYSTEM, actor_id=SYSTEM, at=at,
                    changes={"fund_account": outcome.fund_account or case.fund_account},
                )  # fmt: skip
                await self._registered(session, case, request)
                await notices.result(session, case, broker, "done")
            else:
                code = REASONS[outcome.result]
                reason = broker.reject_reasons[code]
                await transitions.move(
                    session, case, Event.EXECUTION_FAILED, State.P_FAILED, actor=Actor.SYSTEM,
                    actor_id=SYSTEM, at=at, remark=reason.customer, reasons=[code],
                    changes={
                        "remark": reason.customer, "reasons": [code], "retry": reason.retry,
                        "rejected_at": at,
                    },
                )  # fmt: skip
                await notices.result(session, case, broker, "failed")
            await self._audit.append(
                session, Actor.SYSTEM, SYSTEM, "register", case.case_no, outcome.result,
                attempt=case.attempt, tries=execution.tries,
            )  # fmt: skip

    async def _registered(self, session: AsyncSession, case: Case, request: ChangeRequest) -> None:
        """What was registered is on record at once, so that other cases are judged by it (O-06)."""
        replaced = [
            self._keyring.digest(change.replaces, "card_number")
            for change in request.changes
            if change.replaces
        ]
        old = select(RegisteredCard).where(
            RegisteredCard.customer_id == case.customer_id, RegisteredCard.number_digest.in_(replaced)
        )
        for card in await session.scalars(old):
            card.in_use = False
        accounts = [change.account for change in request.changes]
        await register(session, self._keyring, case.customer_id, accounts, whole=False)

    async def _request(self, session: AsyncSession, case: Case, attempt: int) -> ChangeRequest:
        """The submitted snapshot, as the counter wants it."""
        submission = await session.scalar(
            select(CaseSubmission).where(CaseSubmission.case_id == case.id, CaseSubmission.attempt == attempt)
        )
        assert submission is not None
        kept: dict[str, Any] = submission.snapshot
        numbers = {card["id"]: card["number"] for card in kept["registered"]}
        return ChangeRequest(
            idempotency_key=f"{case.case_no}-{attempt}",
            case_no=case.case_no,
            fund_account=kept["customer"]["fund_account"],
            name=kept["customer"]["name"],
            id_number=kept["customer"]["id_number"],
            changes=[
                AccountChange(
                    action=card["action"],
                    account=RegisteredAccount(
                        bank_code=card["bank_code"], bank_name=_bank_name(card["bank_code"]),
                        card_number=card["number"], branch=card["branch"],
                    ),
                    replaces=numbers[card["replaces"]] if card["replaces"] else None,
                )
                for card in kept["cards"]
            ],
        )  # fmt: skip


def _bank_name(code: str) -> str:
    bank = bank_of(code)
    return bank.name if bank else code
