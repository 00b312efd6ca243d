"""``./run wechat`` tries WeChat in the terminal; ``./run diagnose`` checks a real configuration."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from deploy.environments import APP, ROOT, ensure_app, python_of


def _module(name: str, *arguments: str) -> int:
    command = [str(python_of(APP)), "-m", name, *arguments]
    return subprocess.run(command, cwd=ROOT, check=False).returncode  # noqa: S603 - our own command


def diagnose(arguments: Sequence[str]) -> int:
    """Check the Official Account and WeCom as the environment configures them, in Chinese."""
    ensure_app(tests=False)
    return _module("channels.wechat.diagnosis", *arguments)


def terminal(arguments: Sequence[str]) -> int:
    """Chat with the assistant as a follower on a simulated WeChat; everything else is real."""
    return _module("tests.support.wechat", *arguments)
