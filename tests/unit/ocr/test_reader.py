"""The worker processes: a queue with an end, a time-out, and a worker that dies."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from settlement.errors import CustomerError, OperatorError
from settlement.ocr import Reader
from settlement.ocr.reader import WAITING_PER_WORKER
from settlement.settings import Settings

pytestmark = pytest.mark.asyncio(loop_scope="module")
CARD = (Path(__file__).resolve().parents[2] / "fixtures" / "photos" / "back_00.jpg").read_bytes()


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def reader() -> AsyncIterator[Reader]:
    reader = Reader(Settings())
    await reader.start()
    yield reader
    await reader.stop()


async def test_a_photo_is_read_in_another_process_while_the_loop_runs_on(reader: Reader) -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.02)
            ticks += 1

    ticking = asyncio.create_task(tick())
    reading = await reader.read(CARD, "id_back")
    ticking.cancel()
    assert reading.complete
    assert ticks > 5


async def test_bytes_that_are_no_picture_show_nothing(reader: Reader) -> None:
    assert (await reader.read(b"not a picture")).kind == "none"
    assert await reader.read_qr(b"not a picture") is None


async def test_what_comes_too_thick_is_told_that_we_are_busy(reader: Reader) -> None:
    many = [reader.read(b"not a picture") for _ in range(WAITING_PER_WORKER * 2)]
    answers = await asyncio.gather(*many, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, CustomerError)]
    assert len(refused) == WAITING_PER_WORKER
    assert {error.code for error in refused} == {"ocr_busy"}


async def test_a_worker_that_dies_costs_one_photo(reader: Reader) -> None:
    assert reader._pool is not None
    (worker,) = reader._pool._processes
    os.kill(worker, signal.SIGSTOP)  # however fast it reads, it cannot be done before it dies
    reading = asyncio.create_task(reader.read(CARD))
    await asyncio.sleep(0.3)
    os.kill(worker, signal.SIGKILL)
    with pytest.raises(CustomerError, match="ocr_busy"):
        await reading
    assert (await reader.read(CARD)).complete


async def test_a_photo_that_takes_too_long_is_given_up_and_the_next_is_read(reader: Reader) -> None:
    usual, reader._timeout = reader._timeout, 0.01
    with pytest.raises(CustomerError, match="ocr_busy"):
        await reader.read(CARD)
    reader._timeout = usual
    assert (await reader.read(CARD)).complete


async def test_missing_models_are_told_to_the_operator(tmp_path: Path) -> None:
    with pytest.raises(OperatorError, match=r"deploy/weights\.py"):
        await Reader(Settings(ocr_models_dir=tmp_path)).start()
