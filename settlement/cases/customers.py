"""Customers as the counter knows them, refreshed at each login."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from settlement import clock
from settlement.cases.models import Customer, RegisteredCard
from settlement.cases.views import CustomerView, RegisteredAccountView
from settlement.database import Database
from settlement.errors import CustomerError
from settlement.ports.counter import CounterCustomer, RegisteredAccount
from settlement.security.keys import Keyring


class Customers:
    """Customers and their registered settlement accounts."""

    def __init__(self, database: Database, keyring: Keyring) -> None:
        self._database = database
        self._keyring = keyring

    async def upsert(self, broker: str, known: CounterCustomer) -> CustomerView:
        """Put on record what the counter says now; accounts that it no longer lists go out of use."""
        digest = self._keyring.digest(known.id_number, "id_number")
        async with self._database.session() as session:
            query = select(Customer).where(Customer.broker == broker, Customer.id_number_digest == digest)
            customer = await session.scalar(query.with_for_update())
            if customer is None:
                customer = Customer(broker=broker, id_number_digest=digest)
                session.add(customer)
            values = known.model_dump(
                include={"customer_no", "name", "id_number", "phone", "client_type", "status", "fund_account"}
            )
            for name, value in values.items():
                setattr(customer, name, value)
            customer.updated_at = clock.now()  # the latest login, also when nothing else changed (retention)
            await session.flush()
            await register(session, self._keyring, customer.id, known.settlement_accounts, whole=True)
            return CustomerView.model_validate(customer, from_attributes=True)

    async def get(self, customer_id: str) -> CustomerView:
        """One customer; ``CustomerError("customer_not_found")``."""
        async with self._database.reading() as session:
            customer = await session.get(Customer, customer_id)
            if customer is None:
                raise CustomerError("customer_not_found")
            return CustomerView.model_validate(customer, from_attributes=True)

    async def registered_accounts(self, customer_id: str) -> list[RegisteredAccountView]:
        """The accounts on record as of the latest login."""
        async with self._database.reading() as session:
            query = select(RegisteredCard).where(
                RegisteredCard.customer_id == customer_id, RegisteredCard.in_use
            )
            cards = await session.scalars(query.order_by(RegisteredCard.created_at, RegisteredCard.bank_code))
            return [RegisteredAccountView.model_validate(card, from_attributes=True) for card in cards]


async def register(
    session: AsyncSession,
    keyring: Keyring,
    customer_id: str,
    accounts: list[RegisteredAccount],
    *,
    whole: bool,
) -> None:
    """Put ``accounts`` on record; ``whole``: they are all there are, and others go out of use."""
    query = select(RegisteredCard).where(RegisteredCard.customer_id == customer_id)
    present = {card.number_digest: card for card in await session.scalars(query)}
    named = set()
    for account in accounts:
        digest = keyring.digest(account.card_number, "card_number")
        named.add(digest)
        card = present.get(digest)
        if card is None:
            card = RegisteredCard(customer_id=customer_id, number=account.card_number, number_digest=digest)
            session.add(card)
        card.bank_code, card.bank_name, card.branch = account.bank_code, account.bank_name, account.branch
        card.in_use = True
    if whole:
        for digest, card in present.items():
            card.in_use = card.in_use and digest in named
    await session.flush()
