"""The benchmark's rows as Markdown tables and as a plot."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from deploy.environments import ROOT

KINDS = ("id_front", "id_back", "bank_card")
LEVELS = ("mild", "medium", "hard")


@dataclass
class Row:
    """One photo read by one engine; times in seconds, ``peak`` in MB of the process so far.

    ``erased``: light has taken a letter from the photo (see ``benchmarks.specimens.scene``).
    """

    engine: str
    threads: int
    kind: str
    level: str
    right: bool
    complete: bool
    silent: bool
    number: bool
    sure_of_wrong_number: bool
    told: bool
    asked: bool
    erased: bool
    wall: float
    cpu: float
    start: float
    peak: float


def _share(rows: Iterable[Row], what: Callable[[Row], bool]) -> str:
    found = [what(row) for row in rows]
    return f"{sum(found)}/{len(found)}" if found else "–"


def accuracy(rows: list[Row]) -> str:
    """Photos by kind and difficulty."""
    lines = [
        "| photos | every value right | where no letter is erased "
        "| or another photo asked for, with the reason | number right "
        "| wrong number held certain | wrong value not marked |",
        "|---|---|---|---|---|---|---|",
    ]
    for kind in KINDS:
        for level in LEVELS:
            some = [row for row in rows if (row.kind, row.level) == (kind, level)]
            lines.append(
                f"| {kind}, {level} | {_share(some, lambda r: r.right)} | "
                f"{_share([r for r in some if not r.erased], lambda r: r.right)} | "
                f"{_share(some, lambda r: r.right or r.asked)} | "
                + (f"{_share(some, lambda r: r.number)}" if kind != "id_back" else "–")
                + f" | {sum(r.sure_of_wrong_number for r in some)} | {sum(r.silent for r in some)} |"
            )
    return "\n".join(lines)


def reasons(rows: list[Row]) -> str:
    """Photos of which something is wrong: was it told?"""
    levels = sorted({row.level for row in rows} - set(LEVELS))
    lines = ["| what is wrong | told so | or read in full all the same |", "|---|---|---|"]
    for level in levels:
        some = [row for row in rows if row.level == level]
        either = _share(some, lambda r: r.told or r.right)
        lines.append(f"| {level} | {_share(some, lambda r: r.told)} | {either} |")
    return "\n".join(lines)


def speed(rows: list[Row]) -> str:
    """Engines beside each other on the same photos."""
    lines = [
        "| engine | threads | ms front | back | bank | of PaddleOCR's | all right | ready after | peak MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for engine, threads in dict.fromkeys((row.engine, row.threads) for row in rows):
        some = [r for r in rows if (r.engine, r.threads) == (engine, threads) and r.level in LEVELS]
        plain = [r for r in rows if (r.engine, r.threads) == ("paddleocr", threads) and r.level in LEVELS]
        times = [_ms([r for r in some if r.kind == kind]) for kind in KINDS]
        ratio = median(one.cpu / other.cpu for one, other in zip(some, plain, strict=True))
        lines.append(
            f"| {engine} | {threads} | {' | '.join(times)} | {ratio:.2f} | {_share(some, lambda r: r.right)} "
            f"| {some[0].start:.1f} s | {max(r.peak for r in some):.0f} |"
        )
    return "\n".join(lines)


def _ms(rows: list[Row]) -> str:
    return f"{median(row.cpu for row in rows) * 1000:.0f}" if rows else "–"


def summary(rows: list[Row], every: int) -> str:
    """All tables; ``every`` is the step by which the engines' common photos were taken."""
    whole = [row for row in rows if (row.engine, row.threads) == ("assistant", 1)]
    common = [row for row in rows if (row.engine, row.threads) != ("assistant", 1)]
    common = [*whole[::every], *common]
    good = [row for row in whole if row.level == "mild"]
    cpu = ", ".join(f"{kind} {median(r.cpu for r in good if r.kind == kind) * 1000:.0f} ms" for kind in KINDS)
    return "\n\n".join(
        [
            f"{len(whole)} photos. CPU time of a mild photo, one thread, median: {cpu}.",
            accuracy(whole),
            reasons(whole),
            f"Engines on every {every}th photo (CPU time of the process, median):",
            speed(common),
        ]
    )


def write(rows: list[Row], every: int) -> None:
    """docs/ocr-measured.md and docs/ocr.svg."""
    text = "# Reading cards: measured\n\n"
    text += "Written by `python -m benchmarks.ocr … --docs`; see [ocr.md](ocr.md).\n\n"
    plot = "\n\n![Milliseconds and accuracy of each engine](ocr.svg)\n"
    (ROOT / "docs" / "ocr-measured.md").write_text(text + summary(rows, every) + plot, encoding="utf-8")
    _plot(rows, every)


def _plot(rows: list[Row], every: int) -> None:
    from benchmarks.engines import BESIDE

    sys.path.append(str(BESIDE))
    import matplotlib as drawing

    drawing.use("svg")
    drawing.rcParams["svg.hashsalt"] = "ocr"
    from matplotlib import pyplot

    whole = [row for row in rows if (row.engine, row.threads) == ("assistant", 1)]
    common = [*whole[::every], *(row for row in rows if row.threads == 1 and row.engine != "assistant")]
    common = [row for row in common if row.level in LEVELS]
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(10, 3.6))
    engines = list(dict.fromkeys(row.engine for row in common))
    for place, engine in enumerate(engines):
        some = [row for row in common if row.engine == engine]
        times = [median(r.cpu for r in some if r.kind == kind) * 1000 for kind in KINDS]
        shares = [
            sum(r.right for r in some if r.level == level) / max(1, sum(r.level == level for r in some))
            for level in LEVELS
        ]
        left.bar([x + 0.27 * (place - 1) for x in range(3)], times, 0.25, label=engine)
        right.bar([x + 0.27 * (place - 1) for x in range(3)], [100 * s for s in shares], 0.25, label=engine)
    left.set(title="CPU ms a photo, one thread (median)", xticks=range(3), xticklabels=KINDS)
    right.set(title="% of photos with every value right", xticks=range(3), xticklabels=LEVELS, ylim=(0, 100))
    left.legend()
    figure.tight_layout()
    figure.savefig(ROOT / "docs" / "ocr.svg", metadata={"Date": None})
