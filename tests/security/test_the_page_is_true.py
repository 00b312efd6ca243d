"""SECURITY.md names tests that exist, and answers each of the fifteen threats."""

from __future__ import annotations

import re

from settlement.settings import ROOT

TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_test_that_it_names_exists() -> None:
    named = set(re.findall(r"`(tests/[^`]+\.py)`", TEXT))
    assert len(named) > 15
    assert sorted(name for name in named if not (ROOT / name).is_file()) == []


def test_every_threat_has_a_line() -> None:
    assert [int(line) for line in re.findall(r"(?m)^\| (\d+) \|", TEXT)] == list(range(1, 16))


def test_every_line_shows_a_test_or_says_that_it_is_missing() -> None:
    tables = TEXT.split("## OWASP")[1].split("## Models")[0]
    rows = [line for line in tables.splitlines() if line.startswith("|") and "---" not in line]
    bare = [row for row in rows if "tests/" not in row and "not yet" not in row and "shown by" not in row]
    assert bare == []
