"""The reader that the rest of the project uses: worker processes that keep the models loaded.

Recognition is CPU bound and takes a second or so: it must run in neither an event loop nor its process. Each
worker holds 0.4 to 0.9 GB and reads one photo at a time; what waits is bounded, so that a burst is answered
"busy" instead of late.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from settlement.errors import CustomerError, OperatorError
from settlement.ocr.reading import Reading
from settlement.settings import Settings

log = structlog.get_logger()

WAITING_PER_WORKER = 8
START_SECONDS = 120.0

_engine: Any = None  # in a worker process: its Engine


def _load(models: str) -> None:
    """Initialise a worker: load the models and run them once, since the first run is slower."""
    global _engine
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which stops its workers
    from settlement.ocr.engine import Engine

    _engine = Engine(Path(models))
    page = np.full((96, 320, 3), 255, np.uint8)
    _engine.lines(_engine.upright(page), 320)


def _ready() -> bool:
    return _engine is not None


def _read(jpeg: bytes, expected: str | None) -> Reading:
    from settlement.ocr.pipeline import decode, read_photo

    photo = decode(jpeg)
    return Reading(kind="none") if photo is None else read_photo(_engine, photo, expected)


def _read_qr(jpeg: bytes) -> str | None:
    from settlement.ocr.pipeline import decode
    from settlement.ocr.qr import read_qr

    photo = decode(jpeg)
    return None if photo is None else read_qr(photo)


class Reader:
    """Reads photos that ``settlement.images.clean`` made; one object per process, ``start`` and ``stop``."""

    def __init__(self, settings: Settings) -> None:
        self._models = settings.ocr_models_dir
        self._workers = max(1, settings.ocr_workers)
        self._timeout = settings.ocr_timeout_seconds
        self._pool: ProcessPoolExecutor | None = None
        self._waiting = 0
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Start the workers and wait until each has its models (some seconds).

        Raises OperatorError when the models are missing or do not load.
        """
        async with self._starting:
            if self._pool is None:
                self._pool = await self._new_pool()

    async def _new_pool(self) -> ProcessPoolExecutor:
        pool = ProcessPoolExecutor(
            self._workers,
            mp_context=multiprocessing.get_context(
                "spawn"
            ),  # a fork would copy the event loop and its sockets
            initializer=_load,
            initargs=(str(self._models),),
        )
        try:
            ready = [asyncio.wrap_future(pool.submit(_ready)) for _ in range(self._workers)]
            await asyncio.wait_for(asyncio.gather(*ready), START_SECONDS)
        except (BrokenProcessPool, TimeoutError) as error:
            _kill(pool)
            raise OperatorError(
                f"The OCR workers do not start; are the models in {self._models}? python deploy/weights.py"
            ) from error
        return pool

    async def read(self, jpeg: bytes, expected: str | None = None) -> Reading:
        """What the photo shows. ``expected`` (id_front, id_back, bank_card) is a hint only: compare ``kind``.

        Raises CustomerError("ocr_busy") when too much waits, when reading takes too long, or a worker died.
        """
        reading = await self._run(_read, jpeg, expected)
        assert isinstance(reading, Reading)
        return reading

    async def read_qr(self, jpeg: bytes) -> str | None:
        """The text of a QR code in the photo, or None. Raises as ``read``."""
        text = await self._run(_read_qr, jpeg)
        return None if text is None else str(text)

    async def stop(self) -> None:
        """End the workers; what they were reading is given up."""
        async with self._starting:
            pool, self._pool = self._pool, None
        if pool is not None:
            await asyncio.to_thread(_kill, pool)

    async def _run(self, task: Any, *arguments: Any) -> object:
        await self.start()
        pool = self._pool
        if pool is None or self._waiting >= self._workers * WAITING_PER_WORKER:
            raise CustomerError("ocr_busy")
        self._waiting += 1
        future: Future[Any] | None = None
        try:
            future = pool.submit(task, *arguments)
            return await asyncio.wait_for(asyncio.wrap_future(future), self._timeout)
        except TimeoutError as error:
            # A photo still in the queue is cancelled. One being read cannot be: its worker is replaced.
            if future is not None and not future.cancelled():
                await self._replace(pool)
            log.warning("ocr_timeout", seconds=self._timeout)
            raise CustomerError("ocr_busy") from error
        except BrokenProcessPool as error:
            await self._replace(pool)
            log.warning("ocr_worker_died")
            raise CustomerError("ocr_busy") from error
        finally:
            self._waiting -= 1

    async def _replace(self, broken: ProcessPoolExecutor) -> None:
        """Give up a pool; the next photo starts a new one."""
        async with self._starting:
            if self._pool is broken:
                self._pool = None
        await asyncio.to_thread(_kill, broken)


def _kill(pool: ProcessPoolExecutor) -> None:
    for process in list((pool._processes or {}).values()):
        process.terminate()
    pool.shutdown(wait=True, cancel_futures=True)
