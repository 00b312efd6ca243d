"""The trainers' guide is carried out as written: each how-to in a fresh copy, block by block."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from deploy.environments import ROOT

GUIDE = ROOT / "docs" / "trainers"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE, NEW_FILE = re.compile(r"# (\S+)"), re.compile(r"# 新文件：(\S+)")
LEFT_OUT = {
    *(".local", ".git", "node_modules", "models", "fixtures"),
    *("__pycache__", ".mypy_cache", ".ruff_cache"),
}
OF_THIS_MACHINE = ("app", "rasa", "uv", "weights", "model-keys", "node")
PATIENCE_SECONDS = 900
TRAINS = {"faq"}  # these train a model, which takes its time


class Block(NamedTuple):
    """One fenced block of the guide."""

    kind: str
    text: str


def blocks(page: Path) -> list[Block]:
    return [Block(*found) for found in FENCE.findall(page.read_text(encoding="utf-8"))]


def how_tos() -> list[object]:
    pages = [page for page in sorted(GUIDE.glob("*.md")) if any(one.kind == "sh" for one in blocks(page))]
    return [
        pytest.param(page, id=page.stem, marks=[pytest.mark.conversation] if page.stem in TRAINS else [])
        for page in pages
    ]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The project as a fresh clone has it, with what this machine has installed already."""
    folder = tmp_path / "clone"
    shutil.copytree(ROOT, folder, ignore=lambda _, names: [name for name in names if name in LEFT_OUT])
    (folder / "models").mkdir()
    (folder / ".local").mkdir()
    for name in OF_THIS_MACHINE:
        if (ROOT / ".local" / name).exists():
            (folder / ".local" / name).symlink_to(ROOT / ".local" / name)
    return folder


def change(folder: Path, text: str) -> None:
    """Apply a block with + and - to the file that its first line names."""
    first, *lines = text.splitlines()
    named = FILE.fullmatch(first)
    assert named, f"the block does not name its file: {first}"
    path = folder / named[1]
    old = [line[1:] for line in lines if line[:1] in (" ", "-", "")]
    new = [line[1:] for line in lines if line[:1] in (" ", "+", "")]
    content = path.read_text(encoding="utf-8").splitlines()
    places = [at for at in range(len(content)) if content[at : at + len(old)] == old]
    assert len(places) == 1, f"{named[1]}: the lines stand there {len(places)} times, not once:\n{text}"
    content[places[0] : places[0] + len(old)] = new
    path.write_text("\n".join(content) + "\n", encoding="utf-8")


def create(folder: Path, text: str) -> None:
    """Make the file that the block's first line names."""
    first, _, content = text.partition("\n")
    named = NEW_FILE.fullmatch(first)
    assert named, f"the block does not name its new file: {first}"
    path = folder / named[1]
    assert not path.exists()
    path.write_text(content, encoding="utf-8")


def command(folder: Path, text: str) -> str:
    """Run the block in the project's folder."""
    done = subprocess.run(
        ["bash", "-e", "-c", text],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": "", "STATE_DIR": str(folder / ".local" / "state")},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 0, f"{text}\n{said}"
    return said


def seen(expected: str, said: str) -> None:
    """Every line of the block must be in what was printed; … stands for anything."""
    for line in expected.splitlines():
        pattern = ".*".join(re.escape(part) for part in line.strip().split("…"))
        assert re.search(pattern, said), f"“{line}” was not printed, but:\n{said}"


@pytest.mark.parametrize("page", how_tos())
def test_the_how_to_works_as_it_is_written(page: Path, clone: Path) -> None:
    said = ""
    for block in blocks(page):
        match block.kind:
            case "diff":
                change(clone, block.text)
            case "yaml":
                create(clone, block.text)
            case "sh":
                said = command(clone, block.text)
            case "text":
                seen(block.text, said)
            case "console":
                pass
            case _:
                raise AssertionError(f"{page.name}: what is a block of {block.kind}?")


def test_every_page_is_linked_and_every_picture_is_there() -> None:
    index = (GUIDE / "README.md").read_text(encoding="utf-8")
    assert [
        page.name for page in GUIDE.glob("*.md") if page.stem != "README" and page.name not in index
    ] == []
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

    for block in blocks(GUIDE / "broker.md"):
        if block.kind == "diff":
            change(clone, block.text)
        elif block.kind == "sh":
            command(clone, block.text)
    brokers = Brokers(Settings(brokers_dir=clone / "brokers", state_dir=clone / ".local" / "state"))
    company = brokers.get("0455")
    assert company.name == "望江测试期货有限公司"
    assert "海岳" not in company.model_dump_json()


def test_the_moved_step_is_the_order_that_customers_meet(clone: Path) -> None:
    from trainers.project import Project

    first = next(block for block in blocks(GUIDE / "steps.md") if block.kind == "diff")
    change(clone, first.text)
    order = Project(clone).order
    assert order.index("photo_consent") + 1 == order.index("signature") == order.index("id_front") - 1
