"""What was signed is handed to whom it belongs, and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis
from sqlalchemy import select

from settlement.cases.material import SignatureRecord
from settlement.cases.models import Case
from settlement.database import Database
from settlement.ports.objects import owner_context
from settlement.ports.registry import ports
from settlement.security.keys import Keyring
from settlement.settings import Settings
from tests.channels.customer import Customer
from tests.channels.of_case import OfCase

PDF = b"%PDF-1.7 signed"


@pytest.fixture
async def paper(of_case: OfCase, chosen: Settings, redis: Redis, keyring: Keyring) -> str:
    """The id of a paper in the customer's case."""
    owner = of_case.owner
    stored = await ports(chosen, redis, keyring).objects.put(
        PDF, mime="application/pdf", context=owner_context(owner.broker, owner.customer)
    )
    database = Database(chosen.database_url)
    async with database.session() as session:
        case = await session.scalar(select(Case).where(Case.case_no == of_case.case_no))
        assert case is not None
        record = SignatureRecord(
            case_id=case.id, attempt=1, content={}, sha256="ab" * 32, channel="widget", conversation="c",
            signed_at=datetime(2026, 11, 1, 2, tzinfo=UTC), file_id=stored.id, file_sha256=stored.sha256,
            file_size=stored.size,
        )  # fmt: skip
        session.add(record)
        await session.flush()
        found = record.id
    await database.close()
    return found


async def test_the_customer_lists_sees_and_downloads_what_was_signed(
    customer: Customer, of_case: OfCase, paper: str
) -> None:
    [listed] = customer.http.get("/api/signed").json()["papers"]
    assert (listed["id"], listed["case_no"], listed["state"]) == (paper, of_case.case_no, "valid")
    assert listed["signed_at"] == "2026-11-01T10:00:00+08:00"
    shown = customer.http.get(f"/api/signed/{paper}")
    assert (shown.content, shown.headers["content-type"]) == (PDF, "application/pdf")
    assert shown.headers["content-disposition"].startswith("inline")
    assert shown.headers["cache-control"] == "no-store"
    kept = customer.http.get(f"/api/signed/{paper}?download=1")
    assert kept.headers["content-disposition"] == f'attachment; filename="{of_case.case_no}.pdf"'


async def test_nobody_else_has_it(customer: Customer, newcomer: Callable[[], Customer], paper: str) -> None:
    stranger = newcomer()
    stranger.enter()
    for path in ("/api/signed", f"/api/signed/{paper}"):
        answer = stranger.http.get(path)
        assert (answer.status_code, answer.json()["error"]) == (401, "login_needed")
    answer = customer.http.get("/api/signed/another")
    assert (answer.status_code, answer.json()["error"]) == (404, "paper_not_found")
