"""SECURITY.md names tests that exist, and answers each of the fifteen threats."""

from __future__ import annotations

import re

from settlement.cases.retention import EVIDENCE_YEARS
from settlement.conversation import keys
from settlement.security import codes, sessions, vault
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


def test_the_times_that_it_promises_are_those_of_the_code() -> None:
    lines = TEXT.split("## Where personal data lives")[1].split("##")[0].splitlines()
    rows = [line.split("|") for line in lines if line.startswith("| ")]
    promised = {row[1].strip(): row[4].strip() for row in rows}
    day = 24 * 60 * 60
    assert (promised["Redis `vault:*`"], vault.DAY) == ("24 hours", day)
    assert (promised["Redis: one-time codes"], codes.TTL_SECONDS) == ("5 minutes", 5 * 60)
    # What sessions keep to, wherever they have it from.
    assert (promised["Redis: sessions"], vars(sessions)["KEEP_SECONDS"]) == ("90 days", 90 * day)
    assert (promised["Redis: inbox, outbox"][:7], keys.KEEP_SECONDS) == ("90 days", 90 * day)
    assert f"{EVIDENCE_YEARS} years" in promised["`cases.db` or PostgreSQL"]


def test_a_named_test_file_holds_tests() -> None:
    named = set(re.findall(r"`(tests/[^`]+\.py)`", TEXT))
    empty = [
        name for name in sorted(named) if not re.search(r"def test_\w{10,}", (ROOT / name).read_text("utf-8"))
    ]
    assert empty == []
