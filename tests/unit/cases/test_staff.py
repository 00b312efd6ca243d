"""Staff users."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from settlement.settings import ROOT
from tests.unit.cases.errors import refused
from tests.unit.cases.world import PASSWORD, World


async def test_name_and_password_let_in(world: World) -> None:
    assert not await world.staff.any()
    added = await world.hire("王见证", "witness", "0127")
    assert await world.staff.any()
    assert await world.staff.check(" 王见证 ", PASSWORD) == added
    assert await world.staff.get(added.id) == added
    assert await world.staff.all() == [added]


async def test_a_wrong_password_or_name_lets_nobody_in(world: World) -> None:
    await world.hire("王见证", "witness")
    assert await world.staff.check("王见证", PASSWORD + "x") is None
    assert await world.staff.check("王见", PASSWORD) is None


async def test_a_removed_user_is_out_at_once(world: World) -> None:
    added = await world.hire("王见证", "witness")
    await world.staff.remove("王见证")
    assert await world.staff.check("王见证", PASSWORD) is None
    assert await world.staff.get(added.id) is None
    assert await world.staff.all() == []


async def test_a_new_password_replaces_the_old(world: World) -> None:
    await world.hire("王见证", "witness")
    await world.staff.set_password("王见证", "another long password")
    assert await world.staff.check("王见证", PASSWORD) is None
    assert await world.staff.check("王见证", "another long password") is not None


async def test_what_cannot_be_is_refused(world: World) -> None:
    await world.hire("王见证", "witness")
    with refused("name_taken"):
        await world.hire("王见证", "reviewer")
    with refused("wrong_role"):
        await world.staff.add("某人", "boss", PASSWORD)
    with refused("password_too_short", length=12):
        await world.staff.add("某人", "reviewer", "short")
    with refused("staff_unknown"):
        await world.staff.remove("无此人")


def run(state: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        env={**os.environ, "STATE_DIR": str(state), "DATABASE_URL": ""},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_command_adds_a_user_and_the_log_holds(tmp_path: Path) -> None:
    added = run(tmp_path, "settlement.cases.staff", "add", "zhao", "reviewer", "--broker", "0127")
    assert added.returncode == 0, added.stderr
    assert len(added.stdout.strip()) >= 12
    again = run(tmp_path, "settlement.cases.staff", "add", "zhao", "reviewer")
    assert (again.returncode, again.stderr.strip()) == (1, "name_taken")
    log = run(tmp_path, "settlement.cases.audit", "verify")
    assert (log.returncode, log.stdout.split()[0]) == (0, "1")


@pytest.mark.parametrize("words", [("settlement.cases.audit",), ("settlement.database", "drop")])
def test_an_unknown_command_is_explained(tmp_path: Path, words: tuple[str, ...]) -> None:
    answer = run(tmp_path, *words)
    assert answer.returncode == 2
    assert "usage" in answer.stderr
