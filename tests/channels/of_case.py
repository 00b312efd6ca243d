"""A customer who is logged in and at work on a case, on the gateway's own database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

import pytest_asyncio
from redis.asyncio import Redis

from settlement import clock
from settlement.brokers.registry import Brokers
from settlement.cases.customers import Customers
from settlement.cases.inputs import Owner
from settlement.cases.service import Cases
from settlement.database import Database
from settlement.errors import CustomerError
from settlement.ports.counter import CounterCustomer
from settlement.security.columns import use_keyring
from settlement.security.keys import Keyring
from settlement.security.sessions import Sessions
from settlement.settings import Settings
from tests.channels.customer import Customer

KNOWN = CounterCustomer(
    customer_no="9000001",
    name="张三",
    id_number="11010519491231002X",
    phone="13800000001",
    client_type="natural",
    status="active",
    fund_account="80010001",
)


@dataclass
class OfCase:
    """What the tests need of the core, on the gateway's own database."""

    cases: Cases
    owner: Owner
    case_no: str


@pytest_asyncio.fixture
async def of_case(
    customer: Customer, chosen: Settings, keyring: Keyring, redis: Redis
) -> AsyncIterator[OfCase]:
    """The customer, logged in and at work on a case of their own."""
    use_keyring(keyring)
    database = Database(chosen.database_url)
    brokers = Brokers(chosen)
    cases = Cases(database, brokers, keyring)
    person = await Customers(database, keyring).upsert("0127", KNOWN)
    owner = Owner(broker="0127", customer=person.id)
    version = brokers.get("0127").version
    case = await cases.start(
        owner, channel="widget", fund_account=KNOWN.fund_account, broker_version=version, device_ok=True
    )
    sessions = Sessions(redis, chosen.login_idle_seconds)
    session = await sessions.get(customer.conversation)
    session.broker, session.customer, session.case_no = "0127", person.id, case.case_no
    session.login_at = clock.now()
    await sessions.save(session)
    yield OfCase(cases, owner, case.case_no)
    # A person has one draft at a time: the next test begins its own.
    with suppress(CustomerError):
        await cases.abandon(owner, case.case_no)
    await database.close()
