"""The console started on a free port, with a real database, a real Redis and real companies."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from sanic import Sanic

from console.app import create_app
from console.demonstration import ensure_staff
from console.parts import Parts
from settlement.database import upgrade
from settlement.settings import ROOT, Settings
from tests.console.browser import Browser
from tests.console.submitting import Submitted, submit
from tests.support.redis import running_redis


@pytest.fixture(scope="package")
def redis_url() -> Iterator[str]:
    with running_redis() as url:
        yield url


@pytest.fixture(scope="package")
def companies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The companies of the project, whose documents need no time to read."""
    folder = tmp_path_factory.mktemp("companies") / "brokers"
    shutil.copytree(ROOT / "brokers", folder)
    for document in folder.rglob("*.md"):
        text = document.read_text(encoding="utf-8")
        document.write_text(re.sub(r"(?m)^seconds:.*$", "seconds: 0", text), encoding="utf-8")
    return folder


@pytest.fixture
def settings(tmp_path: Path, redis_url: str, companies: Path) -> Settings:
    return Settings(environment="local", state_dir=tmp_path, redis_url=redis_url, brokers_dir=companies)


@pytest.fixture
async def house(settings: Settings) -> AsyncIterator[Parts]:
    await upgrade(settings.database_url)
    house = Parts.build(settings)
    await house.redis.flushall()
    yield house
    await house.close()


@pytest.fixture
async def passwords(house: Parts) -> dict[str, str]:
    """Passwords of the demonstration staff by name."""
    text = await ensure_staff(house.settings, house.staff)
    assert text is not None
    return {line.split()[0]: line.split()[1] for line in text.splitlines()}


@pytest.fixture
async def url(house: Parts) -> AsyncIterator[str]:
    """The address of a running console."""
    Sanic.test_mode = True
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    app = create_app(house, name=f"console-{port}")
    server = await app.create_server("127.0.0.1", port, return_asyncio_server=True)
    assert server is not None
    await server.startup()
    await server.before_start()
    await server.after_start()
    yield f"http://127.0.0.1:{port}"
    await server.before_stop()
    await server.close()
    await asyncio.sleep(0)


OpenBrowser = Callable[[str], Awaitable[Browser]]


@pytest.fixture
async def at_screen(url: str, passwords: dict[str, str]) -> AsyncIterator[OpenBrowser]:
    """Gives a browser in which the named member of staff is logged in; ``""`` is nobody."""
    opened: list[Browser] = []

    async def open_browser(name: str) -> Browser:
        browser = Browser(url)
        opened.append(browser)
        if name:
            answer = await browser.log_in(name, passwords[name])
            assert answer.status_code == 200, answer.text
        return browser

    yield open_browser
    for browser in opened:
        await browser.close()


@pytest.fixture
async def case(house: Parts, url: str) -> Submitted:
    return await submit(house)
