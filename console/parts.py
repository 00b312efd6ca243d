"""Everything the console works with, made once for the process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from redis.asyncio import Redis
from sanic import Request

from console.sessions import StaffSessions
from settlement.brokers.registry import Brokers
from settlement.cases.desk import Desk
from settlement.cases.dispatch import Dispatcher
from settlement.cases.evidence import Evidence
from settlement.cases.execution import Executor
from settlement.cases.holds import Holds
from settlement.cases.housekeeping import Housekeeping
from settlement.cases.renewal import Renewal
from settlement.cases.staff import StaffUsers
from settlement.conversation.inbox import Inbox
from settlement.conversation.uploads import Uploads
from settlement.database import Database
from settlement.evidence.trust import TrustedRoots
from settlement.heard.collector import Collector
from settlement.heard.review import Review
from settlement.ports.registry import Ports, ports
from settlement.redis import connect
from settlement.security.columns import use_keyring
from settlement.security.keys import Keyring
from settlement.security.limits import Limits
from settlement.security.sessions import Sessions
from settlement.settings import Settings


@dataclass(frozen=True)
class Parts:
    """The services behind the pages."""

    settings: Settings
    redis: Redis
    keyring: Keyring
    database: Database
    brokers: Brokers
    ports: Ports
    limits: Limits
    sessions: StaffSessions
    staff: StaffUsers
    desk: Desk
    executor: Executor
    dispatcher: Dispatcher
    housekeeping: Housekeeping
    uploads: Uploads
    collector: Collector
    review: Review
    evidence: Evidence
    roots: TrustedRoots
    renewal: Renewal
    holds: Holds

    @classmethod
    def build(cls, settings: Settings) -> Parts:
        """All parts; ``OperatorError`` when one is missing. Connections are made on first use."""
        keyring = Keyring.load(settings)
        use_keyring(keyring)
        redis = connect(settings)
        database = Database(settings.database_url)
        brokers = Brokers(settings)
        doors = ports(settings, redis, keyring)
        roots = TrustedRoots(settings)
        return cls(
            settings=settings,
            redis=redis,
            keyring=keyring,
            database=database,
            brokers=brokers,
            ports=doors,
            limits=Limits(redis),
            sessions=StaffSessions(redis),
            staff=StaffUsers(database, keyring),
            desk=Desk(database, brokers, keyring),
            executor=Executor(database, brokers, keyring, doors.counter),
            dispatcher=Dispatcher(
                database, doors.sms, Sessions(redis, settings.login_idle_seconds), Inbox(redis)
            ),
            housekeeping=Housekeeping(database, brokers, doors.objects, keyring),
            uploads=Uploads(redis),
            collector=Collector(redis, database),
            review=Review(database),
            evidence=Evidence(database, keyring, doors),
            roots=roots,
            holds=Holds(database, keyring),
            renewal=Renewal(database, keyring, doors, roots, fetching=settings.tsa == "http"),
        )

    async def close(self) -> None:
        """Give up all connections."""
        await self.ports.close()
        await self.database.close()
        await self.redis.aclose()


def parts(request: Request) -> Parts:
    """The parts of the application that ``request`` came to."""
    return cast(Parts, request.app.ctx.parts)
