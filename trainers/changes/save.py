"""Saves wishes for review: as a Git branch and as a patch file. The files themselves stay as they are."""

from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.progress import SetupError
from trainers.changes.candidate import lines_of
from trainers.changes.copy import copied
from trainers.changes.edit import Wish, apply

PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Saved:
    """Where the change lies; ``branch`` is empty when the project is no Git checkout."""

    branch: str
    patch: str
    files: list[str]


def save(root: Path, patches: Path, wishes: list[Wish], author: str) -> Saved | list[str]:
    """Write patch and branch; the lines of the check when the files would be wrong."""
    with copied(root) as folder:
        files = apply(folder, wishes)
        if wrong := lines_of(folder):
            return wrong
        name = f"training-{time.strftime('%Y%m%d-%H%M%S')}"
        patches.mkdir(parents=True, exist_ok=True)
        patch = patches / f"{name}.patch"
        patch.write_text("".join(_difference(root, folder, file) for file in files), encoding="utf-8")
        branch = f"training/{name.removeprefix('training-')}" if _is_checkout(root) else ""
        if branch:
            _branch(root, folder, files, branch, author, len(wishes))
    return Saved(branch, str(patch), files)


def _difference(root: Path, folder: Path, file: str) -> str:
    """A patch as ``git apply`` and ``patch -p1`` read it."""
    old = (root / file).read_text(encoding="utf-8") if (root / file).exists() else ""
    new = (folder / file).read_text(encoding="utf-8")
    before = f"a/{file}" if old else "/dev/null"
    head = f"diff --git a/{file} b/{file}\n" + ("" if old else "new file mode 100644\n")
    return head + "".join(
        difflib.unified_diff(
            old.splitlines(keepends=True), new.splitlines(keepends=True), before, f"b/{file}"
        )
    )


def _is_checkout(root: Path) -> bool:
    return bool(shutil.which("git")) and (root / ".git").exists()


def _branch(root: Path, folder: Path, files: list[str], branch: str, author: str, count: int) -> None:
    """A commit on the present one, made without touching the work tree, its index, or the present branch."""
    with tempfile.TemporaryDirectory() as scratch:
        env = {
            **os.environ,
            "GIT_INDEX_FILE": str(Path(scratch) / "index"),
            **{f"GIT_{who}_NAME": _plain(author) for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "trainer@console" for who in ("AUTHOR", "COMMITTER")},
        }
        head = _git(root, env, "rev-parse", "HEAD")
        _git(root, env, "read-tree", "HEAD")
        for file in files:
            blob = _git(root, env, "hash-object", "-w", "--path", file, str(folder / file))
            _git(root, env, "update-index", "--add", "--cacheinfo", f"100644,{blob},{file}")
        tree = _git(root, env, "write-tree")
        message = f"Training: {count} sentences reviewed in the console"
        commit = _git(root, env, "commit-tree", tree, "-p", head, "-m", message)
        _git(root, env, "update-ref", f"refs/heads/{branch}", commit, "")


def _plain(author: str) -> str:
    return re.sub(r"[<>\n\r\0]", "", author) or "trainer"


def _git(root: Path, env: dict[str, str], *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own words
        ["git", *words],  # noqa: S607
        cwd=root, env=env, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    if done.returncode != 0:
        raise SetupError(f"git {words[0]}: {done.stderr.strip()[-300:]}")
    return done.stdout.strip()
