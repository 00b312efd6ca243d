"""One Redis, one database, one played Rasa and one gateway process for the whole folder."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
from redis.asyncio import Redis

from deploy.page import ensure_page
from settlement.database import upgrade
from settlement.security.keys import Keyring
from settlement.settings import ROOT, Settings
from tests.channels.customer import Customer
from tests.channels.of_case import of_case
from tests.channels.wire import WireRasa
from tests.support.redis import running_redis

__all__ = ["of_case"]

START_SECONDS = 120
"""The longest that a gateway may take to start: on a busy machine its imports alone took 40."""


class Gateway:
    """A gateway process."""

    def __init__(self, process: subprocess.Popen[bytes], url: str) -> None:
        self.process = process
        self.url = url

    def kill(self) -> None:
        """As a crash would: no word of goodbye."""
        self.process.kill()
        self.process.wait(10)


@pytest.fixture(scope="session")
def rasa_server() -> Iterator[WireRasa]:
    server = WireRasa()
    yield server
    server.stop()


@pytest.fixture
def rasa(rasa_server: WireRasa) -> WireRasa:
    """The played Rasa, knowing nothing of earlier tests."""
    rasa_server.forget()
    return rasa_server


@contextmanager
def own_stores(state: Path, rasa_server: WireRasa) -> Iterator[Settings]:
    """Settings with a Redis and a database that no other gateway shares."""
    ensure_page()
    with running_redis() as redis_url:
        settings = Settings(
            state_dir=state, redis_url=redis_url, rasa_url=rasa_server.url, rasa_token="t0ken"
        )
        asyncio.run(upgrade(settings.database_url))
        yield settings


@pytest.fixture(scope="session")
def chosen(rasa_server: WireRasa, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings that the gateway processes run with."""
    with own_stores(tmp_path_factory.mktemp("state"), rasa_server) as settings:
        yield settings


@contextmanager
def running_gateway(
    settings: Settings, environment: Mapping[str, str] | None = None, *, port: int = 0
) -> Iterator[Gateway]:
    """``python -m channels`` with more in its ``environment``, on ``port``, or on a free one."""
    with socket.socket() as free:
        free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        free.bind(("127.0.0.1", port))
        port = free.getsockname()[1]
    variables = {
        **os.environ,
        "STATE_DIR": str(settings.state_dir),
        "REDIS_URL": settings.redis_url,
        "RASA_URL": settings.rasa_url,
        "RASA_TOKEN": settings.rasa_token,
        "GATEWAY_PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        **(environment or {}),
    }
    log = Path(settings.state_dir) / f"gateway-{port}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "channels"], cwd=ROOT, env=variables, stdout=output, stderr=output
        )
    gateway = Gateway(process, f"http://127.0.0.1:{port}")
    try:
        _wait(gateway, log)
        yield gateway
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(20)


def _wait(gateway: Gateway, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert gateway.process.poll() is None, log.read_text()
        try:
            if httpx.get(f"{gateway.url}/health", trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    raise AssertionError(f"the gateway did not start: {log.read_text()}")


@pytest.fixture(scope="session")
def gateway(chosen: Settings) -> Iterator[Gateway]:
    with running_gateway(chosen) as running:
        yield running


@pytest.fixture
def newcomer(gateway: Gateway, rasa: WireRasa, redis_now: None) -> Iterator[Callable[[], Customer]]:
    """Makes browsers that have not been here before."""
    made: list[Customer] = []

    def make() -> Customer:
        made.append(Customer(gateway.url))
        return made[-1]

    yield make
    for one in made:
        one.http.close()


@pytest.fixture
def customer(newcomer: Callable[[], Customer]) -> Customer:
    """A customer who was greeted."""
    someone = newcomer()
    someone.enter()
    return someone


@pytest_asyncio.fixture
async def redis(chosen: Settings) -> AsyncIterator[Redis]:
    """The gateway's Redis, seen from outside."""
    client = Redis.from_url(chosen.redis_url)
    yield client
    await client.aclose()


@pytest_asyncio.fixture
async def redis_now(redis: Redis) -> None:
    """No limits left over from other tests: they all come from one address."""
    for key in await redis.keys("limit:*"):
        await redis.delete(key)


@pytest.fixture
def keyring(chosen: Settings) -> Keyring:
    """The gateway's keys."""
    return Keyring.load(chosen)
