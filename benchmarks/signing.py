"""How long a signed paper takes, in milliseconds and ratios: ``python -m benchmarks.signing [papers]``."""

from __future__ import annotations

import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from settlement import clock
from settlement.evidence.paper import render
from settlement.evidence.press import Press
from settlement.evidence.trust import roots_of
from settlement.evidence.verify import verify_pdf
from settlement.ports.ca_local import LocalCa
from settlement.ports.objects import LocalObjects
from settlement.ports.tsa import LocalTimestamps
from settlement.security.keys import Keyring
from tests.unit.evidence.workshop import CONTEXT, Workshop, paper_with


def median(what: Callable[[], Any], times: int) -> float:
    """Median milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


async def main(times: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        keyring = Keyring([secrets.token_bytes(32)], secrets.token_bytes(32))
        authority = LocalCa(Path(folder) / "ca", keyring)
        roots = roots_of(authority.root_file.read_bytes())
        workshop = Workshop(authority, LocalObjects(Path(folder) / "objects", keyring), roots)
        began = time.perf_counter()
        await workshop.signed()
        first = (time.perf_counter() - began) * 1000
        plain = await asyncio.to_thread(median, lambda: render(paper_with(), clock.now()), times)
        whole = {}
        for stamped in (False, True):
            stamps = LocalTimestamps(authority) if stamped else None
            press = Press(workshop.objects, authority, stamps, lambda: roots)
            taken = []
            for _ in range(times):
                order = await workshop.order()
                began = time.perf_counter()
                made = await press.make(order)
                taken.append((time.perf_counter() - began) * 1000)
            whole[stamped] = statistics.median(taken)
        pdf = await workshop.objects.get(made.file_id, context=CONTEXT)
        checked = await asyncio.to_thread(median, lambda: verify_pdf(pdf, roots), times)
    rows = [
        ("first paper of a process (fonts, keys)", first),
        ("typesetting alone", plain),
        ("a paper: set, signed, sealed, verified, stored", whole[False]),
        ("the same with three timestamps", whole[True]),
        ("verifying it again", checked),
    ]
    for name, value in rows:
        print(f"{name:50} {value:8.0f} ms  {value / plain:6.1f} × typesetting")
    print(f"{'size':50} {len(pdf) / 1000:8.0f} kB")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10))
