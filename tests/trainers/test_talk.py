"""A talk in the terminal, typed line by line, with the running assistant."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import get_args

import pytest

from deploy.environments import ROOT
from deploy.words import table
from settlement.cards import Card
from tests.conversations.stack import Stack
from trainers.talk.shown import lines


@pytest.mark.conversation
def test_a_talk_says_taps_reads_pictures_and_ends(stack: Stack) -> None:
    typed = "0127\n1\n要收费吗\n发 tests/fixtures/photos/没有这个文件.jpg\n退出\n"
    done = subprocess.run(
        [sys.executable, "-m", "trainers", "talk"],
        cwd=ROOT,
        input=typed,
        env={**os.environ, "STATE_DIR": str(stack.state), "ASSISTANT_LANG": "zh"},
        capture_output=True,
        text=True,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    assert "海岳测试期货有限公司" in done.stdout
    assert "[1] " in done.stdout
    assert "收费" in done.stdout.split("> 要收费吗")[1]
    assert "没有这个文件.jpg" in done.stdout


def test_a_card_is_told_in_lines() -> None:
    card = {
        "card": "fields", "version": 1, "image": "secret-id",
        "fields": [{"name": "name", "label": "姓名", "value": "张**"}],
    }  # fmt: skip
    told = "\n".join(lines({"text": "请核对", "card": card}))
    assert "请核对" in told
    assert "姓名: 张**" in told
    assert "secret-id" not in told


def test_a_card_speaks_chinese_and_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_LANG", "zh")
    card = {
        "card": "photo",
        "version": 1,
        "kind": "qr",
        "title": "居住证",
        "max_megabytes": 10,
        "received": {},
    }
    assert list(lines({"text": "", "card": card})) == [
        "  │ 〔请发照片：打“发 照片路径”〕",
        "  │ 名称：居住证",
    ]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_card_has_a_name_in_the_terminal(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("ASSISTANT_LANG", language)
    kinds = {one.model_fields["card"].default for one in get_args(get_args(Card)[0])}
    assert len(kinds) > 10
    assert kinds - set(table("cards")) == set()
