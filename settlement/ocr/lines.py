"""Lines of recognised text and where they stand; helpers that all parsers share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from statistics import mean, median
from typing import Any

import numpy as np
from numpy.typing import NDArray

# The recogniser mixes in traditional forms (汉 → 漢). Mended in closed vocabularies (nations, banks, labels)
# only: a name or an address is kept as printed.
_TRADITIONAL = (
    "漢滿維爾門號碼國證區縣鎮鄉樓單機關廣東龍劉張陳楊黃趙吳孫馬羅鄭謝韓馮於蕭鄧許呂蘇盧蔣賈葉閻餘鍾譚"
    "鄒陸顧萬錢湯賴龔華偉麗強軍傑濤蘭剛紅軒澤遠詩鵬棟曉銀業農發興儲貸聯長簽體現專屬衛務連濟寧溫魯圖買"
    "獨倫納錫羣侖齊強鮮譙瀘場慶榮貴飛風寶鐵鋼"
)
_SIMPLIFIED = (
    "汉满维尔门号码国证区县镇乡楼单机关广东龙刘张陈杨黄赵吴孙马罗郑谢韩冯于萧邓许吕苏卢蒋贾叶阎余钟谭"
    "邹陆顾万钱汤赖龚华伟丽强军杰涛兰刚红轩泽远诗鹏栋晓银业农发兴储贷联长签体现专属卫务连济宁温鲁图买"
    "独伦纳锡群仑齐强鲜谯泸场庆荣贵飞风宝铁钢"
)
SIMPLIFY = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

DOTS = str.maketrans(dict.fromkeys("•・･‧∙⋅.．", "·"))  # to the one dot of a name (民委发〔2016〕33 号)

# Letters that stand where a digit was printed.
DIGITS = str.maketrans("OoQDIlLiZzSsBbGqg|T", "0000111122558669917")


# A character less probable than this makes its value doubtful. On specimens nearly every wrong character in a
# name or an address is, and one right name in twenty.
SURE = 0.90


@dataclass(frozen=True, slots=True)
class Text:
    """What was read in one picture of a line, and of each character:

    ``odds``, its probability, 0…1; ``at``, where it stands along the picture, 0…1; ``rivals``, what else it
    may be when it is not sure, the likeliest first.
    """

    text: str
    odds: tuple[float, ...]
    at: tuple[float, ...] = ()
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One recognised line: text without blanks, mean of its characters' odds, box in pixels of the image."""

    text: str
    score: float
    x0: float
    x1: float
    y0: float
    y1: float
    height: float  # of the letters, also on a slanting line
    odds: tuple[float, ...] = ()  # of each character; empty when not known
    at: tuple[float, ...] = ()  # where each character stands, px from the left; empty when not known
    rivals: tuple[str, ...] = ()  # what else each doubtful character may be; empty when not known
    burnt: bool = False  # light that swallows letters touches it
    box: NDArray[np.float64] | None = field(
        default=None, repr=False, compare=False
    )  # its corners there, 4 × 2

    @property
    def weakest(self) -> float:
        """The probability of the least certain character."""
        return min(self.odds, default=self.score)

    @property
    def middle(self) -> float:
        """Vertical centre."""
        return (self.y0 + self.y1) / 2


def to_lines(polygons: Iterable[Any], texts: Iterable[Text]) -> list[Line]:
    """The engine's answer as lines; blanks are dropped.

    Text that slants as a whole is set level first (in its coordinates, nothing is read again): otherwise the
    left end of one row would stand beside the right end of another.
    """
    boxes = [np.asarray(polygon, float) for polygon in polygons]
    level = _rotation(-_slant(boxes))
    found = []
    for box, read in zip(boxes, texts, strict=True):
        kept = [place for place, letter in enumerate(read.text) if not letter.isspace()]
        if not kept:
            continue
        bare, odds = "".join(read.text[k] for k in kept), tuple(read.odds[k] for k in kept)
        turned = box @ level.T
        (x0, y0), (x1, y1) = turned.min(0), turned.max(0)
        along, across = np.linalg.norm(box[0] - box[1]), np.linalg.norm(box[1] - box[2])
        height = min(y1 - y0, max(across, 1.0) if across < along else along)
        place = (float(x0), float(x1), float(y0), float(y1), float(height))
        at = tuple(float(x0 + read.at[k] * (x1 - x0)) for k in kept) if read.at else ()
        rivals = tuple(read.rivals[k] for k in kept) if read.rivals else ()
        found.append(Line(bare, mean(odds), *place, odds, at, rivals, box=box))
    return found


