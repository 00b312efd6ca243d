"""Write specimens: ``python -m benchmarks.specimens FOLDER [--split tune|held_out] [--count N]``.

The same seed gives the same photo. Seeds of ``held_out`` are for measuring alone: nothing in settlement/ocr
may be chosen by looking at them.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path
from typing import Any

from benchmarks.specimens import cards, people, scene

SPLITS = {"tune": 1_000, "held_out": 50_000_000}  # first seed
SIDES = ("id_front", "id_back", "bank_card")
STYLES = ("flat", "serif", "embossed", "embossed", "upright")


def face(kind: str, chance: random.Random, style: str = "") -> tuple[cards.Face, dict[str, str]]:
    """A card of ``kind``, lying flat, and what it says."""
    if kind == "id_front":
        truth = people.person(chance)
        return cards.id_front(chance, truth), truth
    if kind == "id_back":
        truth = people.issue(chance)
        return cards.id_back(chance, truth), truth
    truth = people.bank_card(chance, "credit" if chance.random() < 0.15 else "debit")
    return cards.bank_card(chance, truth, style or chance.choice(STYLES)), truth


def specimens(split: str, count: int) -> list[tuple[dict[str, Any], bytes]]:
    """``count`` photos of each kind and difficulty, then a third as many of each thing that goes wrong.

    Each comes with its line of ``truth.json``: {file, kind, level, truth, problem, erased}.
    """
    made = []
    seed = SPLITS[split]
    for kind in SIDES:
        for level, how in scene.LEVELS.items():
            for number in range(count):
                chance = random.Random(seed + number)  # noqa: S311 - drawings, no secrets
                card, truth = face(kind, chance)
                photo = scene.photograph([card], how, chance)
                made.append((_entry(kind, level, truth, photo), photo.jpeg))
            seed += 10_000
    wrong = {"cut_off": scene.CUT_OFF, "blur": scene.BLURRED, "too_far": scene.FAR, "glare": scene.GLARING,
             "screen": scene.SCREEN, "copy": scene.COPY, "two_cards": scene.LEVELS["mild"]}  # fmt: skip
    for problem, how in wrong.items():
        for number in range(-(-count // 3)):
            chance = random.Random(seed + number)  # noqa: S311
            kind = SIDES[number % 2]
            card, truth = face(kind, chance)
            shown = [card]
            if problem == "two_cards":
                shown.append(face("id_back" if kind == "id_front" else "id_front", chance)[0])
            photo = scene.photograph(shown, how, chance, turn=0 if how.cut else None)
            made.append((_entry(kind, problem, truth, photo, problem), photo.jpeg))
        seed += 10_000
    for place, (entry, _) in enumerate(made):
        entry["file"] = f"{entry['kind']}_{entry['level']}_{place:04}.jpg"
    return made


def _entry(
    kind: str, level: str, truth: dict[str, str], photo: scene.Photo, problem: str = ""
) -> dict[str, Any]:
    return {"kind": kind, "level": level, "truth": truth, "problem": problem, "erased": photo.erased}


def main() -> None:
    """Write the photos and ``truth.json``."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--split", choices=sorted(SPLITS), default="tune")
    arguments.add_argument("--count", type=int, default=20)
    options = arguments.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    made = specimens(options.split, options.count)
    for entry, jpeg in made:
        (options.folder / entry["file"]).write_bytes(jpeg)
    truth = json.dumps([entry for entry, _ in made], ensure_ascii=False, indent=1)
    (options.folder / "truth.json").write_text(truth, encoding="utf-8")


if __name__ == "__main__":
    main()
