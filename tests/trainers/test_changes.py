"""Trainers' wishes become lines in a copy, a branch and a patch; the files themselves stay as they are."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.environments import ROOT
from trainers.changes.edit import NEW_QUESTIONS, Wish, WishError, apply, cleaned
from trainers.changes.save import Saved, save
from trainers.check import problems
from trainers.project import Project

MEANT = Wish("给我整张新卡绑上去呗", "modify_settlement_account")
NEW = Wish("周末到账不到账", "faq/weekend_arrival", '周末不到账，“工作日”请看 {transfer_hours}: "准"。')


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture
def checkout(project: Path) -> Path:
    """The project as a Git checkout with one commit."""
    git(project, "init", "-q", "-b", "main")
    git(project, "config", "user.email", "a@b")
    git(project, "config", "user.name", "somebody")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "begin")
    return project


def test_a_sentence_joins_the_examples_of_its_intent(project: Path) -> None:
    before = {one.sentence for one in Project(project).examples}
    [file] = apply(project, [MEANT])
    after = Project(project).examples
    assert {one.sentence for one in after} - before == {MEANT.sentence}
    assert [one.intent for one in after if one.sentence == MEANT.sentence] == [MEANT.target]
    assert file.startswith("data/nlu/")
    assert [one for one in problems(project) if not one.hint] == []


def test_only_one_line_of_the_file_changes(checkout: Path) -> None:
    apply(checkout, [MEANT])
    assert git(checkout, "diff", "--shortstat").split(",")[1:] == [" 1 insertion(+)\n"]


def test_a_new_question_brings_its_answer_and_a_second_sentence_joins_it(project: Path) -> None:
    again = Wish("礼拜天转账到得了账不", NEW.target)
    assert apply(project, [NEW, again]) == [NEW_QUESTIONS]
    found = Project(project)
    assert [one.sentence for one in found.examples if one.intent == NEW.target] == [
        NEW.sentence,
        again.sentence,
    ]
    [answer] = [one for one in found.answers if one.name == f"utter_{NEW.target}"]
    assert answer.texts == [NEW.answer]
    assert [one for one in problems(project) if not one.hint] == []


def test_two_new_questions_stand_in_one_file(project: Path) -> None:
    other = Wish("手机丢了怎么收码", "faq/phone_lost_code", "请拨打 {hotline}。")
    apply(project, [NEW])
    apply(project, [other])
    names = {one.name for one in Project(project).answers}
    assert {f"utter_{NEW.target}", f"utter_{other.target}"} <= names
    assert [one for one in problems(project) if not one.hint] == []


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish("你好", "faq/no_such_question"), "wish_target_unknown"),
        (Wish("你好", "no_such_intent"), "wish_target_unknown"),
        (Wish("[](){}", "greet"), "wish_empty"),
        (Wish("你好", "faq/../../x", "答案"), "wish_name"),
        (Wish("你好", "faq/fine", "答案 {no_such_variable}"), "wish_variable"),
    ],
)
def test_a_wish_that_cannot_be_written_is_refused(project: Path, wish: Wish, code: str) -> None:
    with pytest.raises(WishError) as refused:
        apply(project, [wish])
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("typed", "example"),
    [
        ("- 换卡", "换卡"), ("[工行](bank)卡", "工行(bank)卡"), ("换\n卡", "换 卡"), ("/restart", "restart"),
        ("# 注释", "注释"), ("a: |\n b", "a:  b"), ("  换卡  ", "换卡"),
    ],
)  # fmt: skip
def test_what_yaml_or_rasa_would_misread_is_taken_out(typed: str, example: str) -> None:
    assert cleaned(typed) == example


def test_saving_makes_a_branch_and_leaves_the_files_alone(checkout: Path, tmp_path: Path) -> None:
    (checkout / "data/nlu/start.yml").write_bytes((checkout / "data/nlu/start.yml").read_bytes() + b"\n")
    git(checkout, "add", "domain.yml")
    before = git(checkout, "status", "--porcelain"), git(checkout, "rev-parse", "HEAD")
    saved = save(checkout, tmp_path / "patches", [MEANT, NEW], "训练师 <x@y>\n")
    assert isinstance(saved, Saved)
    assert (git(checkout, "status", "--porcelain"), git(checkout, "rev-parse", "HEAD")) == before
    assert git(checkout, "branch", "--show-current").strip() == "main"
    changed = git(checkout, "diff", "--name-only", "main", saved.branch).split()
    assert sorted(changed) == sorted(saved.files)
    assert MEANT.sentence in git(checkout, "show", f"{saved.branch}:data/nlu/start.yml")
    assert (
        git(checkout, "log", "-1", "--format=%an <%ae>", saved.branch).strip()
        == "训练师 x@y <trainer@console>"
    )


def test_the_patch_does_what_the_branch_does(checkout: Path, tmp_path: Path) -> None:
    saved = save(checkout, tmp_path / "patches", [MEANT, NEW], "trainer")
    assert isinstance(saved, Saved)
    git(checkout, "apply", saved.patch)
    for file in saved.files:
        assert (checkout / file).read_text(encoding="utf-8") == git(
            checkout, "show", f"{saved.branch}:{file}"
        )


def test_without_git_there_is_a_patch_alone(project: Path, tmp_path: Path) -> None:
    saved = save(project, tmp_path / "patches", [MEANT], "trainer")
    assert isinstance(saved, Saved)
    assert saved.branch == ""
    assert Path(saved.patch).read_text(encoding="utf-8").count("\n+ ") == 1


def test_a_wish_that_breaks_the_check_is_not_saved(checkout: Path, tmp_path: Path) -> None:
    other = next(one for one in Project(checkout).examples if one.intent == "greet")
    told = save(checkout, tmp_path / "patches", [Wish(other.sentence, "thanks")], "trainer")
    assert isinstance(told, list)
    assert "greet" in told[0]
    assert git(checkout, "branch", "--list", "training/*") == ""


@pytest.mark.conversation
def test_a_trial_really_trains_and_compares() -> None:
    asked = {
        "wishes": [{"sentence": "咕噜咕噜换卡卡", "target": "modify_settlement_account", "answer": ""}],
        "recent": ["你好"],
    }
    done = subprocess.run(
        [sys.executable, "-m", "trainers", "try"],
        cwd=ROOT, input=json.dumps(asked), capture_output=True, text=True, timeout=900,
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["step"] for line in lines[:-1]] == ["checking", "training", "comparing"], done.stderr[-2000:]
    result = lines[-1]["result"]
    assert result["unseen"] > 300
    assert min(result["right_before"], result["right_after"]) > result["unseen"] * 0.8
    [wished] = result["wished"]
    assert wished["right"]
