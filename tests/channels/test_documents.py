"""Documents are shown as rendered text, reading them is noted on the customer's own case (R-031, R-053)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

import pytest_asyncio
from redis.asyncio import Redis

from settlement import clock
from settlement.brokers.registry import Brokers
from settlement.cases.customers import Customers
from settlement.cases.inputs import Owner
from settlement.cases.service import Cases
from settlement.database import Database
from settlement.ports.counter import CounterCustomer
from settlement.ports.objects import owner_context
from settlement.ports.registry import ports
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
    await database.close()


async def test_a_document_comes_as_text_without_live_markup(customer: Customer, of_case: OfCase) -> None:
    [first, *_] = await of_case.cases.documents(of_case.owner, of_case.case_no)
    shown = customer.http.get(f"/api/documents/{first.id}").json()
    assert (shown["title"], shown["version"], shown["sha256"]) == (first.title, first.version, first.sha256)
    assert shown["seconds"] == first.seconds
    assert "<p>" in shown["html"]
    assert "<script" not in shown["html"]


async def test_opening_and_reaching_the_end_are_noted(customer: Customer, of_case: OfCase) -> None:
    [first, *_] = await of_case.cases.documents(of_case.owner, of_case.case_no)
    path = f"/api/documents/{first.id}"
    early = customer.http.post(f"{path}/end")
    assert (early.status_code, early.json()["error"]) == (409, "document_not_read")
    shown = {"version": first.version, "sha256": first.sha256}
    assert customer.http.post(f"{path}/opened", json=shown).status_code == 200
    assert customer.http.post(f"{path}/end", json=shown).status_code == 200
    [now, *_] = await of_case.cases.documents(of_case.owner, of_case.case_no)
    assert now.read
    assert now.opened_at is not None


async def test_another_text_than_the_current_one_cannot_be_noted(customer: Customer, of_case: OfCase) -> None:
    [first, *_] = await of_case.cases.documents(of_case.owner, of_case.case_no)
    answer = customer.http.post(f"/api/documents/{first.id}/opened", json={"version": "0", "sha256": "0"})
    assert (answer.status_code, answer.json()["error"]) == (409, "document_version_changed")


async def test_a_document_that_the_company_does_not_have_is_not_found(
    customer: Customer, of_case: OfCase
) -> None:
    answer = customer.http.get("/api/documents/secret")
    assert (answer.status_code, answer.json()["error"]) == (404, "document_unknown")


async def test_without_a_login_nothing_is_noted(newcomer: Callable[[], Customer], of_case: OfCase) -> None:
    stranger = newcomer()
    stranger.enter()
    [first, *_] = await of_case.cases.documents(of_case.owner, of_case.case_no)
    answer = stranger.http.post(f"/api/documents/{first.id}/opened", json={})
    assert (answer.status_code, answer.json()["error"]) == (401, "login_needed")


async def test_a_photo_of_the_case_is_shown_to_its_owner_alone(
    newcomer: Callable[[], Customer], customer: Customer, of_case: OfCase, chosen: Settings, redis: Redis,
    keyring: Keyring,
) -> None:  # fmt: skip
    objects = ports(chosen, redis, keyring).objects
    context = owner_context(of_case.owner.broker, of_case.owner.customer)
    stored = await objects.put(b"\xff\xd8\xffsignature", mime="image/jpeg", context=context)
    await of_case.cases.set_image(
        of_case.owner, of_case.case_no, "signature", file_id=stored.id, sha256=stored.sha256
    )
    assert customer.http.get(f"/api/images/{stored.id}").content == b"\xff\xd8\xffsignature"
    stranger = newcomer()
    stranger.enter()
    assert stranger.http.get(f"/api/images/{stored.id}").status_code == 404
