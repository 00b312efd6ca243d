"""The trainers' guide is carried out as written: each how-to in a fresh copy, block by block."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.trainers.guide import GUIDE, blocks, carry_out, change, command, fresh_clone, pages

IN_THE_BROWSER = {"review", "release"}  # test_guide_live.py carries these out
TRAINS_OR_TALKS = {"faq", "wording", "bank", "broker"}  # these take their time


def how_tos() -> list[object]:
    return [
        pytest.param(page, marks=[pytest.mark.conversation] if page in TRAINS_OR_TALKS else [])
        for page in pages()
        if page not in IN_THE_BROWSER
    ]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    return fresh_clone(tmp_path / "clone")


@pytest.mark.parametrize("page", how_tos())
def test_the_how_to_works_as_it_is_written_and_can_be_undone(page: str, clone: Path) -> None:
    carry_out(clone, blocks(page))
    assert command(clone, "git status --porcelain") == ""


@pytest.mark.parametrize("page", pages())
def test_every_how_to_says_how_to_see_that_it_worked_and_how_to_undo_it(page: str) -> None:
    headings = re.findall(r"^## (.+)$", (GUIDE / f"{page}.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert {"怎么看改好了", "怎么撤回"} <= set(headings)


def test_every_page_is_linked_and_every_picture_is_there() -> None:
    index = (GUIDE / "README.md").read_text(encoding="utf-8")
    assert [page for page in pages() if f"({page}.md)" not in index] == []
    for page in GUIDE.glob("*.md"):
        for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name} points to {link}"


def test_every_command_that_the_guide_names_exists() -> None:
    from deploy.cli import COMMANDS

    text = "".join(page.read_text(encoding="utf-8") for page in GUIDE.glob("*.md"))
    named = set(re.findall(r"\./run ([a-z]+)", text))
    assert {"check", "train", "report", "talk", "release", "rollback"} <= named
    assert named - set(COMMANDS) == set()


def test_a_new_company_serves_its_first_customer(clone: Path) -> None:
    """After the how-to, the company's folder is one that the gateway and the actions would serve."""
    from settlement.brokers.registry import Brokers
    from settlement.settings import Settings

    carry_out(clone, [block for block in blocks("broker") if block.heading == "加一家期货公司"])
    brokers = Brokers(Settings(brokers_dir=clone / "brokers", state_dir=clone / ".local" / "state"))
    company = brokers.get("0455")
    assert company.name == "望江测试期货有限公司"
    assert "海岳" not in company.model_dump_json()


def test_the_moved_step_is_the_order_that_customers_meet(clone: Path) -> None:
    from trainers.project import Project

    first = next(block for block in blocks("steps") if block.kind == "diff")
    change(clone, first.text)
    order = Project(clone).order
    assert order.index("photo_consent") + 1 == order.index("signature") == order.index("id_front") - 1
