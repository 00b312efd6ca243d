"""Where the time goes: ``python -m benchmarks.ocr_stages FOLDER``.

CPU time of one thread for each step of reading a mild photo whose card is found, median by kind, as a table.
The steps are those of ``settlement.ocr.pipeline.read_photo`` when the first look suffices.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import cv2

from benchmarks.ocr import entries
from benchmarks.report import KINDS
from settlement.images import clean
from settlement.ocr.engine import Engine
from settlement.ocr.glyphs import compared
from settlement.ocr.lines import to_lines
from settlement.ocr.pipeline import FIND, READ, decode, parse
from settlement.ocr.quality import lit, suspicions
from settlement.ocr.rectify import WIDTH, cards, flat
from settlement.settings import settings


def stages(engine: Engine, jpeg: bytes) -> dict[str, float]:
    """Milliseconds of each step for one photo; empty when there is no card in it."""
    spent: dict[str, float] = {}

    def timed(name: str, step: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        begun = time.process_time()
        answer = step(*arguments, **named)
        spent[name] = (time.process_time() - begun) * 1000
        return answer

    photo = timed("decode the JPEG", decode, jpeg)
    found = timed("find the card", cards, photo)
    if not found:
        return {}
    laid = timed("lay it flat", flat, photo, found[0], READ)
    upright = timed("turn it upright", engine.upright, laid)
    boxes = timed("find lines", engine.boxes, upright, FIND)
    crops = engine.crops(upright, boxes)
    texts = timed("read them", engine.read, crops)
    texts = timed("compare letters", lambda: list(map(compared, crops, texts)))
    lines = timed("look for glare", lit, upright, to_lines(boxes, texts))
    timed("fields", parse, lines)
    small = cv2.resize(laid, (WIDTH, WIDTH * laid.shape[0] // laid.shape[1]), interpolation=cv2.INTER_AREA)
    timed("copy or screen", suspicions, photo, small, cut=False)
    return {**spent, "all": sum(spent.values())}


def main() -> None:
    """Print the table."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("folder", type=Path)
    folder = arguments.parse_args().folder
    cv2.setNumThreads(1)
    engine = Engine(settings().ocr_models_dir)
    spent: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries(folder, 1):
        if entry["level"] == "mild":
            kind = "bank_card" if entry["kind"] == "bank" else entry["kind"]
            jpeg = clean((folder / entry["file"]).read_bytes()).jpeg
            for name, milliseconds in stages(engine, jpeg).items():
                spent[name][kind].append(milliseconds)
    print(f"| ms, one thread | {' | '.join(KINDS)} |\n|---|---|---|---|")
    for name, took in spent.items():
        print(f"| {name} | {' | '.join(f'{median(took[kind]):.0f}' for kind in KINDS)} |")


if __name__ == "__main__":
    main()
