"""The classifier: what it answers, and that it answers the same after it was stored."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.tokenizers.jieba_tokenizer import JiebaTokenizer
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.classifier import LinearClassifier

EXAMPLES = {
    "greet": ["你好", "您好", "你好呀", "早上好"],
    "goodbye": ["再见", "拜拜", "下次再见", "再会"],
    "faq/fee": ["要收费吗", "收费吗", "要多少钱", "手续费多少钱"],
    "faq/human": ["转人工", "人工客服", "我要转人工", "找人工客服"],
}
RESPONSES = {"utter_faq/fee": [{"text": "不收费。"}], "utter_faq/human": [{"text": "请拨打热线。"}]}
NODE = "train_nlu.classifier.LinearClassifier5"


def message(text: str, label: str | None = None) -> Message:
    """A tokenised message, with its label when it is an example."""
    data: dict[str, Any] = {"text": text}
    if label:
        data["intent"] = label.split("/")[0]
        if "/" in label:
            data["intent_response_key"] = label
    made = Message(data=data)
    made.set("text_tokens", TOKENIZER.tokenize(made, "text") if text else [])
    return made


TOKENIZER = JiebaTokenizer(JiebaTokenizer.get_default_config(), None, Resource("tokenizer"))


class Classifier(unittest.TestCase):
    """Trained on four classes, two of them answers."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.arguments = (
            {**LinearClassifier.get_default_config(), "least_count": 1},
            LocalModelStorage(Path(folder.name)),
            Resource("classifier"),
            ExecutionContext(GraphSchema({}), node_name=NODE),
        )

    def trained(self, examples: dict[str, list[str]]) -> LinearClassifier:
        """One that learned from ``examples``."""
        classifier = LinearClassifier.create(*self.arguments)
        messages = [message(text, label) for label, texts in examples.items() for text in texts]
        classifier.train(TrainingData(messages, responses=RESPONSES))
        return classifier

    def parsed(self, classifier: LinearClassifier, text: str) -> Message:
        """What it makes of a sentence."""
        return classifier.process([message(text)])[0]

    def test_a_question_has_the_retrieval_intent_and_its_answer(self) -> None:
        found = self.parsed(self.trained(EXAMPLES), "请问收费吗")
        assert found.get("intent")["name"] == "faq"
        selector = found.get("response_selector")
        assert selector["all_retrieval_intents"] == ["faq"]
        best = selector["faq"]["response"]
        assert best["intent_response_key"] == "faq/fee"
        assert best["utter_action"] == "utter_faq/fee"
        assert best["responses"] == [{"text": "不收费。"}]
        assert [one["intent_response_key"] for one in selector["faq"]["ranking"]] == ["faq/fee", "faq/human"]

    def test_intents_are_ranked_by_their_surest_class(self) -> None:
        found = self.parsed(self.trained(EXAMPLES), "再见啦")
        ranking = found.get("intent_ranking")
        assert found.get("intent") == ranking[0]
        assert ranking[0]["name"] == "goodbye"
        assert {one["name"] for one in ranking} == {"greet", "goodbye", "faq"}
        sure = [one["confidence"] for one in ranking]
        assert sure == sorted(sure, reverse=True)
        assert sum(sure) <= 1.0001

    def test_it_answers_the_same_after_it_was_stored(self) -> None:
        before = self.trained(EXAMPLES)
        after = LinearClassifier.load(*self.arguments)
        for text in ("转人工", "多少钱", "你好", "完全没见过的话", "zhuan rengong"):
            one, other = self.parsed(before, text), self.parsed(after, text)
            for part in ("intent", "response_selector"):
                assert one.get(part) == other.get(part), text

    def test_it_is_stored_without_pickle(self) -> None:
        self.trained(EXAMPLES)
        _, storage, resource, _ = self.arguments
        with storage.read_from(resource) as folder:
            names = {path.name for path in folder.iterdir()}
        assert names == {"classifier.json", "classifier.npz"}

    def test_a_word_it_never_saw_is_understood_by_its_meaning(self) -> None:
        family = {"faq/minor": ["老公", "老婆", "爸爸"], "faq/fee": ["下雨", "刮风", "晴天"]}
        for word, meant in (("媳妇", "faq/minor"), ("阴天", "faq/fee")):
            answer = self.parsed(self.trained(family), word).get("response_selector")["faq"]["response"]
            assert answer["intent_response_key"] == meant, word

    def test_it_learns_to_read_pinyin_from_examples_in_characters(self) -> None:
        def sure(every: int) -> float:
            self.arguments = ({**self.arguments[0], "pinyin": every}, *self.arguments[1:])
            found = self.parsed(self.trained(EXAMPLES), "shouxufei duoshao qian")
            return float(found.get("response_selector")["faq"]["response"]["confidence"])

        assert sure(1) > sure(0)

    def test_two_classes_are_told_apart(self) -> None:
        classifier = self.trained({name: EXAMPLES[name] for name in ("greet", "goodbye")})
        assert self.parsed(classifier, "你好").get("intent")["name"] == "greet"
        assert self.parsed(classifier, "再见").get("intent")["name"] == "goodbye"

    def test_a_class_to_be_cautious_with_must_be_ahead(self) -> None:
        def sure(caution: float) -> float:
            settings = {**self.arguments[0], "cautious": ["goodbye"], "caution": caution}
            self.arguments = (settings, *self.arguments[1:])
            return float(self.parsed(self.trained(EXAMPLES), "再见了").get("intent")["confidence"])

        assert sure(0.0) > sure(0.2)

    def test_without_examples_it_answers_no_intent(self) -> None:
        untrained = self.trained({"greet": ["你好"]})
        assert self.parsed(untrained, "你好").get("intent") == {"name": None, "confidence": 0.0}
        assert self.parsed(LinearClassifier.load(*self.arguments), "你好").get("intent_ranking") == []

    def test_an_empty_message_has_no_intent(self) -> None:
        assert self.parsed(self.trained(EXAMPLES), "").get("intent")["name"] is None
