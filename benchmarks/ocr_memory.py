"""Memory of the worker that reads photos: ``python -m benchmarks.ocr_memory FOLDER [--count 1000]``.

Reads the photos of FOLDER round and round through the product's own reader and prints the worker's resident
memory as it goes: flat after the first hundred, or something leaks.
"""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

import psutil

from settlement.images import clean
from settlement.ocr import Reader
from settlement.settings import settings


async def measure(photos: list[bytes], count: int) -> None:
    """Print start-up time, then MB and photos a second at every twentieth part of the way."""
    reader = Reader(settings())
    begun = time.perf_counter()
    await reader.start()
    print(f"ready after {time.perf_counter() - begun:.1f} s")
    workers = psutil.Process().children(recursive=True)
    step = max(1, count // 20)
    begun = time.perf_counter()
    for number in range(count):
        await reader.read(photos[number % len(photos)])
        if number % step == 0 or number == count - 1:
            used = max(worker.memory_info().rss for worker in workers) / 1e6
            print(f"{number + 1:5} photos {used:5.0f} MB {time.perf_counter() - begun:7.1f} s", flush=True)
    await reader.stop()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--count", type=int, default=1000)
    options = arguments.parse_args()
    cleaned = [clean(path.read_bytes()).jpeg for path in sorted(options.folder.glob("*.jpg"))]
    asyncio.run(measure(cleaned, options.count))
