"""One linear classifier for commands and questions: each intent and each ``faq/…`` answer is a class.

Rasa's own pair (a classifier to which all questions are one class, then a neural selector of the answer)
trains for minutes and loses questions at the first gate; see docs/language.md. The output is the pair's:
``intent``, ``intent_ranking`` and ``response_selector``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.nlu.utils.pattern_utils import extract_patterns
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize
from sklearn.svm import LinearSVC

from nlu import features, words

# Of a ranking, what the review of sentences and the reports read (first and second), and one more: every
# message of a conversation is read again at each later turn, so long rankings make long conversations slow.
_RANKED = 3
_DIGITS = 4
_JSON, _ARRAYS = "classifier.json", "classifier.npz"


def _as_tokens(spoken: list[str]) -> list[Token]:
    return [Token(word, start=0) for word in spoken]  # where they stand is of no interest to us


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearClassifier(IntentClassifier, GraphComponent):
    """Chooses intent and answer at once, by a linear support vector machine.

    It sees what a sentence is made of (``nlu.features``) and the mean of what its words mean (``nlu.words``).

    Configuration: ``C``, inverse strength of regularisation; ``least_count``, how many examples a feature
    must occur in; ``pinyin``, of how many Chinese examples one is also learned as typed in pinyin (0: none);
    ``meaning``, how much the words' meaning counts beside the features; ``sharpness``, the factor of the
    margins before a softmax makes confidences of them (it changes no choice); ``cautious``, classes that must
    be ahead of the others by the margin ``caution``.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """A tokenizer, for the words."""
        return [Tokenizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The settings that ``config.yml`` may change."""
        learning = {"C": 2.0, "least_count": 2, "pinyin": 4, "meaning": 0.7}
        return {**learning, "sharpness": 8.0, "cautious": [], "caution": 0.0}

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Let Rasa's cache see that the features changed."""
        table = hashlib.sha256(words.TABLE.read_bytes()).hexdigest()
        return Path(features.__file__).read_text(encoding="utf-8") + table

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        """An untrained classifier: it answers no intent."""
        self.config = config
        self._storage = storage
        self._resource = resource
        self._classes: list[str] = []
        self._responses: dict[str, list[dict[str, Any]]] = {}
        self._patterns: list[tuple[str, re.Pattern[str]]] = []
        self._weights = self._bias = self._usual = np.zeros(0, dtype=np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearClassifier:
        """Creates a new untrained component."""
        return cls(config, model_storage, resource)

    # --- Training

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from every example that has an intent and a text."""
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT)]
        examples += self._typed_in_pinyin(examples)
        labels = [e.get(INTENT_RESPONSE_KEY) or e.get(INTENT) for e in examples]
        if len(set(labels)) < 2:
            return self._resource  # nothing to tell apart
        patterns = extract_patterns(training_data, use_word_boundaries=False)
        self._patterns = [(found["name"], re.compile(found["pattern"])) for found in patterns]
        self._responses = training_data.responses
        self._words = words.Words.load()
        self._vectorizer = self._new_vectorizer(min_df=self.config["least_count"])
        parts = self._vectorizer.fit_transform(examples)
        meanings = self._meanings(examples)
        self._usual = meanings.mean(axis=0)
        machine = LinearSVC(C=self.config["C"], random_state=7)
        machine.fit(hstack([parts, csr_matrix(self._turned(meanings))]).tocsr(), labels)
        self._classes = [str(name) for name in machine.classes_]
        # Two classes share one row of weights.
        rows = machine.coef_ if len(machine.coef_) > 1 else np.vstack([-machine.coef_, machine.coef_])
        bias = (
            machine.intercept_
            if len(machine.intercept_) > 1
            else np.r_[-machine.intercept_, machine.intercept_]
        )
        self._weights = np.ascontiguousarray(rows.T, dtype=np.float32)
        held_back = np.isin(self._classes, self.config["cautious"]) * self.config["caution"]
        self._bias = (bias - held_back).astype(np.float32)
        self._persist()
        return self._resource

    def _typed_in_pinyin(self, examples: list[Message]) -> list[Message]:
        """Some examples as customers without a Chinese keyboard type them; the same at every training."""
        every = self.config["pinyin"]
        spelt = [(example, features.in_pinyin(self._tokens(example))) for example in examples]
        chosen = [(example, spoken) for example, spoken in spelt if spoken][::every] if every else []
        return [
            Message(data={**example.data, TEXT: " ".join(spoken), TOKENS_NAMES[TEXT]: _as_tokens(spoken)})
            for example, spoken in chosen
        ]

    def _new_vectorizer(self, **settings: Any) -> TfidfVectorizer:
        return TfidfVectorizer(analyzer=self._features, sublinear_tf=True, **settings)

    def _features(self, message: Message) -> list[str]:
        return features.features(message.get(TEXT), self._tokens(message), self._patterns)

    @staticmethod
    def _tokens(message: Message) -> list[str]:
        return [token.text for token in message.get(TOKENS_NAMES[TEXT], [])]

    def _meanings(self, messages: list[Message]) -> np.ndarray:
        """(sentences, dimensions): sums of the words' vectors, rare words the heavier."""
        known, rarity = self._vectorizer.vocabulary_, self._vectorizer.idf_
        rarest = float(rarity.max())

        def weight(word: str) -> float:
            at = known.get(f"w:{word}")
            return rarest if at is None else float(rarity[at])

        spoken = [[features.fold(word) for word in self._tokens(message)] for message in messages]
        return np.stack([self._words.meaning(one, weight) for one in spoken])

    def _turned(self, meanings: np.ndarray) -> np.ndarray:
        """As they differ from the usual sentence, of one length, and as heavy as ``meaning`` says."""
        return np.asarray(normalize(meanings - self._usual) * self.config["meaning"], dtype=np.float32)

    # --- Use

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent, its ranking and the chosen answer of each message; leave an empty one without."""
        known = [message for message in messages if self._classes and message.get(TEXT)]
        if known:
            margins = self._margins(known) * self.config["sharpness"]
            odds = np.exp(margins - margins.max(axis=1, keepdims=True))
            for message, confidences in zip(known, odds / odds.sum(axis=1, keepdims=True), strict=True):
                self._tell(message, confidences)
        for message in messages:
            if not message.get(TEXT) or not self._classes:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                message.set("intent_ranking", [], add_to_output=True)
        return messages

    def _margins(self, messages: list[Message]) -> np.ndarray:
        """(sentences, classes); row by row, for a product of matrices would copy all weights."""
        rows = self._vectorizer.transform(messages)
        parts = [row.data.astype(np.float32) @ self._weights[row.indices] for row in rows]
        meant = self._turned(self._meanings(messages)) @ self._weights[rows.shape[1] :]
        return np.stack(parts) + meant + self._bias

    def _tell(self, message: Message, confidences: np.ndarray) -> None:
        order = [
            (self._classes[at], round(float(confidences[at]), _DIGITS)) for at in np.argsort(-confidences)
        ]
        answers: dict[str, list[tuple[str, float]]] = {}
        intents: dict[str, float] = {}
        for name, confidence in order:
            intent, slash, _ = name.partition("/")
            intents.setdefault(intent, confidence)  # an intent is as sure as the surest of its answers
            if slash:
                answers.setdefault(intent, []).append((name, confidence))
        ranking = [{"name": name, "confidence": confidence} for name, confidence in intents.items()]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set("intent_ranking", ranking[:_RANKED], add_to_output=True)
        selected = {intent: self._selected(ranked[:_RANKED]) for intent, ranked in answers.items()}
        chosen = {"all_retrieval_intents": list(answers), **selected}
        message.set("response_selector", chosen, add_to_output=True)

    def _selected(self, ranked: Iterable[tuple[str, float]]) -> dict[str, Any]:
        """What Rasa's ResponseSelector says of the answers to one retrieval intent, surest first."""
        ranking = [{"confidence": confidence, INTENT_RESPONSE_KEY: name} for name, confidence in ranked]
        action = f"utter_{ranking[0][INTENT_RESPONSE_KEY]}"
        best = {"responses": self._responses.get(action, []), "utter_action": action, **ranking[0]}
        return {"response": best, "ranking": ranking}

    # --- Storage: text and plain arrays, no pickle

    def _persist(self) -> None:
        described = {
            "classes": self._classes,
            "responses": self._responses,
            "patterns": [(name, pattern.pattern) for name, pattern in self._patterns],
            "vocabulary": {name: int(at) for name, at in self._vectorizer.vocabulary_.items()},
        }
        with self._storage.write_to(self._resource) as folder:
            (folder / _JSON).write_text(json.dumps(described, ensure_ascii=False), encoding="utf-8")
            learned: dict[str, Any] = {"weights": self._weights, "bias": self._bias, "usual": self._usual}
            table = self._words.arrays()
            np.savez(folder / _ARRAYS, idf=self._vectorizer.idf_, **learned, **table)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearClassifier:
        """The classifier as it was trained; an untrained one when nothing was stored."""
        loaded = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                described = json.loads((folder / _JSON).read_text(encoding="utf-8"))
                with np.load(folder / _ARRAYS, allow_pickle=False) as arrays:
                    loaded._weights, loaded._bias = arrays["weights"], arrays["bias"]
                    loaded._usual, idf = arrays["usual"], arrays["idf"]
                    loaded._words = words.Words(arrays["words"], arrays["vectors"])
        except (ValueError, FileNotFoundError):
            return loaded
        loaded._classes = described["classes"]
        loaded._responses = described["responses"]
        loaded._patterns = [(name, re.compile(pattern)) for name, pattern in described["patterns"]]
        loaded._vectorizer = loaded._new_vectorizer(vocabulary=described["vocabulary"])
        loaded._vectorizer.idf_ = idf
        return loaded
