"""What a sentence is compared by: its characters, words and sounds.

Sounds make a typo (`解邦`), a sentence in pinyin (`jiebang`) and the right characters (`解绑`) alike.
Pure functions of text; no Rasa.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import lru_cache

from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT

CHARACTERS = (1, 2, 3)
WORDS = (1, 2)
SOUNDS = (1, 2)
# In a question or a negation the same characters mean something else: 放弃吧 / 放弃会怎样 / 别放弃.
MOODS = ("question", "negation")

# The gateway's place-holder of a personal number: ⟦kind:reference⟧. The reference says nothing.
_REFERENCE = re.compile(r"⟦([a-z_]+)(?::[^⟧]*)?⟧")
_LETTERS = re.compile(r"[a-z]+")
_PARTS = re.compile(r"[a-z]+|[^a-z\s]+")
_SPACES = re.compile(r"\s+")
_LONGEST_SYLLABLE = 6
_MARKS = re.compile(r"[\W_]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")
_LEAST_SPELT = 4


def features(
    text: str, words: Iterable[str], patterns: Sequence[tuple[str, re.Pattern[str]]] = ()
) -> list[str]:
    """Every feature of a sentence, repeated as often as it occurs.

    ``words`` are the tokens of ``text``; ``patterns`` are named expressions, each a feature when it is found,
    and those of ``MOODS`` one for each pair of characters besides.
    """
    folded = fold(text)
    marked = f"^{_SPACES.sub('', folded)}$"
    sounds = sounds_of(folded)
    found = [name for name, pattern in patterns if pattern.search(folded) or pattern.search(text)]
    return [
        *(gram for size in CHARACTERS for gram in _grams(marked, size)),
        *(
            f"w:{gram}"
            for size in WORDS
            for gram in _grams([fold(word) for word in words if word.strip()], size)
        ),
        *(f"p:{gram}" for size in SOUNDS for gram in _grams(sounds, size)),
        *(f"r:{name}" for name in found),
        *(f"{mood}:{gram}" for mood in MOODS if mood in found for gram in _grams(marked, 2)),
    ]


def fold(text: str) -> str:
    """One width, one case, and a number's place-holder without its reference."""
    return _REFERENCE.sub(r"⟦\1⟧", unicodedata.normalize("NFKC", text).casefold())


def sounds_of(text: str) -> list[str]:
    """Pinyin without tones, a syllable each; Latin letters that are pinyin count as what they sound like."""
    return [
        sound
        for run in lazy_pinyin(text)
        for part in _PARTS.findall(run)
        for sound in (_split(part) if _LETTERS.fullmatch(part) else (part,))
    ]


def in_pinyin(words: Iterable[str]) -> list[str]:
    """Words as typed without a Chinese keyboard; none when they are not Chinese, or too short to tell."""
    spoken = [word for word in words if word.strip() and not _MARKS.fullmatch(word)]
    chinese = "".join(spoken)
    if len(chinese) < _LEAST_SPELT or not _CHINESE.fullmatch(chinese):
        return []
    return ["".join(lazy_pinyin(word)) for word in spoken]


def _grams(parts: Sequence[str], size: int) -> list[str]:
    joined = "" if isinstance(parts, str) else " "
    return [joined.join(parts[at : at + size]) for at in range(len(parts) - size + 1)]


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    """Every toneless syllable of Mandarin, from the dictionary of characters."""
    return frozenset(
        syllable
        for code in range(0x4E00, 0x9FA6)
        if code in PINYIN_DICT
        for syllable in lazy_pinyin(chr(code))
        if _LETTERS.fullmatch(syllable) and len(syllable) <= _LONGEST_SYLLABLE
    )


@lru_cache(maxsize=4096)
def _split(letters: str) -> tuple[str, ...]:
    """Letters as the fewest syllables that spell them; as they are when none do."""
    best: list[tuple[str, ...] | None] = [()]
    for end in range(1, len(letters) + 1):
        ways = [
            (*before, letters[start:end])
            for start in range(max(0, end - _LONGEST_SYLLABLE), end)
            if (before := best[start]) is not None and letters[start:end] in _syllables()
        ]
        best.append(min(ways, key=len, default=None))
    return best[-1] or (letters,)