def _slant(boxes: list[NDArray[np.float64]]) -> float:
    """Angle of the text's direction, radians: that of the upper edges, long lines counting more."""
    edges = [
        box[1] - box[0]
        for box in boxes
        if np.linalg.norm(box[1] - box[0]) > 2 * np.linalg.norm(box[2] - box[1])
    ]
    if len(edges) < 2:
        return 0.0
    lengths = np.array([np.linalg.norm(edge) for edge in edges])
    angles = np.array([np.arctan2(edge[1], edge[0]) for edge in edges])
    order = np.argsort(angles)
    half = int(np.searchsorted(np.cumsum(lengths[order]), lengths.sum() / 2))
    return float(angles[order][min(half, len(order) - 1)])


def _rotation(angle: float) -> NDArray[np.float64]:
    return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


@dataclass(frozen=True, slots=True)
class Row:
    """Lines side by side, from left to right."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """Their texts joined."""
        return "".join(line.text for line in self.lines)

    @property
    def score(self) -> float:
        """The least score of its lines."""
        return min(line.score for line in self.lines)

    @property
    def odds(self) -> tuple[float, ...]:
        """The probability of each character of ``text``."""
        return tuple(odd for line in self.lines for odd in line.odds or (line.score,) * len(line.text))

    @property
    def at(self) -> tuple[float, ...]:
        """Where each character of ``text`` stands; shorter than it when that is not known of all."""
        return tuple(place for line in self.lines for place in line.at)

    @property
    def rivals(self) -> tuple[str, ...]:
        """What else each character of ``text`` may be."""
        return tuple(one for line in self.lines for one in line.rivals or ("",) * len(line.text))

    @property
    def middle(self) -> float:
        """Vertical centre."""
        return mean(line.middle for line in self.lines)


# Em: more than lies between two digits, a digit and a letter, two letters (measured: 0.75, 1.0, 1.25).
_ROOM = {0: 0.95, 1: 1.2, 2: 1.45}


Placed = tuple[str, tuple[float, ...]]  # a row's text, and where its letters stand


def steps(pieces: Iterable[Placed]) -> list[tuple[float, int]]:
    """From each character to the next one of its row, px, and how many of the two are letters, not digits."""
    return [
        (right - left, (one > "\u2e80") + (other > "\u2e80"))
        for text, at in pieces
        for (left, right), (one, other) in zip(pairwise(at), pairwise(text), strict=False)
    ]


def has_holes(pieces: Iterable[Placed]) -> bool:
    """Whether a character may be missing in one of the rows.

    Light swallows letters without a trace in the odds of the others, but not the room that they took.
    """
    taken = steps(pieces)
    full = [step for step, letters in taken if letters == 2]
    return len(full) > 1 and any(step > _ROOM[letters] * median(full) for step, letters in taken)


def iso_date(year: str, month: str, day: str) -> str | None:
    """YYYY-MM-DD, or None when there is no such day."""
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return None


def rare(text: str) -> bool:
    """Whether a character is outside GB 2312: too rare for the recogniser to be believed about it."""
    try:
        text.translate(DOTS).encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def uncommon(letter: str) -> bool:
    """Whether a letter stands in the second level of GB 2312, which is ordered by how common they are."""
    try:
        return letter.encode("gb2312")[0] >= 0xD8
    except UnicodeEncodeError:
        return True


def weakest(value: str, odds: tuple[float, ...]) -> float:
    """The probability of the least certain character of ``value``, with which a text of ``odds`` ends."""
    return min(odds[-len(value) :], default=0.0)


SURE_OF_DIGIT = 0.95  # on specimens right digits have 0.98 and more, wrong ones 0.54 and less


def unsure(odds: Iterable[float]) -> tuple[int, ...]:
    """The places of the digits that are not certain."""
    return tuple(place for place, odd in enumerate(odds) if odd < SURE_OF_DIGIT)


def rows(lines: Iterable[Line]) -> list[Row]:
    """Group lines into rows, top to bottom."""
    grouped: list[list[Line]] = []
    for line in sorted(lines, key=lambda line: line.middle):
        for row in grouped:
            reach = 0.55 * min(line.height, median(other.height for other in row))
            if abs(mean(other.middle for other in row) - line.middle) < reach:
                row.append(line)
                break
        else:
            grouped.append([line])
    return [Row(tuple(sorted(row, key=lambda line: line.x0))) for row in grouped]
