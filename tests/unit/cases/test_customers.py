"""Customers as the counter knows them."""

from __future__ import annotations

from sqlalchemy import func, select, text

from settlement.cases.inputs import Owner
from settlement.cases.models import Customer
from settlement.ports.counter import RegisteredAccount
from tests.unit.cases.errors import refused
from tests.unit.cases.world import REGISTERED, World


async def test_a_customer_who_returns_is_the_same(world: World, owner: Owner) -> None:
    assert await world.owner() == owner
    async with world.database.reading() as session:
        assert await session.scalar(select(func.count()).select_from(Customer)) == 1


async def test_what_the_counter_says_now_counts(world: World, owner: Owner) -> None:
    await world.owner(phone="13900000009", status="dormant")
    customer = await world.customers.get(owner.customer)
    assert (customer.phone, customer.status) == ("13900000009", "dormant")


async def test_accounts_that_the_counter_no_longer_lists_are_gone_and_may_return(
    world: World, owner: Owner
) -> None:
    other = RegisteredAccount(bank_code="CMB", bank_name="招商银行", card_number="6214830123456021")
    await world.owner(settlement_accounts=[other])
    numbers = [one.number for one in await world.customers.registered_accounts(owner.customer)]
    assert numbers == [other.card_number]
    await world.owner()
    numbers = [one.number for one in await world.customers.registered_accounts(owner.customer)]
    assert numbers == [REGISTERED]


async def test_an_unknown_customer_is_refused(world: World) -> None:
    with refused("customer_not_found"):
        await world.customers.get("nobody")


async def test_the_database_holds_no_personal_value_in_plain(world: World, owner: Owner) -> None:
    """Looks through every column of every table after a whole submission."""
    view = await world.submitted(owner)
    customer = await world.customers.get(owner.customer)
    secrets = [customer.name, customer.id_number, customer.phone, customer.fund_account, view.cards[0].number]
    secrets += [REGISTERED]
    async with world.database.reading() as session:
        for table in Customer.metadata.sorted_tables:
            for row in (await session.execute(text(f'SELECT * FROM "{table.name}"'))).all():
                for value in row:
                    kept = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    assert not [secret for secret in secrets if secret.encode() in kept], table.name
