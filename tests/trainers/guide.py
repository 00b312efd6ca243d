"""The trainers' guide as a reader carries it out: its blocks, one after another, in a copy of the project."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from deploy import manifest
from deploy.environments import ROOT
from deploy.training import ensure_model

GUIDE = ROOT / "docs" / "trainers"
PARTS = re.compile(r"^```(\w+)\n(.*?)^```$|^#+ ([^\n]+)$", re.MULTILINE | re.DOTALL)
FILE, NEW_FILE = re.compile(r"# (\S+)"), re.compile(r"# 新文件：(\S+)")
TYPED = "> "
COMPLAINT = re.compile(r"有 [1-9]\d* 处要改")
LEFT_OUT = {
    *(".local", ".git", "node_modules", "models"),
    *("__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis"),
}
OF_THIS_MACHINE = ("app", "rasa", "uv", "weights", "model-keys", "node")
PATIENCE_SECONDS = 3600  # of a whole report on a busy machine
A_TRAINER = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "trainer"), ("EMAIL", "trainer@example.com"))
}


class Block(NamedTuple):
    """One fenced block of the guide, and the heading that it stands under."""

    kind: str
    text: str
    heading: str


def blocks(page: str) -> list[Block]:
    """Every block of a page, by the page's name."""
    found: list[Block] = []
    heading = ""
    for kind, text, title in PARTS.findall((GUIDE / f"{page}.md").read_text(encoding="utf-8")):
        heading = title or heading
        if kind:
            found.append(Block(kind, text, heading))
    return found


def pages() -> list[str]:
    """Every page but the first."""
    return [path.stem for path in sorted(GUIDE.glob("*.md")) if path.stem != "README"]


def fresh_clone(folder: Path) -> Path:
    """The project as a fresh clone has it, with what this machine has installed and trained already."""
    shutil.copytree(ROOT, folder, ignore=lambda _, names: [name for name in names if name in LEFT_OUT])
    (folder / "models").mkdir()
    (folder / ".local").mkdir()
    for name in OF_THIS_MACHINE:
        if (ROOT / ".local" / name).exists():
            (folder / ".local" / name).symlink_to(ROOT / ".local" / name)
    trained = ensure_model()
    for path in (trained, manifest.manifest_of(trained)):
        shutil.copy(path, folder / "models")
    command(folder, "git init -q && git add -A && git commit -q -m 'As it was cloned'")
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


def command(folder: Path, text: str, typed: str | None = None, *, complains: bool = False) -> str:
    """Run the block in the project's folder, as a terminal would; what it printed. Its last command must
    succeed, or fail when the guide says that it complains."""
    outside = {name: value for name, value in os.environ.items() if name not in ("STATE_DIR", "PYTHONPATH")}
    done = subprocess.run(
        ["bash", "-c", text],
        cwd=folder,
        env={**outside, **A_TRAINER},
        input=typed,
        stdin=None if typed is not None else subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    said = done.stdout + done.stderr
    assert (done.returncode != 0) == complains, f"{text}\n{said}"
    return said


def talk(folder: Path, text: str) -> str:
    """A command, and the lines typed after it."""
    lines = text.splitlines()
    typed = [line.removeprefix(TYPED) for line in lines if line.startswith(TYPED)]
    return command(
        folder, "\n".join(line for line in lines if not line.startswith(TYPED)), "\n".join(typed) + "\n"
    )


def pattern(line: str) -> str:
    """A line that the guide promises, in which … stands for anything."""
    return ".*".join(re.escape(part) for part in line.strip().split("…"))


def seen(expected: str, said: str) -> None:
    """Every line of the block must be in what was printed."""
    for line in expected.splitlines():
        assert re.search(pattern(line), said), f"“{line}” was not printed, but:\n{said}"


def carry_out(folder: Path, listed: list[Block]) -> None:
    """Blocks of files and of the terminal, one after another."""
    said = ""
    for block, following in zip_longest(listed, listed[1:]):
        match block.kind:
            case "diff":
                change(folder, block.text)
            case "yaml":
                create(folder, block.text)
            case "sh":
                complains = following is not None and COMPLAINT.search(following.text) is not None
                said = command(folder, block.text, complains=complains)
            case "console" if TYPED in block.text:
                said = talk(folder, block.text)
            case "text":
                seen(block.text, said)
            case _:
                raise AssertionError(f"what is a block of {block.kind}?")
