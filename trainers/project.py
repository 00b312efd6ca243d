"""The training files as a trainer sees them: every example, answer, rule and step with its file and line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from trainers.yaml_lines import BrokenYamlError, Lined, Place, read

ANNOTATION = re.compile(r"\[([^\]]+)\](?:\(([a-z_]+)\)|\{[^}]*\})")
FORM = "settlement_form"
SIGNALS = "signals.yml"
HELD_OUT = "tests/nlu"
NAMES = Path(__file__).parent / "names.yml"
TOKEN = re.compile(r"⟦[a-z_]+:[^⟧]*⟧")


@dataclass(frozen=True)
class Problem:
    """One thing to mend. ``code`` names its sentence in ``deploy/words``; a hint does not fail the check."""

    place: Place
    code: str
    facts: dict[str, Any] = field(default_factory=dict)
    hint: bool = False


@dataclass(frozen=True)
class Example:
    """One example sentence. ``raw`` has its annotations, ``sentence`` does not."""

    intent: str
    raw: str
    sentence: str
    place: Place

    @cached_property
    def same(self) -> str:
        """The sentence without what a reader would not notice: width, case, spaces, punctuation."""
        return plain(self.sentence)


@dataclass(frozen=True)
class Answer:
    """One variant of one response."""

    name: str
    value: dict[str, Any]
    place: Place

    @property
    def texts(self) -> list[str]:
        """Its text and the titles of its buttons."""
        titles = [str(button.get("title", "")) for button in self.value.get("buttons") or []]
        return [str(self.value.get("text") or ""), *titles]


@dataclass(frozen=True)
class Rule:
    """One rule or story: its name and what it is made of."""

    name: str
    steps: list[dict[str, Any]]
    condition: list[Any]
    place: Place


def plain(sentence: str) -> str:
    """What is left of a sentence when width, case, spaces and punctuation do not count."""
    folded = unicodedata.normalize("NFKC", sentence).casefold()
    return re.sub(r"[^\w⟦⟧:👌👍👎❌]", "", folded) or sentence


def called(kind: str) -> dict[str, str]:
    """What trainers call the ``steps`` or the ``intents``."""
    return dict(yaml.safe_load(NAMES.read_text(encoding="utf-8"))[kind])


class Project:
    """The files of one project folder, read once. ``broken`` are those that are no YAML."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.broken: list[Problem] = []
        self.files: dict[str, Lined] = {}
        for path in [root / "domain.yml", *sorted((root / "data").rglob("*.yml"))]:
            self._read(path)
        self.held_out: dict[str, Lined] = {}
        for path in sorted((root / HELD_OUT).glob("*.yml")):
            self._read(path, self.held_out)

    def _read(self, path: Path, into: dict[str, Lined] | None = None) -> None:
        name = path.relative_to(self.root).as_posix()
        try:
            (self.files if into is None else into)[name] = read(path)
        except BrokenYamlError as error:
            self.broken.append(Problem(Place(name, error.line), error.kind, {"key": error.key}))
        except OSError:
            self.broken.append(Problem(Place(name, 1), "file_missing"))

    @property
    def domain(self) -> Lined:
        """``domain.yml``; empty when it is broken."""
        return self.files.get("domain.yml", Lined())

    @cached_property
    def examples(self) -> list[Example]:
        """Every example of every intent."""
        return [one for name, found in self.files.items() for one in _examples(name, found)]

    @cached_property
    def titles(self) -> dict[str, str]:
        """Each intent and question as trainers call it: by ``names.yml``, else by its first example."""
        shown: dict[str, str] = {}
        for one in self.examples:
            if not one.place.file.endswith(SIGNALS):
                shown.setdefault(one.intent, TOKEN.sub("…", one.sentence))
        return shown | called("intents")

    @cached_property
    def unseen(self) -> list[Example]:
        """The sentences that are kept for measuring."""
        return [one for name, found in self.held_out.items() for one in _examples(name, found)]

    @cached_property
    def answers(self) -> list[Answer]:
        """Every variant of every response, of the domain and of ``data``."""
        return [one for name, found in self.files.items() for one in _answers(name, found)]

    @cached_property
    def rules(self) -> list[Rule]:
        """Every rule and story."""
        return [one for name, found in self.files.items() for one in _rules(name, found)]

    @cached_property
    def order(self) -> list[str]:
        """The steps in their order."""
        form = (self.domain.get("forms") or {}).get(FORM) or {}
        return [str(step) for step in form.get("required_slots") or []]

    def names(self, key: str) -> set[str]:
        """Names listed in the domain under ``intents``, ``actions``, ``slots`` or ``entities``."""
        listed = self.domain.get(key) or []
        return {str(next(iter(one))) if isinstance(one, dict) else str(one) for one in listed}

    def line_of(self, text: str, file: str = "domain.yml", after: str = "") -> Place:
        """Where ``text`` stands as a list entry or key, below the line that is ``after``."""
        begun = not after
        lines = (self.root / file).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            bare = line.strip().removeprefix("- ").split("#")[0].rstrip().rstrip(":")
            begun = begun or bare == after
            if begun and bare == text:
                return Place(file, number)
        return Place(file, 1)


def _examples(file: str, found: Lined) -> Iterator[Example]:
    for block in found.get("nlu") or []:
        if not isinstance(block, Lined) or "intent" not in block:
            continue
        first = block.text_lines.get("examples", block.line)
        for offset, line in enumerate(str(block.get("examples") or "").splitlines()):
            raw = line.strip().removeprefix("-").strip()
            if raw:
                sentence = ANNOTATION.sub(r"\1", raw)
                yield Example(str(block["intent"]), raw, sentence, Place(file, first + offset))


def _answers(file: str, found: Lined) -> Iterator[Answer]:
    responses = found.get("responses")
    if not isinstance(responses, Lined):
        return
    for name, variants in responses.items():
        place = Place(file, responses.lines[name])
        if not isinstance(variants, list) or not variants:
            yield Answer(name, {}, place)
            continue
        for variant in variants:
            known = isinstance(variant, Lined)
            yield Answer(name, variant if known else {}, Place(file, variant.line if known else place.line))


def _rules(file: str, found: Lined) -> Iterator[Rule]:
    for kind in ("rules", "stories"):
        for block in found.get(kind) or []:
            if isinstance(block, Lined):
                name = str(block.get("rule") or block.get("story") or "")
                steps = [step for step in block.get("steps") or [] if isinstance(step, dict)]
                yield Rule(name, steps, list(block.get("condition") or []), Place(file, block.line))
