"""Puts examples and questions into training files without touching anything else in them."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

from trainers.check.answers import VARIABLE
from trainers.project import Project
from trainers.yaml_lines import Lined

NEW_QUESTIONS = "data/faq/new_questions.yml"
QUESTION = re.compile(r"faq/[a-z][a-z0-9_]{1,50}")
# What YAML or Rasa would take for something else inside an example.
MARKUP = re.compile(r"[\[\]{}|\\\r\n\t]|^[-#/@&*!%>'\"`]+\s*")


class WishError(Exception):
    """A wish that cannot be written down; ``code`` names the sentence."""

    def __init__(self, code: str, **facts: str) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Wish:
    """``sentence`` shall mean ``target``; with ``answer``, ``target`` is a new question."""

    sentence: str
    target: str
    answer: str = ""


def cleaned(sentence: str) -> str:
    """A sentence as an example may hold it."""
    return MARKUP.sub("", " ".join(sentence.split())).strip()


def apply(root: Path, wishes: list[Wish]) -> list[str]:
    """Write all wishes into the files under ``root``; the files that changed. ``WishError``."""
    changed: list[str] = []
    for wish in wishes:
        sentence = cleaned(wish.sentence)
        if not re.search(r"\w", sentence):
            raise WishError("wish_empty")
        project = Project(root)
        found = _block(project, wish.target)
        if found:
            file, line, indent = found
            _insert(root / file, line, f"{indent}- {sentence}")
        elif wish.answer.strip():
            file = _new_question(root, project, wish, sentence)
        else:
            raise WishError("wish_target_unknown", target=wish.target)
        if file not in changed:
            changed.append(file)
    return changed


def _block(project: Project, intent: str) -> tuple[str, int, str] | None:
    """File, last line of the examples, and their indentation."""
    last = [one for one in project.examples if one.intent == intent]
    if not last:
        return None
    file = last[-1].place.file
    line = max(one.place.line for one in last if one.place.file == file)
    text = (project.root / file).read_text(encoding="utf-8").splitlines()[line - 1]
    return file, line, text[: len(text) - len(text.lstrip())]


def _insert(path: Path, after: int, text: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    lines.insert(after, text)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _new_question(root: Path, project: Project, wish: Wish, sentence: str) -> str:
    if not QUESTION.fullmatch(wish.target):
        raise WishError("wish_name", target=wish.target)
    slots = project.names("slots")
    if unknown := [name for name in VARIABLE.findall(wish.answer) if name not in slots]:
        raise WishError("wish_variable", variable=unknown[0])
    path = root / NEW_QUESTIONS
    found = project.files.get(NEW_QUESTIONS, Lined())
    before = path.read_text(encoding="utf-8") if found else 'version: "3.1"\n\nnlu:\n\nresponses:\n'
    asked = f"  - intent: {wish.target}\n    examples: |\n      - {sentence}\n\n"
    # A JSON string is a YAML string, whatever is in it.
    answer = json.dumps(" ".join(wish.answer.split()), ensure_ascii=False)
    head, responses, tail = before.partition("responses:\n")
    text = (
        head.rstrip()
        + ("\n\n" if head.rstrip().endswith("nlu:") is False else "\n")
        + asked
        + responses
        + tail.rstrip("\n")
        + ("\n" if tail.strip() else "")
        + f"  utter_{wish.target}:\n    - text: {answer}\n"
    )
    path.write_text(text, encoding="utf-8")
    return NEW_QUESTIONS
