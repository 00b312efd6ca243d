"""YAML with line numbers: which line of which file a trainer must look at."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import yaml


class Place(NamedTuple):
    """A file, as trainers name it, and a line counted from 1."""

    file: str
    line: int


class Lined(dict[str, Any]):
    """A mapping that knows the line of each key, and of the first line of each value's own text."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}
        self.text_lines: dict[str, int] = {}
        self.line = 0


class BrokenYamlError(Exception):
    """The file is no YAML; ``line`` is where reading stopped, ``kind`` what the trainer did."""

    def __init__(self, kind: str, line: int, key: str = "") -> None:
        super().__init__(kind)
        self.kind, self.line, self.key = kind, line, key


class _Loader(yaml.SafeLoader):
    """Builds ``Lined`` mappings and refuses a key that stands twice (YAML would drop the first)."""


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Lined:
    found = Lined()
    found.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = str(loader.construct_object(key_node, deep=True))
        line = key_node.start_mark.line + 1
        if key in found:
            raise BrokenYamlError("key_twice", line, key)
        found[key] = loader.construct_object(value_node, deep=True)
        found.lines[key] = line
        block = isinstance(value_node, yaml.ScalarNode) and value_node.style in ("|", ">")
        found.text_lines[key] = value_node.start_mark.line + 1 + (1 if block else 0)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class _FastLoader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same on libyaml, which is about ten times as quick."""


_FastLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def read(path: Path) -> Lined:
    """The mapping in a YAML file; ``BrokenYamlError`` says what is wrong and where."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        before = path.read_bytes()[: error.start]
        raise BrokenYamlError("yaml_not_utf8", before.count(b"\n") + 1) from None
    try:
        found = yaml.load(text, Loader=_FastLoader)  # noqa: S506 - a safe loader
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        lines = text.splitlines()
        tab = line <= len(lines) and lines[line - 1].lstrip(" ").startswith("\t")
        raise BrokenYamlError("yaml_tab" if tab else "yaml_broken", line) from None
    except yaml.YAMLError:
        raise BrokenYamlError("yaml_broken", 1) from None
    if found is None:
        return Lined()
    if not isinstance(found, Lined):
        raise BrokenYamlError("yaml_no_mapping", 1)
    return found
