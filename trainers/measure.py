"""What a trained model makes of sentences it never saw."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.environments import RASA, ROOT, python_of
from deploy.progress import SetupError
from deploy.training import rasa_environment
from trainers.project import Example

PATIENCE_SECONDS = 600


@dataclass(frozen=True)
class Meaning:
    """What the model takes a sentence for; ``answer`` is ``faq/<id>`` when it is a question."""

    intent: str
    confidence: float
    second: str
    second_confidence: float
    answer: str
    answer_confidence: float

    @property
    def name(self) -> str:
        """The intent, or the question's own id."""
        return self.answer or self.intent


@dataclass(frozen=True)
class Measured:
    """One sentence, what it should mean, and what the model made of it."""

    sentence: str
    expected: str
    source: str
    meaning: Meaning

    @property
    def right(self) -> bool:
        """A question counts only with its own answer."""
        return self.meaning.name == self.expected


def ask(model: Path, sentences: Sequence[str], *, patience: float = PATIENCE_SECONDS) -> list[Meaning]:
    """The meaning of each sentence; ``SetupError`` when the model cannot be asked within ``patience``."""
    try:
        done = subprocess.run(  # noqa: S603 - our own command
            [str(python_of(RASA)), str(ROOT / "deploy/rasa/understand.py"), str(model)],
            input=json.dumps(list(sentences)),
            env=rasa_environment(),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        raise SetupError(f"{model.name} did not answer within {patience:.0f} s") from None
    if done.returncode != 0:
        raise SetupError(f"{model.name} could not be asked:\n{done.stderr[-2000:]}")
    return [Meaning(**one) for one in json.loads(done.stdout)]


def measure(model: Path, examples: Iterable[Example]) -> list[Measured]:
    """Every example put to the model."""
    listed = list(examples)
    meanings = ask(model, [one.sentence for one in listed])
    return [
        Measured(one.sentence, one.intent, one.place.file, meaning)
        for one, meaning in zip(listed, meanings, strict=True)
    ]


def as_json(measured: Measured) -> dict[str, object]:
    """For the report's file."""
    return asdict(measured)


def from_json(found: dict[str, object]) -> Measured:
    """Back from the report's file."""
    meaning = found["meaning"]
    assert isinstance(meaning, dict)
    return Measured(str(found["sentence"]), str(found["expected"]), str(found["source"]), Meaning(**meaning))
