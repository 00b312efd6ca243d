"""Login: ID number, account type, picture captcha and SMS code (R-016…R-019).

Nobody learns from it whether an ID number belongs to a customer (R-018): until a right code is entered, every
answer and its time are the same for a customer, a stranger, and a customer of another account type.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from datetime import timedelta

import structlog

from settlement import clock
from settlement.brokers.registry import Brokers
from settlement.brokers.schema import Broker
from settlement.cases.customers import Customers
from settlement.errors import CustomerError
from settlement.identity import id_number as id_numbers
from settlement.ports.counter import Counter, CounterCustomer
from settlement.ports.errors import PortUnavailable
from settlement.ports.sms import Sms, SmsSender
from settlement.security.captcha import Captchas
from settlement.security.codes import Codes
from settlement.security.keys import Keyring
from settlement.security.limits import Limits, Rules
from settlement.security.sessions import Session, Sessions

log = structlog.get_logger(__name__)

HOUR, DAY = 3600, 24 * 3600
CAPTCHA_FRESH = timedelta(minutes=5)
SEND_FLOOR_SECONDS = 0.4
SMS_RULES: Rules = [(1, 60), (5, HOUR), (10, DAY)]
CONVERSATION_RULES: Rules = [(10, HOUR), (30, DAY)]
ADDRESS_RULES: Rules = [(60, HOUR), (300, DAY)]  # one address of a phone company has many customers
CAPTCHA_RULES: Rules = [(15, 900)]
FAILURE_RULES: Rules = [(5, 900)]


class Login:
    """Turns a conversation into a customer's."""

    def __init__(
        self,
        *,
        sessions: Sessions,
        captchas: Captchas,
        codes: Codes,
        limits: Limits,
        counter: Counter,
        sms: SmsSender,
        customers: Customers,
        brokers: Brokers,
        keyring: Keyring,
        send_floor_seconds: float = SEND_FLOOR_SECONDS,
    ) -> None:
        self._sessions = sessions
        self._captchas = captchas
        self._codes = codes
        self._limits = limits
        self._counter = counter
        self._sms = sms
        self._customers = customers
        self._brokers = brokers
        self._keyring = keyring
        self._floor = send_floor_seconds
        self._sending: set[asyncio.Task[None]] = set()

    async def pass_captcha(self, session: Session, captcha: str, answer: str) -> None:
        """Note that a person is there; uses the picture up. CustomerError: captcha_wrong, too_often."""
        if not await self._captchas.check(session.conversation, captcha, answer):
            await self._limits.hit("captcha-wrong", session.conversation, CAPTCHA_RULES)
            raise CustomerError("captcha_wrong")
        session.captcha_passed_at = clock.now()
        await self._sessions.save(session)

    async def send_code(self, session: Session, id_number: str, account_type: str) -> None:
        """Send a code to the registered phone; to nobody when there is no such customer, without saying so.

        Needs a captcha that was passed less than five minutes ago, and uses it up. CustomerError:
        ``captcha_needed``, ``too_often`` (``seconds``), ``login_locked`` (``minutes``),
        ``counter_unavailable`` (``hotline``), and those of the ID number itself.
        """
        started = time.monotonic()
        broker, number, who = self._parsed(session, id_number)
        passed = session.captcha_passed_at
        if passed is None or clock.now() - passed > CAPTCHA_FRESH:
            raise CustomerError("captcha_needed")
        await self._not_locked(session, who)
        await self._limits.hit(
            "sms-address", session.client.split(".")[0] or session.conversation, ADDRESS_RULES
        )
        await self._limits.hit("sms-conversation", session.conversation, CONVERSATION_RULES)
        await self._limits.hit("sms-id-number", who, SMS_RULES)
        try:
            customer = await self._find(broker, number, account_type)
            code = await self._codes.issue(session.conversation, self._subject(session, who, account_type))
            session.captcha_passed_at = None
            session.code_awaited = True
            await self._sessions.save(session)
            if customer is not None:
                # Not waited for: the provider's time would tell that there is somebody to send to.
                task = asyncio.create_task(self._deliver(broker, customer, code))
                self._sending.add(task)
                task.add_done_callback(self._sending.discard)
        finally:
            await asyncio.sleep(max(0.0, self._floor - (time.monotonic() - started)))

    async def next_code_after(self, session: Session, id_number: str) -> int:
        """Seconds until another code may be sent for that ID number; 0 when it may be now."""
        _, _, who = self._parsed(session, id_number)
        try:
            await self._limits.check("sms-id-number", who, SMS_RULES)
        except CustomerError as error:
            return int(error.facts["seconds"])
        return 0

    async def enter(self, session: Session, id_number: str, account_type: str, code: str) -> Session:
        """Log in; the session that is returned is the customer's.

        CustomerError: ``login_mismatch`` for whatever is wrong, ``code_expired``, ``code_locked``,
        ``login_locked`` (``minutes``), ``counter_unavailable`` (``hotline``); and after a right code alone
        ``account_abnormal`` (``status``: dormant, closed or restricted; ``hotline``).
        """
        broker, number, who = self._parsed(session, id_number)
        await self._not_locked(session, who)
        customer = await self._find(broker, number, account_type)
        try:
            await self._codes.check(session.conversation, self._subject(session, who, account_type), code)
        except CustomerError as error:
            if error.code == "code_expired":
                raise
            await self._failed(session, who)
            raise CustomerError("login_mismatch" if error.code == "code_wrong" else error.code) from None
        if customer is None:
            await self._failed(session, who)
            raise CustomerError("login_mismatch")
        if customer.status != "active":
            raise CustomerError("account_abnormal", status=customer.status, hotline=broker.hotline)
        known = await self._customers.upsert(broker.code, customer)
        await self._sessions.touch(session.conversation)
        session.customer = known.id
        session.account_type = account_type
        session.fund_account = customer.fund_account
        session.login_at = session.active_at = clock.now()
        session.code_awaited = False
        await self._sessions.save(session)
        for scope, whom in self._failure_scopes(session, who):
            await self._limits.forget(scope, whom)
        log.info("login", conversation=session.conversation, broker=broker.code, customer=known.id)
        return session

    async def close(self) -> None:
        """Wait for the messages that are still on their way."""
        await asyncio.gather(*self._sending)

    def _parsed(self, session: Session, id_number: str) -> tuple[Broker, str, str]:
        """Company, ID number (18 digits, judged) and its digest for counting."""
        if session.broker is None:
            raise CustomerError("broker_needed")
        number = id_numbers.parse(id_number, clock.beijing(clock.now()).date()).value
        who = self._keyring.digest(f"{session.broker}:{number}", "login-limit")
        return self._brokers.get(session.broker), number, who

    def _subject(self, session: Session, who: str, account_type: str) -> str:
        return self._keyring.digest(f"{session.broker}:{who}:{account_type}", "login-subject")

    async def _find(self, broker: Broker, number: str, account_type: str) -> CounterCustomer | None:
        """The customer, if the account type is theirs too."""
        try:
            customer = await self._counter.find_customer(broker.code, number)
        except PortUnavailable:
            raise CustomerError("counter_unavailable", hotline=broker.hotline) from None
        chosen = broker.account_type(account_type)
        if customer is None or chosen is None or chosen.client_type != customer.client_type:
            return None
        return customer

    async def _deliver(self, broker: Broker, customer: CounterCustomer, code: str) -> None:
        """Send the SMS. What goes wrong is told to the operators alone; the customer asks for another one."""
        try:
            await self._limits.hit("sms-phone", self._keyring.digest(customer.phone, "sms-limit"), SMS_RULES)
            text = broker.sms("login_code", code=code)
            await self._sms.send(Sms(id=f"login-{secrets.token_hex(12)}", phone=customer.phone, text=text))
        except CustomerError:
            log.warning("login_sms_withheld", broker=broker.code, reason="phone limit")
        except Exception as error:
            # Whatever it is; without its trace, which may hold the address or the text of the message.
            log.error("login_sms_failed", broker=broker.code, error=type(error).__name__)  # noqa: TRY400

    async def _not_locked(self, session: Session, who: str) -> None:
        for scope, whom in self._failure_scopes(session, who):
            try:
                await self._limits.check(scope, whom, FAILURE_RULES)
            except CustomerError as error:
                seconds = int(error.facts["seconds"])
                raise CustomerError("login_locked", minutes=-(-seconds // 60)) from None

    async def _failed(self, session: Session, who: str) -> None:
        for scope, whom in self._failure_scopes(session, who):
            try:
                await self._limits.hit(scope, whom, FAILURE_RULES)
            except CustomerError:
                continue  # locked by a parallel attempt; the next one is told
        log.warning("login_failed", conversation=session.conversation, broker=session.broker)

    @staticmethod
    def _failure_scopes(session: Session, who: str) -> list[tuple[str, str]]:
        return [("login-failed", session.conversation), ("login-failed-id", who)]
