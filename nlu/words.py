"""What words mean, as vectors: ``冻结`` lies near ``锁住``, although they share no character and no sound.

``words.npz`` holds a table made once by ``make_words.py``; docs/language.md says from what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

TABLE = Path(__file__).with_name("words.npz")


class Words:
    """Vectors of frequent words and characters; any other word is the mean of its characters."""

    def __init__(self, words: np.ndarray, vectors: np.ndarray) -> None:
        """``words``: UTF-8 bytes, a word a line; ``vectors``: int8, a row for each word."""
        self._words, self._vectors = words, vectors
        self._at = {word: row for row, word in enumerate(words.tobytes().decode("utf-8").split("\n"))}

    @classmethod
    def load(cls, table: Path = TABLE) -> Words:
        """The project's table."""
        with np.load(table, allow_pickle=False) as arrays:
            return cls(arrays["words"], arrays["vectors"])

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._vectors.shape[1])

    def arrays(self) -> dict[str, Any]:
        """What ``__init__`` takes, to be stored."""
        return {"words": self._words, "vectors": self._vectors}

    def vector(self, word: str) -> np.ndarray:
        """The meaning of a word; zeros when neither it nor its characters are known."""
        if (row := self._at.get(word)) is not None:
            return np.asarray(self._vectors[row], dtype=np.float32)
        rows = [row for character in word if (row := self._at.get(character)) is not None]
        if not rows:
            return np.zeros(self.dimensions, dtype=np.float32)
        return np.asarray(self._vectors[rows].mean(axis=0, dtype=np.float32))

    def meaning(self, words: Iterable[str], weight: Callable[[str], float]) -> np.ndarray:
        """The sum of the words' vectors, each as heavy as ``weight`` says."""
        total = np.zeros(self.dimensions, dtype=np.float32)
        for word in words:
            total += self.vector(word) * weight(word)
        return total
