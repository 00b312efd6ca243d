"""How well and how fast photos are read: ``python -m benchmarks.ocr FOLDER [--misses]``.

FOLDER holds photos and ``truth.json``: a list of {file, kind (id_front, id_back, bank_card), level, truth}.
The photos go the way of an upload: cleaned, then read without being told what they show. A photo counts when
every value is right; "silent" counts those with a wrong value that no doubt was raised about. Times are CPU
time of one thread, so that a busy machine does not change them.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from settlement.bankcards.banks import find_bank
from settlement.images import clean
from settlement.ocr.engine import Engine
from settlement.ocr.pipeline import decode, read_photo
from settlement.settings import settings

NAMES = {"id": "id_number", "start": "valid_from", "end": "valid_until", "number": "card_number"}


@dataclass
class Row:
    """Sums over the photos of one kind and difficulty."""

    photos: int = 0
    right: int = 0
    complete: int = 0
    silent: int = 0
    seconds: list[float] = field(default_factory=list)


def wanted(kind: str, truth: dict[str, Any]) -> dict[str, str]:
    """The values expected, under the reader's names; a bank goes by code, as its name has many forms."""
    values = {NAMES.get(name, name): value for name, value in truth.items() if value and name != "style"}
    if kind in ("bank", "bank_card"):
        bank = find_bank(values.pop("bank", ""))
        if bank:
            values["bank_code"] = bank.code
    return values


def main() -> None:
    """Read every photo of the folder and print the table."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument(
        "--misses", action="store_true", help="print what was read wrongly (specimens only!)"
    )
    options = arguments.parse_args()
    engine = Engine(settings().ocr_models_dir)
    table: defaultdict[tuple[str, str], Row] = defaultdict(Row)
    for entry in json.loads((options.folder / "truth.json").read_text(encoding="utf-8")):
        kind = "bank_card" if entry["kind"] == "bank" else entry["kind"]
        photo = decode(clean((options.folder / entry["file"]).read_bytes()).jpeg)
        assert photo is not None
        start = time.process_time()
        reading = read_photo(engine, photo)
        seconds = time.process_time() - start
        misses = {
            name: (value, reading.fields.get(name))
            for name, value in wanted(kind, entry["truth"]).items()
            if name not in reading.fields or reading.fields[name].value != value
        }
        right = reading.kind == kind and not misses
        silent = reading.complete and any(read and not read.doubtful for _, read in misses.values())
        for row in (table[kind, entry["level"]], table[kind, "all"]):
            row.photos += 1
            row.right += right
            row.complete += reading.complete
            row.silent += silent
            row.seconds.append(seconds)
        if options.misses and (not right or reading.problems):
            shown = {
                n: (want, got.value if got else None, got and got.doubtful)
                for n, (want, got) in misses.items()
            }
            print(entry["file"], entry["level"], reading.kind, reading.complete, reading.problems, shown)
    print(f"{'kind':10} {'level':6} {'right':>7} {'complete':>8} {'silent':>6} {'median':>8} {'p95':>8}")
    for (kind, level), row in sorted(table.items()):
        ordered = sorted(row.seconds)
        median, late = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
        share = f"{row.right}/{row.photos}"
        print(
            f"{kind:10} {level:6} {share:>7} {row.complete:8} {row.silent:6} "
            f"{median * 1000:5.0f} ms {late * 1000:5.0f} ms"
        )


if __name__ == "__main__":
    main()
