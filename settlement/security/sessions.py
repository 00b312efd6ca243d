"""Sessions: the server's record of a conversation. Its secret is the cookie; only a hash of it is kept here.

A conversation and its company outlive the login: 30 idle minutes end the login (R-019), never the draft.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import UTC, datetime

from pydantic import BaseModel
from redis.asyncio import Redis

from settlement.clock import now
from settlement.conversation.keys import KEEP_SECONDS
from settlement.errors import CustomerError
from settlement.redis import Stored, decoded
from settlement.security.keys import Keyring


class DeviceCheck(BaseModel):
    """What the customer's page measured (R-012); a gate, not a proof (R-023)."""

    camera: bool
    microphone: bool
    speaker: bool
    system: str
    system_version: str
    failure: str | None = None
    at: datetime

    @property
    def works(self) -> bool:
        """Whether all three parts did their work; a failed check is kept as well, and opens nothing."""
        return self.camera and self.microphone and self.speaker


class Session(BaseModel):
    """One conversation. ``customer`` is set while somebody is logged in, and decides what may be seen."""

    conversation: str
    channel: str
    created_at: datetime
    broker: str | None = None
    broker_version: str | None = None
    customer: str | None = None
    account_type: str | None = None
    fund_account: str | None = None
    login_at: datetime | None = None
    active_at: datetime
    device: DeviceCheck | None = None
    case_no: str | None = None
    code_awaited: bool = False
    captcha_passed_at: datetime | None = None
    client: str = ""

    @property
    def logged_in(self) -> bool:
        """Whether a customer is logged in; true only after ``Sessions`` judged the idle time."""
        return self.customer is not None and self.login_at is not None


def client_mark(keyring: Keyring, address: str, user_agent: str) -> str:
    """``<digest of the network address>.<digest of the browser>``, for ``Session.client``.

    In two parts because a phone changes its address on the way, but not its browser.
    """
    return ".".join(keyring.digest(part, "client")[:16] for part in (address, user_agent))


