"""Every outside system may take a call and never answer: the call ends in time and says nothing personal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import httpx
import pytest
import urllib3
from asn1crypto import tsp
from pyhanko.sign.timestamps import TimestampRequestError
from redis.exceptions import TimeoutError as RedisTimeoutError
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from settlement import database, redis
from settlement.ports import http, objects_s3, tsa
from settlement.ports.ca import HttpCa, Person
from settlement.ports.counter import HttpCounter
from settlement.ports.errors import PortUnavailable
from settlement.ports.http import JsonClient
from settlement.ports.objects_s3 import S3Objects
from settlement.ports.sms import HttpSms, Sms
from settlement.security.keys import Keyring
from settlement.settings import Settings
from tests.support.silent import silent_server
from tests.unit.ports.test_counter_http import REQUEST

SHORT = 0.3
PATIENCE_SECONDS = 20
"""Of the test: far more than the limits set here, less than a call without one."""
ID_NUMBER, PHONE, NAME, CODE = "310104198208235053", "13800000001", "顾英昱", "483920"
FILE = "f_" + "a" * 24


@pytest.fixture
def silent() -> Iterator[str]:
    with silent_server() as address:
        yield address


@pytest.fixture
def client(silent: str, monkeypatch: pytest.MonkeyPatch) -> JsonClient:
    """The client of all JSON ports, with a shorter patience."""
    monkeypatch.setattr(http, "TIMEOUT", httpx.Timeout(SHORT))
    return JsonClient("PORT", f"http://{silent}", "t0ken", production=False)


JSON_CALLS: dict[str, Callable[[JsonClient], Awaitable[object]]] = {
    "counter, find": lambda client: HttpCounter(client).find_customer("0127", ID_NUMBER),
    "counter, change": lambda client: HttpCounter(client).change_settlement_accounts("0127", REQUEST),
    "SMS": lambda client: HttpSms(client).send(Sms(id="1", phone=PHONE, text=f"验证码 {CODE}")),
    "authority, certify": lambda client: HttpCa(client).certify(
        "0127", Person(name=NAME, id_number=ID_NUMBER), content_sha256="ab" * 32, key="k"
    ),
    "authority, seal": lambda client: HttpCa(client).seal("0127"),
    "authority, sign": lambda client: HttpCa(client).sign("credential", bytes(32)),
}


def says_nothing_personal(error: BaseException) -> bool:
    told = f"{error!r}{error.__cause__!r}"
    return not any(value in told for value in (ID_NUMBER, PHONE, NAME, CODE, "t0ken", "s3cret"))


@pytest.mark.parametrize("call", JSON_CALLS)
async def test_a_json_port_that_never_answers_may_be_tried_later(client: JsonClient, call: str) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(PortUnavailable, match=r"no answer \(ReadTimeout\)") as caught:
            await JSON_CALLS[call](client)
    await client.close()
    assert says_nothing_personal(caught.value)


STORE_CALLS: dict[str, Callable[[S3Objects], Awaitable[object]]] = {
    "put": lambda store: store.put(NAME.encode(), mime="image/jpeg", context="c"),
    "get": lambda store: store.get(FILE, context="c"),
    "remove": lambda store: store.remove(FILE),
}


@pytest.mark.parametrize("call", STORE_CALLS)
async def test_a_store_that_never_answers_may_be_tried_later(
    silent: str, settings: Settings, keyring: Keyring, call: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(objects_s3, "TIMEOUT", urllib3.Timeout(connect=SHORT, read=SHORT))
    place = {"s3_endpoint": f"http://{silent}", "s3_bucket": "photos", "s3_access_key": "k"}
    store = S3Objects(settings.model_copy(update={**place, "s3_secret_key": "s3cret"}), keyring)
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(PortUnavailable, match="OBJECTS: the store answered") as caught:
            await STORE_CALLS[call](store)
    assert says_nothing_personal(caught.value)


async def test_a_timestamp_authority_that_never_answers_is_a_failed_request(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tsa, "TIMEOUT_SECONDS", SHORT)
    request = tsp.TimeStampReq({"version": 1, "message_imprint": _imprint()})
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(TimestampRequestError):
            await tsa.http_timestamps(f"http://{silent}").async_request_tsa_response(request)


def _imprint() -> tsp.MessageImprint:
    return tsp.MessageImprint({"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": bytes(32)})


async def test_a_redis_that_never_answers_is_not_asked_twice_what_it_may_have_done(
    silent: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis, "ANSWER_SECONDS", SHORT)
    client = redis.connect(settings.model_copy(update={"redis_url": f"redis://:s3cret@{silent}"}))
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(RedisTimeoutError) as caught:
            await client.get("key")
    await client.aclose()
    assert says_nothing_personal(caught.value)


async def test_a_database_that_never_answers_is_given_up(
    silent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "CONNECT_SECONDS", 2)  # the least that libpq knows
    there = database.Database(f"postgresql://u:s3cret@{silent}/d")
    began = time.monotonic()
    with pytest.raises(OperationalError, match="timeout") as caught:
        async with there.reading() as session:
            await session.execute(text("SELECT 1"))
    await there.close()
    assert time.monotonic() - began < PATIENCE_SECONDS
    assert says_nothing_personal(caught.value)
