"""How well and how fast photos are read, beside plain engines: ``python -m benchmarks.ocr FOLDER``.

FOLDER holds photos and ``truth.json``: ``python -m benchmarks.specimens FOLDER --split held_out``.
Each photo goes the way of an upload: cleaned, then read without being told what it shows. Every engine runs
in a process of its own, one after the other, over the same photos; the plain ones and the second thread over
every ``--every``-th. ``--docs`` writes the tables and the plot into docs/.

A photo is right when every value is. It is "silent" when a value is wrong and nothing was said about it:
neither was the reading incomplete nor the value marked. Where light has erased a letter, nobody can read it:
those photos are counted with the others, and the rest once more alone. Times are CPU time of the process, so
that a busy machine changes them little.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.report import Row, summary, write
from settlement.bankcards.banks import find_bank

NAMES = {"id": "id_number", "start": "valid_from", "end": "valid_until", "number": "card_number"}
RUNS = (
    ("assistant", 1),
    ("assistant", 2),
    ("paddleocr", 1),
    ("paddleocr", 2),
    ("rapidocr", 1),
    ("rapidocr", 2),
)


def wanted(kind: str, truth: dict[str, Any]) -> dict[str, str]:
    """The values expected, under the reader's names; a bank goes by code, as its name has many forms."""
    values = {NAMES.get(name, name): value for name, value in truth.items() if value and name != "style"}
    if kind in ("bank", "bank_card"):
        bank = find_bank(values.pop("bank", ""))
        if bank:
            values["bank_code"] = bank.code
    return values


def entries(folder: Path, every: int) -> list[dict[str, Any]]:
    """The lines of ``truth.json``."""
    found: list[dict[str, Any]] = json.loads((folder / "truth.json").read_text(encoding="utf-8"))
    return found[::every]


def measure(folder: Path, engine: str, threads: int, every: int, misses: bool) -> list[Row]:
    """Read the photos with one engine, in this process."""
    from benchmarks.engines import ready
    from settlement.images import clean
    from settlement.ocr.pipeline import decode

    begun = time.perf_counter()
    read = ready(engine, threads)
    started = time.perf_counter() - begun
    rows = []
    for entry in entries(folder, every):
        kind = "bank_card" if entry["kind"] == "bank" else entry["kind"]
        photo = decode(clean((folder / entry["file"]).read_bytes()).jpeg)
        assert photo is not None
        wall, cpu = time.perf_counter(), time.process_time()
        reading = read(photo)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        wrong = {
            name: (value, reading.fields.get(name))
            for name, value in wanted(kind, entry["truth"]).items()
            if name not in reading.fields or reading.fields[name].value != value
        }
        silent = reading.complete and any(got and not got.doubtful for _, got in wrong.values())
        numbers = [got for name, (_, got) in wrong.items() if name in ("id_number", "card_number")]
        row = Row(
            engine=engine, threads=threads, kind=kind, level=entry["level"],
            right=reading.kind == kind and not wrong, complete=reading.complete, silent=silent,
            number=reading.kind == kind and not numbers,
            sure_of_wrong_number=any(got and not got.doubtful for got in numbers),
            asked=not reading.complete and bool(reading.problems),
            told=(entry.get("problem") or "") in reading.problems,
            erased=bool(entry.get("erased")),
            wall=wall, cpu=cpu, start=started,
            peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        )  # fmt: skip
        rows.append(row)
        if misses and (wrong or (entry.get("problem") and not row.told)):
            shown = {name: (want, got and (got.value, got.doubtful)) for name, (want, got) in wrong.items()}
            print(entry["file"], reading.kind, reading.complete, reading.problems, shown, file=sys.stderr)
    return rows


def main() -> None:
    """Measure every engine and print the tables; or one, for the process that measures it."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--engine", help="only this one, its rows as JSON")
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--every", type=int, default=5)
    arguments.add_argument("--misses", action="store_true", help="print wrong values (specimens only!)")
    arguments.add_argument("--docs", action="store_true", help="write docs/ocr-measured.md and docs/ocr.svg")
    options = arguments.parse_args()
    if options.engine:
        rows = measure(options.folder, options.engine, options.threads, options.every, options.misses)
        print(json.dumps([row.__dict__ for row in rows]))
        return
    rows = []
    for engine, threads in RUNS:
        every = 1 if (engine, threads) == ("assistant", 1) else options.every
        command = [sys.executable, "-m", "benchmarks.ocr", str(options.folder), "--engine", engine]
        command += ["--threads", str(threads), "--every", str(every)]
        command += ["--misses"] if options.misses and every == 1 else []
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603
        read = [Row(**row) for row in json.loads(done.stdout.splitlines()[-1])]
        rows += read
        print(engine, threads, f"{len(read)} photos", file=sys.stderr, flush=True)
    print(summary(rows, options.every))
    if options.docs:
        write(rows, options.every)


if __name__ == "__main__":
    main()
