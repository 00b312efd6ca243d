"""The trainers' check finds each kind of slip, and says in which file and line it stands."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from deploy.environments import ROOT
from deploy.words import FOLDER, language, word
from trainers.check import problems
from trainers.checking import run

DOMAIN, FAQ, START, RULES = (
    "domain.yml",
    "data/faq/channel.yml",
    "data/nlu/start.yml",
    "data/rules/conversation.yml",
)

ON_THE_LINE = {
    *("example_number", "entity_unknown", "annotation_broken", "yaml_tab", "key_twice", "step_too_early"),
}


def change(project: Path, file: str, old: str, new: str) -> int:
    """Replace a text that stands once or first; the line where it stood."""
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} has no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def found(project: Path) -> set[tuple[str, str, int]]:
    return {(one.code, one.place.file, one.place.line) for one in problems(project) if not one.hint}


def test_the_projects_own_files_are_right() -> None:
    assert found(ROOT) == set()


@pytest.mark.parametrize(
    ("code", "file", "old", "new"),
    [
        ("yaml_broken", FAQ, "  - intent: faq/chat_vs_app", "  - intent: [faq/chat_vs_app"),
        ("yaml_tab", FAQ, "    examples: |", "\texamples: |"),
        ("key_unknown", FAQ, "responses:", "respones:"),
        ("key_twice", DOMAIN, "  utter_goodbye:", "  utter_greet:"),
        ("example_number", START, "- 换卡\n", "- 换卡 13812345678\n"),
        ("example_number", START, "- 换卡\n", "- 换卡 ６２２２ ０２００ １２３４ ５６７\n"),
        ("entity_unknown", START, "[招商银行](bank)", "[招商银行](bnak)"),
        ("annotation_broken", START, "[招商银行](bank)", "[招商银行](bank"),
        ("intent_unknown", START, "intent: modify_settlement_account", "intent: modify_acount"),
        ("intent_without_examples", DOMAIN, "  - greet\n", "  - greets\n"),
        ("question_without_answer", FAQ, "  - intent: faq/chat_vs_app", "  - intent: faq/chat_vs_ap"),
        ("answer_without_question", FAQ, "  utter_faq/chat_vs_app:", "  utter_faq/chat_vs_ap:"),
        ("answer_missing", RULES, "action: utter_greet", "action: utter_gret"),
        ("action_unknown", RULES, "action: action_ask_again", "action: action_ask_agian"),
        ("rule_intent_unknown", RULES, "intent: greet", "intent: gret"),
        ("rules_alike", RULES, "intent: thanks", "intent: greet"),
        ("variable_unknown", DOMAIN, "拨打 {hotline} 办理", "拨打 {hotlin} 办理"),
        ("brace_broken", DOMAIN, "拨打 {hotline} 办理", "拨打 {hotline 办理"),
        ("wechat_text_long", DOMAIN, "没关系，已填的内容会为您保留。", "没关系。" * 200),
        ("wechat_title_long", DOMAIN, "title: \"对，下一步\"", "title: \"" + "对" * 25 + "\""),
        ("answer_empty", DOMAIN, "text: \"不客气，很高兴能帮到您。\"", "text: \"\""),
        ("step_too_early", DOMAIN, "      - identity\n", ""),
        ("step_unknown", DOMAIN, "      - id_back\n", "      - id_bakc\n"),
        ("step_twice", DOMAIN, "      - id_back\n", "      - id_front\n"),
        ("company", "brokers/0127/broker.yml", "hotline:", "hotlin:"),
    ],
)  # fmt: skip
def test_the_slip_is_found_in_its_file(project: Path, code: str, file: str, old: str, new: str) -> None:
    if code == "step_too_early":  # a step that is moved before what it reads from
        change(project, file, old, new)
        new, old = "      - identity\n      - id_front\n", "      - id_front\n"
    line = change(project, file, old, new)
    told = problems(project)
    assert (code, file) in {(one.code, one.place.file) for one in told}
    if code in ON_THE_LINE:
        assert (code, file, line) in {(one.code, one.place.file, one.place.line) for one in told}


def test_one_sentence_for_two_intents_is_told_with_both_places(project: Path) -> None:
    line = change(project, FAQ, "- 要下载app吗\n", "- 要下载app吗\n      - 我要换绑！\n") + 1
    [one] = [one for one in problems(project) if one.code == "example_two_intents"]
    assert {one.facts["a"], one.facts["b"]} == {"modify_settlement_account", "faq/chat_vs_app"}
    places = {(one.place.file, one.place.line), (one.facts["file"], one.facts["line"])}
    assert (FAQ, line) in places
    assert {file for file, _ in places} == {FAQ, START}


def test_a_sentence_kept_for_measuring_must_not_be_trained(project: Path) -> None:
    change(project, START, "- 换卡\n", "- 换卡\n      - 劳驾，给办个结算账户变更。\n")
    assert {one.code for one in problems(project)} >= {"example_held_out"}


def test_the_number_itself_is_never_printed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(project, START, "- 换卡\n", "- 换卡 13812345678\n")
    assert run(project) == 1
    assert "13812345678" not in capsys.readouterr().out


def test_a_broken_company_is_told_in_the_words_of_its_folder(project: Path) -> None:
    change(project, "brokers/0127/broker.yml", "code: ", "code: 9")
    assert [one for one in problems(project) if one.code == "company"]


def test_both_languages_have_the_same_sentences_with_the_same_variables() -> None:
    tables = {
        name: tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")) for name in ("zh", "en")
    }
    assert tables["zh"].keys() == tables["en"].keys()
    for table in tables.values():
        table.pop("titles")
    for named in ("cards", "card_fields"):
        assert tables["zh"].pop(named).keys() == tables["en"].pop(named).keys()

    def variables(text: str) -> set[str]:
        return set(re.findall(r"(?<!\{)\{(\w+)", text.replace("{{{", "{")))

    assert {k: 1 for k in tables["zh"] if variables(tables["zh"][k]) != variables(tables["en"][k])} == {}


def test_every_problem_has_its_sentence() -> None:
    texts = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "trainers").rglob("*.py"))
    codes = set(re.findall(r'Problem\([\w.\[\], ()]*?, "([a-z_]+)"', texts)) | set(
        re.findall(r'BrokenYamlError\("([a-z_]+)"', texts)
    )
    known = tomllib.loads((FOLDER / "en.toml").read_text(encoding="utf-8"))
    assert len(codes) > 25
    assert codes - known.keys() == set()


@pytest.mark.parametrize(
    ("environment", "spoken"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "C.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "ASSISTANT_LANG": "zh"}, "zh"),
        ({}, "en"),
    ],
)
def test_the_language_is_that_of_the_terminal_unless_asked(environment: dict[str, str], spoken: str) -> None:
    assert language(environment) == spoken


def test_words_are_filled_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_LANG", "zh")
    assert word("step_unknown", step="id_bakc") == "没有叫 id_bakc 的步骤。"


def test_whatever_is_under_way_has_its_title_in_chinese() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "deploy").rglob("*.py"))
    titles = set(re.findall(r'step\("([^"]+)"', sources))
    translated = tomllib.loads((FOLDER / "zh.toml").read_text(encoding="utf-8"))["titles"]
    assert len(titles) > 8
    assert titles - translated.keys() == set()
