"""A login with everything around it: seeded counter system, local SMS, real database, company and Redis."""

from __future__ import annotations

import re
from pathlib import Path

from redis.asyncio import Redis

from settlement.brokers.registry import Brokers
from settlement.cases.customers import Customers
from settlement.clock import now
from settlement.database import Database
from settlement.ports.counter import Counter
from settlement.ports.counter_local import LocalCounter
from settlement.ports.sms import LocalSms, SmsSender
from settlement.security.captcha import Captchas
from settlement.security.codes import Codes
from settlement.security.keys import Keyring
from settlement.security.limits import Limits
from settlement.security.login import Login
from settlement.security.sessions import Session, Sessions
from settlement.settings import Settings

CUSTOMER, CUSTOMER_PHONE, FUND_ACCOUNT = "310104198208235053", "13800000001", "880127001"
SECOND, SECOND_PHONE = "210804199710149897", "13800000002"
STRANGER = "11010519491231002X"
NATURAL = "自然人"


class World:
    """A login with everything around it, and what a customer at the other end would see."""

    def __init__(self, tmp_path: Path, redis: Redis, keyring: Keyring, sessions: Sessions) -> None:
        settings = Settings(state_dir=tmp_path)
        self.redis, self.keyring, self.sessions = redis, keyring, sessions
        self.database = Database(settings.database_url)
        self.customers = Customers(self.database, keyring)
        self.captchas = Captchas(redis)
        self.sms = LocalSms(redis, keyring)
        self.counter = LocalCounter(tmp_path / "counter.db", keyring)
        self.brokers = Brokers(settings)
        self.login = self.with_parts()

    def with_parts(
        self, *, counter: Counter | None = None, sms: SmsSender | None = None, floor: float = 0.0
    ) -> Login:
        return Login(
            sessions=self.sessions,
            captchas=self.captchas,
            codes=Codes(self.redis, self.keyring),
            limits=Limits(self.redis),
            counter=counter or self.counter,
            sms=sms or self.sms,
            customers=self.customers,
            brokers=self.brokers,
            keyring=self.keyring,
            send_floor_seconds=floor,
        )

    async def visitor(self, broker: str = "0127", client: str = "address.browser") -> Session:
        """A new conversation in which company and captcha are done with."""
        session, _ = await self.sessions.create("widget", client)
        session.broker, session.captcha_passed_at = broker, now()
        await self.sessions.save(session)
        return session

    async def send(self, session: Session, number: str, account_type: str = NATURAL) -> str | None:
        """Ask for a code; the code if one arrived at a phone, None otherwise."""
        session.captcha_passed_at = now()
        before = len(await self.sms.inbox())
        await self.login.send_code(session, number, account_type)
        await self.login.close()
        inbox = await self.sms.inbox()
        if len(inbox) == before:
            return None
        found = re.search(r"验证码为(\d{6})", inbox[0].text)
        assert found is not None
        return found[1]

    async def wait_out(self, scope: str) -> None:
        """As if more than the longest window had passed since everything that ``scope`` counted."""
        for key in await self.redis.keys(f"limit:{scope}:*"):
            await self.redis.delete(key)


def wrong_for(code: str | None) -> str:
    """Another code than the one that arrived."""
    return "000000" if code is None else f"{(int(code) + 1) % 10**6:06}"
