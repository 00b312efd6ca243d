"""What is known of one model: unseen sentences, stories, conversations, and whether it may go out."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from deploy.environments import LOCAL
from trainers.measure import Measured, as_json, from_json

GATES = Path(__file__).parent.parent / "gates.yml"
REPORTS = LOCAL / "reports"


@dataclass(frozen=True)
class Played:
    """Stories or conversations that were played: how many passed, and which did not."""

    passed: int
    failed: list[str]


@dataclass(frozen=True)
class Score:
    """Right answers of all."""

    right: int
    all: int

    @property
    def share(self) -> float:
        """Between 0 and 1; 1 when there was nothing to answer."""
        return self.right / self.all if self.all else 1.0


@dataclass(frozen=True)
class Gate:
    """One condition for a release. ``code`` names its sentence; ``None`` in ``passed``: not tried."""

    code: str
    passed: bool | None
    facts: dict[str, Any]


@dataclass
class Report:
    """Everything measured of one model. ``sources`` are the training files it was made from."""

    model: str
    sha256: str
    made_at: str
    measured: list[Measured]
    stories: Played | None = None
    conversations: Played | None = None
    problems: int = 0
    gates: dict[str, Any] = field(default_factory=lambda: dict(yaml.safe_load(GATES.read_text("utf-8"))))

    @cached_property
    def intents(self) -> Score:
        """Sentences that are no questions."""
        listed = [one for one in self.measured if "/" not in one.expected]
        return Score(sum(one.right for one in listed), len(listed))

    @cached_property
    def answers(self) -> Score:
        """Questions, right when their own answer was chosen."""
        listed = [one for one in self.measured if "/" in one.expected]
        return Score(sum(one.right for one in listed), len(listed))

    @cached_property
    def wrong(self) -> list[Measured]:
        """Misunderstood sentences, the surest mistakes first."""
        return sorted(
            (one for one in self.measured if not one.right), key=lambda one: -one.meaning.confidence
        )

    @cached_property
    def confusions(self) -> list[tuple[str, str, int]]:
        """(meant, taken for, how often), the most frequent first."""
        count: defaultdict[tuple[str, str], int] = defaultdict(int)
        for one in self.wrong:
            count[one.expected, one.meaning.name] += 1
        return sorted(((a, b, n) for (a, b), n in count.items()), key=lambda entry: (-entry[2], entry))

    @cached_property
    def sensitive_mistakes(self) -> list[Measured]:
        """Sentences taken for something that cannot be taken back."""
        return [one for one in self.wrong if one.meaning.intent in self.gates["sensitive"]]

    @cached_property
    def conditions(self) -> list[Gate]:
        """Every condition for a release and how it was met."""
        least_intents, least_answers = self.gates["least_intents"], self.gates["least_answers"]
        most = self.gates["most_sensitive_mistakes"]
        return [
            Gate("gate_check", self.problems == 0, {"count": self.problems}),
            _share("gate_intents", self.intents, least_intents),
            _share("gate_answers", self.answers, least_answers),
            Gate(
                "gate_sensitive",
                len(self.sensitive_mistakes) <= most,
                {"count": len(self.sensitive_mistakes), "most": most},
            ),
            _played("gate_stories", self.stories),
            _played("gate_conversations", self.conversations),
        ]

    @property
    def failed(self) -> list[str]:
        """Stories and conversations that did not go as written."""
        return [name for played in (self.stories, self.conversations) if played for name in played.failed]

    @property
    def passed(self) -> bool:
        """Whether every condition was tried and met."""
        return all(gate.passed for gate in self.conditions)

    def save(self, folder: Path = REPORTS) -> Path:
        """Write ``report.json`` into the model's own folder; that folder."""
        target = folder / self.model
        target.mkdir(parents=True, exist_ok=True)
        said = {
            **{name: value for name, value in self.__dict__.items() if name in self.__dataclass_fields__},
            "measured": [as_json(one) for one in self.measured],
            "stories": asdict(self.stories) if self.stories else None,
            "conversations": asdict(self.conversations) if self.conversations else None,
            "passed": self.passed,
        }
        text = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
        (target / "report.json").write_text(text, encoding="utf-8")
        return target


def load(model: str, folder: Path = REPORTS) -> Report | None:
    """The report of a model, if there is one that can be read."""
    try:
        said = json.loads((folder / model / "report.json").read_text(encoding="utf-8"))
        said.pop("passed")
        said["measured"] = [from_json(one) for one in said["measured"]]
        for name in ("stories", "conversations"):
            said[name] = Played(**said[name]) if said[name] else None
        return Report(**said)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def latest_but(model: str, folder: Path = REPORTS) -> Report | None:
    """The newest report of another model."""
    written = sorted(folder.glob("*/report.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    others = (load(path.parent.name, folder) for path in written if path.parent.name != model)
    return next((one for one in others if one), None)


def _share(code: str, score: Score, least: float) -> Gate:
    facts = {"right": score.right, "all": score.all, "share": score.share, "least": least}
    return Gate(code, score.share >= least, facts)


def _played(code: str, played: Played | None) -> Gate:
    if played is None:
        return Gate(code, None, {"passed": 0, "failed": 0})
    return Gate(code, not played.failed, {"passed": played.passed, "failed": len(played.failed)})
