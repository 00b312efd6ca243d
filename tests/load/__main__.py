"""``python -m tests.load``: start the whole assistant, measure, print; ``--docs`` writes docs/speed.md."""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import tempfile
from pathlib import Path

from deploy.environments import ROOT
from deploy.progress import say
from tests.conversations.stack import Stack
from tests.load.measures import MEASURES, Figure, Size

PAGE = ROOT / "docs/speed.md"
HEAD = """# Speed: measured

Written by `python -m tests.load --docs` (in the Python of `.local/app`), which starts every process of the
assistant and talks to it as customers do. A ratio says how the assistant bears a load; milliseconds belong to
the machine: {machine}. No test waits for a time: `tests/load/test_load.py` only sees to it that nothing is
lost, doubled or out of order.

"""


async def measured(stack: Stack, size: Size) -> list[Figure]:
    """Every measure, one after the other."""
    figures: list[Figure] = []
    for measure in MEASURES:
        for figure in await measure(stack, size):
            say(f"{figure.ratio:6.2f} ×  {figure.time:7.0f} ms / {figure.against:7.0f} ms  {figure.question}")
            figures.append(figure)
    return figures


def table(figures: list[Figure]) -> str:
    """The figures in Markdown."""
    rows = [
        f"| {one.question} | **{one.ratio:.2f} ×** | {one.time:.0f} | {one.against:.0f} |" for one in figures
    ]
    return "\n".join(["| | ratio | ms | against ms |", "|---|---|---|---|", *rows]) + "\n"


def main() -> None:
    """Parse, start, measure, stop."""
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--customers", type=int, default=Size.customers)
    parser.add_argument("--questions", type=int, default=Size.questions)
    parser.add_argument("--listeners", type=int, default=Size.listeners)
    parser.add_argument("--replicas", type=int, default=1, help="processes of Rasa")
    parser.add_argument("--docs", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="load-") as folder:
        stack = Stack(Path(folder), replicas=given.replicas)
        try:
            stack.start()
            size = Size(given.customers, given.questions, given.listeners)
            figures = asyncio.run(measured(stack, size))
        finally:
            stack.stop()
    if given.docs:
        machine = f"{os.cpu_count()} cores, {platform.machine()}, {given.replicas} process of Rasa"
        PAGE.write_text(HEAD.format(machine=machine) + table(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
