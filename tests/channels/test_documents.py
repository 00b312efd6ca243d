"""Documents are shown as rendered text, reading them is noted on the customer's own case (R-031, R-053)."""

from __future__ import annotations

from collections.abc import Callable

from redis.asyncio import Redis
from sqlalchemy import select

from settlement.cases.material import DocumentReading
from settlement.cases.models import Case
from settlement.database import Database
from settlement.ports.objects import owner_context
from settlement.ports.registry import ports
from settlement.security.keys import Keyring
from settlement.security.origins import Origins
from settlement.settings import Settings
from tests.channels.conftest import running_gateway
from tests.channels.customer import Customer
from tests.channels.of_case import OfCase
from tests.channels.wire import WireRasa


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


async def test_a_reading_says_where_it_was_read_and_believes_no_forged_address(
    customer: Customer, of_case: OfCase, chosen: Settings
) -> None:
    [first, *_] = await of_case.cases.documents(of_case.owner, of_case.case_no)
    forged = {"X-Forwarded-For": "203.0.113.9", "Forwarded": "for=203.0.113.9", "X-Real-IP": "203.0.113.9"}
    assert customer.http.post(f"/api/documents/{first.id}/opened", headers=forged).status_code == 200
    database = Database(chosen.database_url)
    async with database.reading() as session:
        query = select(DocumentReading).join(Case).where(Case.case_no == of_case.case_no)
        [reading] = await session.scalars(query)
    await database.close()
    assert reading.origin == {"address": "127.0.0.1", "agent": "test browser", "account": ""}


async def test_behind_a_known_proxy_the_customers_own_address_counts(
    chosen: Settings, rasa: WireRasa, redis: Redis, keyring: Keyring
) -> None:
    with running_gateway(chosen, {"SANIC_PROXIES_COUNT": "1"}) as gateway:
        customer = Customer(gateway.url)
        customer.http.headers["X-Forwarded-For"] = "198.51.100.66, 203.0.113.9"
        customer.enter()
        customer.say(text="你好")
        found = await Origins(redis, keyring).of(customer.conversation)
        customer.http.close()
    assert (found.address, found.agent) == ("203.0.113.9", "test browser")


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