class Sessions:
    """Sessions in Redis.

    The time of activity and the client's mark, which the gateway writes while a turn is under way, have
    fields of their own: ``touch`` and ``arrive`` do not undo what an action saves, nor it them.
    """

    def __init__(self, redis: Redis, idle_seconds: int) -> None:
        self._redis = redis
        self._idle = idle_seconds

    async def create(self, channel: str, client: str = "") -> tuple[Session, str]:
        """A new conversation and the secret for its cookie, which is returned once and kept hashed."""
        moment = now()
        session = Session(
            conversation=secrets.token_urlsafe(16),
            channel=channel,
            created_at=moment,
            active_at=moment,
            client=client,
        )
        secret = secrets.token_urlsafe(32)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(_key(session.conversation), mapping=_fields(session))
            pipe.hset(_key(session.conversation), "secret", _hashed(secret))
            pipe.expire(_key(session.conversation), KEEP_SECONDS)
            pipe.set(_secret_key(_hashed(secret)), session.conversation, ex=KEEP_SECONDS)
            await pipe.execute()
        return session, secret

    async def by_secret(self, secret: str) -> Session | None:
        """The session whose cookie this is; None for an unknown or outlived one."""
        conversation = await self._redis.get(_secret_key(_hashed(secret)))
        if conversation is None:
            return None
        try:
            return await self.get(decoded(conversation))
        except CustomerError:
            return None

    async def get(self, conversation: str) -> Session:
        """The session, its login dropped when idle for too long; CustomerError ``session_unknown``."""
        data, active, client = await self._redis.hmget(_key(conversation), ["data", "active", "client"])
        if data is None:
            raise CustomerError("session_unknown")
        session = Session.model_validate_json(data)
        if active is not None:
            session.active_at = datetime.fromtimestamp(float(active), UTC)
        if client is not None:
            session.client = decoded(client)
        if session.logged_in and (now() - session.active_at).total_seconds() >= self._idle:
            session = _without_login(session)
            await self.save(session)
        return session

    async def save(self, session: Session) -> None:
        """Store everything but activity and client's mark, and index the conversation by its customer."""
        key = _key(session.conversation)
        indexed = await self._redis.hget(key, "indexed")
        before = decoded(indexed) if indexed else None
        fields = _fields(session)
        del fields["active"], fields["client"]
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, mapping=fields)
            pipe.expire(key, KEEP_SECONDS)
            if session.customer is not None:
                if before not in (None, session.customer):
                    # Somebody else took the phone: results of the first must not arrive here.
                    pipe.zrem(_customer_key(str(before)), session.conversation)
                pipe.hset(key, "indexed", session.customer)
                pipe.zadd(_customer_key(session.customer), {session.conversation: now().timestamp()})
                pipe.expire(_customer_key(session.customer), KEEP_SECONDS)
            await pipe.execute()

    async def touch(self, conversation: str) -> None:
        """The customer did something just now: the idle time begins anew, unless it has run out already."""
        await self.get(conversation)  # ends a login that was idle for too long, before the clock starts anew
        key = _key(conversation)
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.hset(key, "active", str(now().timestamp()))
            pipe.hget(key, "secret")
            pipe.expire(key, KEEP_SECONDS)
            secret = (await pipe.execute())[1]
        if secret:
            await self._redis.expire(_secret_key(decoded(secret)), KEEP_SECONDS)

    async def arrive(self, session: Session, client: str) -> Session:
        """Called when a customer connects: another browser must check its device and log in again (R-022).

        For the same cookie in another browser is a forwarded or stolen one. A changed network address alone
        changes nothing but the mark.
        """
        if client == session.client:
            return session
        if session.client and _browser(client) != _browser(session.client):
            session = _without_login(session).model_copy(update={"device": None})
            await self.save(session)
        await self._redis.hset(_key(session.conversation), "client", client)
        return session.model_copy(update={"client": client})

    async def end_login(self, conversation: str) -> None:
        """Log out; conversation, company and draft stay."""
        await self.save(_without_login(await self.get(conversation)))

    async def renew_secret(self, conversation: str) -> str:
        """A new secret for a conversation that began without a browser; the one before opens nothing more.

        Raises ``session_unknown``.
        """
        await self.get(conversation)
        key, secret = _key(conversation), secrets.token_urlsafe(32)
        before = await self._redis.hget(key, "secret")
        async with self._redis.pipeline(transaction=True) as pipe:
            if before:
                pipe.delete(_secret_key(decoded(before)))
            pipe.hset(key, "secret", _hashed(secret))
            pipe.set(_secret_key(_hashed(secret)), conversation, ex=KEEP_SECONDS)
            await pipe.execute()
        return secret

    async def unbind(self, conversation: str) -> bool:
        """Log out, shut out every browser, and let no later result come here; False if nobody was bound."""
        await self.end_login(conversation)
        key = _key(conversation)
        bound, secret = await self._redis.hmget(key, ["indexed", "secret"])
        async with self._redis.pipeline(transaction=True) as pipe:
            if bound:
                pipe.zrem(_customer_key(decoded(bound)), conversation)
            if secret:
                pipe.delete(_secret_key(decoded(secret)))
            pipe.hdel(key, "indexed", "secret")
            await pipe.execute()
        return bound is not None

    async def conversations_of(self, customer: str) -> list[str]:
        """Conversations in which this customer logged in during the last 90 days, the latest first."""
        key = _customer_key(customer)
        await self._redis.zremrangebyscore(key, 0, now().timestamp() - KEEP_SECONDS)
        return [decoded(name) for name in await self._redis.zrange(key, 0, -1, desc=True)]


def _without_login(session: Session) -> Session:
    gone = ("customer", "account_type", "fund_account", "login_at", "case_no", "captcha_passed_at")
    return session.model_copy(update={**dict.fromkeys(gone), "code_awaited": False})


def _browser(client: str) -> str:
    return client.rsplit(".", 1)[-1]


def _fields(session: Session) -> dict[Stored, Stored]:
    return {
        "data": session.model_dump_json(),
        "active": str(session.active_at.timestamp()),
        "client": session.client,
    }


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(conversation: str) -> str:
    return f"session:{conversation}"


def _secret_key(hashed: str) -> str:
    return f"session-secret:{hashed}"


def _customer_key(customer: str) -> str:
    return f"customer-conversations:{customer}"
