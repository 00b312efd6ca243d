"""The report: what passes, what is confused, what changed; and that nothing of a sentence becomes markup."""

from __future__ import annotations

from pathlib import Path

import pytest

from trainers.measure import Meaning, Measured
from trainers.report import changes, command, pictures, result, write


def measured(sentence: str, expected: str, got: str, confidence: float = 0.9) -> Measured:
    intent = got.split("/")[0]
    answer = got if "/" in got else ""
    return Measured(sentence, expected, "held_out.yml", Meaning(intent, confidence, "", 0.0, answer, 1.0))


ALL_PLAYED = result.Played(2, [])


def report(
    *listed: Measured,
    stories: result.Played | None = ALL_PLAYED,
    conversations: result.Played | None = ALL_PLAYED,
    problems: int = 0,
) -> result.Report:
    return result.Report("m", "0", "now", list(listed), stories, conversations, problems)


RIGHT = [measured("你好", "greet", "greet"), measured("收费吗", "faq/fee", "faq/fee")]


def test_a_question_with_another_answer_is_wrong_although_the_intent_is_right() -> None:
    found = report(*RIGHT, measured("多久", "faq/processing_time", "faq/fee"))
    assert (found.intents.right, found.intents.all) == (1, 1)
    assert (found.answers.right, found.answers.all) == (1, 2)
    assert found.confusions == [("faq/processing_time", "faq/fee", 1)]


def test_a_model_passes_when_every_condition_was_tried_and_met() -> None:
    assert report(*RIGHT).passed
    assert not report(*RIGHT, problems=1).passed
    assert not report(*RIGHT, stories=None).passed
    assert not report(*RIGHT, conversations=result.Played(9, ["05_照片"])).passed
    assert not report(*RIGHT, measured("嗯", "affirm", "deny")).passed


def test_what_is_mistaken_for_a_sensitive_action_counts_by_itself() -> None:
    many = [measured(f"句{n}", "greet", "greet") for n in range(1000)]
    wrong = [measured(f"错{n}", "greet", "submit_application") for n in range(4)]
    found = report(*many, *RIGHT, *wrong)
    assert [gate.passed for gate in found.conditions if gate.code == "gate_sensitive"] == [False]


def test_changes_are_told_sentence_by_sentence() -> None:
    before = [measured("a", "greet", "deny"), measured("b", "greet", "greet"), measured("c", "greet", "deny")]
    after = [
        measured("a", "greet", "greet"), measured("b", "greet", "deny"), measured("c", "greet", "thanks"),
        measured("new", "greet", "greet"),
    ]  # fmt: skip
    found = changes.between(before, after)
    assert [[now.sentence for _, now in part] for part in (found.mended, found.worse, found.other)] == [
        ["a"], ["b"], ["c"],
    ]  # fmt: skip


def test_a_report_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    saved = report(*RIGHT, conversations=result.Played(1, ["x"]))
    saved.save(tmp_path)
    found = result.load("m", tmp_path)
    assert found is not None
    assert (found.measured, found.conversations, found.passed) == (saved.measured, saved.conversations, False)
    assert result.load("other", tmp_path) is None
    latest = result.latest_but("other", tmp_path)
    assert latest is not None
    assert latest.model == "m"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_both_files_are_written_and_sentences_stay_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setenv("ASSISTANT_LANG", language)
    now = report(*RIGHT, measured("<script>|换卡", "greet", "faq/<b>"))
    before = report(*RIGHT, measured("<script>|换卡", "greet", "deny"))
    compared = changes.between(before.measured, now.measured)
    markdown, html = write.write(now, before, compared, tmp_path)
    page = html.read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "faq/<b>" not in page
    assert "<svg" in page
    assert "| <script>／换卡 | `greet` | `faq/<b>` |" in markdown.read_text(encoding="utf-8")


def test_both_files_call_an_intent_as_trainers_do_with_its_id_beside_it(tmp_path: Path) -> None:
    now, before = (report(measured("有几张卡", "greet", got)) for got in ("faq/fee", "deny"))
    compared = changes.between(before.measured, now.measured)
    titles = {"greet": "打招呼", "faq/fee": "费用|多少"}
    markdown, html = write.write(now, before, compared, tmp_path, titles)
    text = markdown.read_text(encoding="utf-8")
    assert "| 打招呼 `greet` | 费用／多少 `faq/fee` | 1 |" in text
    assert "| 有几张卡 | 打招呼 `greet` | 费用／多少 `faq/fee` | 0.90 |" in text
    assert "有几张卡：`deny` → 费用／多少 `faq/fee`" in text
    assert "打招呼 <code>greet</code>" in html.read_text(encoding="utf-8")


def test_pictures_of_nothing_are_nothing_and_texts_are_escaped() -> None:
    assert pictures.confusions([], title="x") == ""
    assert pictures.bars([], title="x") == ""
    assert pictures.lines([], [], title="x") == ""
    assert "<b>" not in pictures.bars([("<b>", 1, "<b>")], title="<b>")
    assert "NaN" not in pictures.lines(["1"], [("a", [None], "red")], title="x")


def test_the_report_names_the_conversations_that_did_not_go_as_written(tmp_path: Path) -> None:
    assert command._conversation(r"test_the_conversation_goes_as_written[05_\u7167\u7247]") == "05_照片"
    found = report(*RIGHT, conversations=result.Played(9, ["05_照片"]))
    assert found.failed == ["05_照片"]
    for path in write.write(found, None, None, tmp_path):
        assert "05_照片" in path.read_text(encoding="utf-8")
