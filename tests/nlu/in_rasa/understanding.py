"""What the trained model makes of sentences that it never saw; ``MODEL`` names the archive.

The least figures are what docs/language.md reports, less a margin for another machine's rounding and for what
trainers change.
"""

from __future__ import annotations

import asyncio
import os
import unittest
from pathlib import Path
from typing import Any

import yaml
from rasa.core.agent import Agent

SETS = Path(__file__).parents[1]
# Sentences of these are followed by something that cannot be undone, even though only a button does it.
SENSITIVE = {"agree", "sign_agreements", "submit_application", "abandon_case", "delete_card"}
STRANGERS = ("held_out_third.yml", "held_out_fourth.yml", "held_out_fifth.yml")
HELD_OUT = ("held_out.yml", "held_out_second.yml", *STRANGERS)
FOREIGN = ("foreign.yml", "foreign_third.yml", "foreign_fourth.yml", "foreign_fifth.yml")
# Saying who the assistant is and what it does promises nothing else either.
DECLINED = {"nlu_fallback", "out_of_scope", "out_of_scope_business", "faq/no_advice", "faq/assistant"}
NEGATIONS = (
    *("我没说要提交", "先别提交", "不要提交", "别签", "先不签了", "我不同意签署", "没法同意", "别给我放弃"),
    *("不是要放弃", "不要删", "我可没答应", "谁说我要提交了", "不同意", "我不签字", "先别放弃"),
)


def examples(name: str) -> list[tuple[str, str]]:
    """(intent or ``faq/<id>``, sentence) of a set."""
    blocks: list[dict[str, str]] = yaml.safe_load((SETS / name).read_text(encoding="utf-8"))["nlu"]
    return [
        (block["intent"], line.removeprefix("- ").strip())
        for block in blocks
        for line in block["examples"].splitlines()
        if line.strip()
    ]


class Understanding(unittest.TestCase):
    """One model, asked about every set."""

    agent: Agent

    @classmethod
    def setUpClass(cls) -> None:
        cls.agent = Agent.load(os.environ["MODEL"])

    def meaning(self, sentence: str) -> str:
        """The intent of a sentence, or ``faq/<id>`` when it is a question."""
        parsed: dict[str, Any] = asyncio.run(self.agent.parse_message(sentence))
        return str(parsed["intent"].get("full_retrieval_intent_name") or parsed["intent"]["name"])

    def check(self, name: str, *, questions: bool, least: float) -> None:
        """At least this share of a set's questions, or of its other sentences, is understood."""
        asked = [one for one in examples(name) if one[0].startswith("faq/") == questions]
        wrong = [
            (sentence, meant, got) for meant, sentence in asked if (got := self.meaning(sentence)) != meant
        ]
        assert 1 - len(wrong) / len(asked) >= least, wrong

    def test_intents_of_the_held_out_sentences(self) -> None:
        self.check("held_out.yml", questions=False, least=0.95)

    def test_questions_of_the_held_out_sentences(self) -> None:
        self.check("held_out.yml", questions=True, least=0.95)

    def test_intents_of_the_second_set(self) -> None:
        self.check("held_out_second.yml", questions=False, least=0.93)

    def test_questions_of_the_second_set(self) -> None:
        self.check("held_out_second.yml", questions=True, least=0.95)

    def test_strangers_sentences(self) -> None:
        for name in STRANGERS:
            self.check(name, questions=False, least=0.91)
            self.check(name, questions=True, least=0.96)

    def test_what_is_foreign_is_declined(self) -> None:
        for name in FOREIGN:
            asked = examples(name)
            answered = [(one, got) for _, one in asked if (got := self.meaning(one)) not in DECLINED]
            assert len(answered) <= len(asked) / 10, answered

    def test_hardly_anything_is_mistaken_for_something_sensitive(self) -> None:
        asked = [one for name in (*HELD_OUT, *FOREIGN) for one in examples(name)]
        taken = [
            (sentence, meant, got)
            for meant, sentence in asked
            if meant not in SENSITIVE and (got := self.meaning(sentence)) in SENSITIVE
        ]
        assert len(taken) <= 2, taken

    def test_a_negated_command_is_no_command(self) -> None:
        taken = [(one, got) for one in NEGATIONS if (got := self.meaning(one)) in SENSITIVE]
        assert taken == []
