"""The page as it is built: typed by the contract, small, and asking nobody else for anything."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest

from deploy import page
from settlement import contract

FIRST_LOAD_BYTES = 120_000


@pytest.fixture(scope="module")
def dist() -> Path:
    page.ensure_page()
    return page.DIST


def test_the_pages_types_are_those_of_the_contract() -> None:
    made = page.contract_types(json.dumps(contract.schema()))
    assert page.TYPES.read_text(encoding="utf-8") == made, "run ./run types"


def test_the_lock_names_no_registry_and_has_a_hash_for_every_package() -> None:
    lock = json.loads((page.WIDGET / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: facts for name, facts in lock["packages"].items() if name}
    assert len(packages) > 20
    assert not [name for name, facts in packages.items() if "resolved" in facts]
    assert not [name for name, facts in packages.items() if "integrity" not in facts]


def test_what_a_phone_loads_first_is_small(dist: Path) -> None:
    html = (dist / "index.html").read_text(encoding="utf-8")
    first = set(re.findall(r'(?:src|href)="/widget/(assets/[^"]+\.(?:js|css))"', html))
    assert first
    weight = sum(len(gzip.compress((dist / name).read_bytes(), 6)) for name in first)
    assert weight <= FIRST_LOAD_BYTES, f"{weight} bytes"


def test_the_page_names_no_foreign_address(dist: Path) -> None:
    known = re.compile(
        r"https?://(www\.w3\.org/|localhost)"  # names of XML vocabularies
    )
    for path in dist.rglob("*"):
        if path.suffix in {".html", ".css", ".js"}:
            found = re.findall(r"https?://[\w.-]+[^\s\"'`)\\]*", path.read_text(encoding="utf-8"))
            assert not [one for one in found if not known.match(one)], path.name


def test_the_page_runs_under_a_policy_without_inline_scripts_and_styles(dist: Path) -> None:
    for path in dist.glob("*.html"):
        html = path.read_text(encoding="utf-8")
        assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", html), path.name
