"""The services of the core, made once for the action server."""

from __future__ import annotations

from dataclasses import dataclass

from redis.asyncio import Redis

from settlement.brokers.registry import Brokers
from settlement.cases.customers import Customers
from settlement.cases.service import Cases
from settlement.conversation.uploads import Uploads
from settlement.database import Database
from settlement.evidence.press import Press
from settlement.evidence.trust import TrustedRoots
from settlement.heard.stream import Hearing
from settlement.ocr import Reader
from settlement.ports.registry import Ports, ports
from settlement.redis import connect
from settlement.security.captcha import Captchas
from settlement.security.codes import Codes
from settlement.security.columns import use_keyring
from settlement.security.keys import Keyring
from settlement.security.limits import Limits
from settlement.security.login import Login
from settlement.security.origins import Origins
from settlement.security.sessions import Sessions
from settlement.security.vault import Vault
from settlement.settings import Settings


@dataclass(frozen=True)
class Core:
    """Everything an action may call."""

    settings: Settings
    redis: Redis
    keyring: Keyring
    vault: Vault
    sessions: Sessions
    origins: Origins
    captchas: Captchas
    login: Login
    brokers: Brokers
    database: Database
    customers: Customers
    cases: Cases
    ports: Ports
    uploads: Uploads
    reader: Reader
    hearing: Hearing

    @classmethod
    async def start(cls, settings: Settings) -> Core:
        """Connect to everything and warm the card reader; raises ``OperatorError`` when a part is missing."""
        redis = connect(settings)
        keyring = Keyring.load(settings)
        use_keyring(keyring)
        database = Database(settings.database_url)
        brokers = Brokers(settings)
        customers = Customers(database, keyring)
        sessions = Sessions(redis, settings.login_idle_seconds)
        captchas = Captchas(redis)
        doors = ports(settings, redis, keyring)
        login = Login(
            sessions=sessions,
            captchas=captchas,
            codes=Codes(redis, keyring),
            limits=Limits(redis),
            counter=doors.counter,
            sms=doors.sms,
            customers=customers,
            brokers=brokers,
            keyring=keyring,
        )
        press = Press(doors.objects, doors.authority, doors.timestamper, TrustedRoots(settings))
        reader = Reader(settings)
        await reader.start()
        return cls(
            settings=settings,
            redis=redis,
            keyring=keyring,
            vault=Vault(redis, keyring),
            sessions=sessions,
            origins=Origins(redis, keyring),
            captchas=captchas,
            login=login,
            brokers=brokers,
            database=database,
            customers=customers,
            cases=Cases(database, brokers, keyring, press),
            ports=doors,
            uploads=Uploads(redis),
            reader=reader,
            hearing=Hearing(redis, keyring),
        )

    async def stop(self) -> None:
        """Close what ``start`` opened."""
        await self.login.close()
        await self.reader.stop()
        await self.database.close()
        await self.redis.aclose()
