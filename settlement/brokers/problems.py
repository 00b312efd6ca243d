"""What is wrong in a company's folder, told to people who do not program (brokers/common/messages.yml)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from settlement.errors import OperatorError


class Problem(NamedTuple):
    """One thing to mend: where, and what to do."""

    file: str
    line: int | None
    field: str
    text: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place} {self.field} {self.text}" if self.field else f"{place} {self.text}"


class FolderError(OperatorError):
    """A company's folder cannot be used; ``problems`` are for its trainers."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class Messages:
    """Sentences by error type and names of fields; what is not listed is told by its type."""

    def __init__(self, common: Path) -> None:
        try:
            data = yaml.safe_load((common / "messages.yml").read_text(encoding="utf-8"))
            self._errors: dict[str, str] = dict(data["errors"])
            self._fields: dict[str, str] = dict(data["fields"])
            self._wording: dict[str, str] = dict(data.get("wording", {}))
        except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
            raise OperatorError(
                f"{common / 'messages.yml'} cannot be read: {type(error).__name__}"
            ) from error

    def field(self, path: tuple[str | int, ...]) -> str:
        """``banks → 第2项 → code（银行代码）``."""
        parts = []
        for step in path:
            if isinstance(step, int):
                parts.append(self.wording("item", number=step + 1))
            else:
                label = self._fields.get(step)
                parts.append(self.wording("labelled", key=step, label=label) if label else step)
        return self.wording("arrow").join(parts)

    def wording(self, name: str, /, **facts: Any) -> str:
        """A small wording of the report."""
        return self._wording.get(name, " ".join([name, *(f"{{{fact}}}" for fact in facts)])).format_map(facts)

    def text(self, kind: str, facts: Mapping[str, Any]) -> str:
        """The sentence for an error type."""
        sentence = self._errors.get(kind) or self._errors.get("other", "{kind}")
        return sentence.format_map(_Lenient({"kind": kind, **facts}))


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"
