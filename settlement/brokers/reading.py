"""Reading trainers' YAML and Markdown: numbers and times as typed, repeated keys noticed, lines known."""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic_core import PydanticCustomError


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # PyYAML has no types
    """Only true, false and empty values are special.

    YAML 1.1 would read the code ``0127`` as 87 and the time ``8:30`` as 510; here both stay text, and the
    models turn text into numbers and dates where one is asked for.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise PydanticCustomError(
                    "key_twice", "key_twice", {"value": str(key.value), "line": key.start_mark.line + 1}
                )
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


_Loader.yaml_implicit_resolvers = {}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$", re.I), list("tTfF"))
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""])


class Source:
    """One file's data, with the line of every key."""

    def __init__(self, name: str, data: Any, node: yaml.Node | None, first_line: int = 0) -> None:
        self.name = name
        self.data = data
        self._node = node
        self._first = first_line

    def line(self, path: Sequence[str | int]) -> int | None:
        """Line (from 1) of the entry at ``path``, or of the nearest one around it."""
        node = self._node
        line = None
        for step in path:
            found = _child(node, step)
            if found is None:
                break
            line, node = found
        return None if line is None else line + 1 + self._first


def _child(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line, node.value[step]
    return None


def parse(text: str, name: str, first_line: int = 0) -> Source:
    """The mapping in ``text``; ``PydanticCustomError`` yaml_tab, yaml_syntax, key_twice or not_mapping."""
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            data = loader.construct_document(node) if node else {}
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line if error.problem_mark else 0
        line = at + 1 + first_line
        tab = any(re.match(r" *\t", bad) for bad in text.splitlines()[max(0, at - 1) : at + 1])
        kind = "yaml_tab" if tab else "yaml_syntax"
        raise PydanticCustomError(kind, kind, {"line": line}) from error
    except yaml.YAMLError as error:
        raise PydanticCustomError("yaml_syntax", "yaml_syntax", {"line": first_line + 1}) from error
    if not isinstance(data, dict):
        raise PydanticCustomError("not_mapping", "not_mapping")
    return Source(name, data, node, first_line)


def text_of(path: Path) -> str:
    """The file's text with plain line ends; ``PydanticCustomError`` file_missing or encoding."""
    try:
        return path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError as error:
        raise PydanticCustomError("file_missing", "file_missing") from error
    except UnicodeDecodeError as error:
        raise PydanticCustomError("encoding", "encoding") from error


def read(path: Path, name: str) -> Source:
    """A YAML file."""
    return parse(text_of(path), name)


def read_document(path: Path, name: str) -> tuple[Source, str]:
    """Front matter between two lines ``---``, and the Markdown below; PydanticCustomError front_matter."""
    match = re.match(r"---\n(.*?)\n---\n(.*)", text_of(path), re.S)
    if match is None:
        raise PydanticCustomError("front_matter", "front_matter")
    return parse(match[1], name, first_line=1), match[2].strip() + "\n"
