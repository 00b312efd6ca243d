"""Administrative divisions: with which words an address on an identity card may begin (GB/T 2260).

They tell that something is missing or misread, and mend a character that the recogniser itself doubts. What
was mended stays marked: the customer compares it. A division that is not listed (they change every year) is
marked, never changed.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from settlement.ocr.lines import SURE, uncommon

DIVISIONS_FILE = Path(__file__).with_name("divisions.csv")
_NO_NAME = re.compile("市辖区|县|市|.*直辖.*")  # stand in the table, never on a card
_LONGEST = 30
_COMMON = frozenset(
    "省市州区县旗镇乡村路街道巷弄号栋楼室组单元座院公安局分"
)  # never taken for another letter
_LIKELY = 3  # rivals that are tried
_ALIKE = 6  # and those among which a rare letter is looked for that a common one was taken for
_NEARLY = 0.995  # certain enough where a rare letter is among the next guesses (贵 for 赉 had 0.99)
_MISREAD = 2  # characters that may be mended in a beginning that is read to its end
_SWALLOWED = 3  # and when some are missing, of the county that the number begins with


@cache
def names_by_code() -> dict[str, tuple[str, ...]]:
    """The names that a division has had on cards, by its six digits."""
    found: dict[str, tuple[str, ...]] = {}
    with DIVISIONS_FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            if not _NO_NAME.fullmatch(row["name"]):
                found[row["code"]] = (*found.get(row["code"], ()), row["name"])
    return found


def spelled(code: str) -> list[str]:
    """The ways to write the county with this code: with province and prefecture, or one of them.

    >>> spelled("340621")
    ['安徽省淮北市濉溪县', '安徽省濉溪县', '淮北市濉溪县']
    """
    names = names_by_code()
    if code.endswith("00") or code not in names:
        return []
    provinces, prefectures = names.get(code[:2] + "0000", ()), names.get(code[:4] + "00", ())
    above = [province + prefecture for province in provinces for prefecture in prefectures]
    return [top + county for top in (*above, *provinces, *prefectures) for county in names[code]]


@cache
def _beginnings() -> frozenset[str]:
    names = names_by_code()
    counties = {way for code in names for way in spelled(code)}
    # Prefectures without counties: 东莞, 中山, 儋州, 嘉峪关.
    bare = {code for code in names if code.endswith("00") and not code.endswith("0000")}
    bare -= {code[:4] + "00" for code in names if not code.endswith("00")}
    return frozenset(counties) | {
        province + name for code in bare for province in names[code[:2] + "0000"] for name in names[code]
    }


@cache
def _all() -> frozenset[str]:
    return frozenset(name for names in names_by_code().values() for name in names)


def named(text: str) -> bool:
    """Whether ``text`` is a division, with or without what is above it."""
    return text in _all() or (bool(text) and known(text) == len(text))


def stems_under(name: str) -> set[str]:
    """The counties of a prefecture or a municipality, without the last letter: 西湖, 武侯."""
    found: set[str] = set()
    for code, names in names_by_code().items():
        if name in names and code.endswith("00"):
            above = code.rstrip("0").ljust(2, "0")
            above = above if len(above) % 2 == 0 else above + "0"
            below = [
                county for one, county in names_by_code().items() if one.startswith(above) and one != code
            ]
            found |= {each[:-1] for county in below for each in county}
    return found


def cities_with(stem: str) -> set[str]:
    """The prefectures and municipalities that have a district of this name, without its last letter: 船营."""
    found: set[str] = set()
    for code, names in names_by_code().items():
        if stem + "区" in names:
            above = names_by_code().get(code[:4] + "00", ()) or names_by_code().get(code[:2] + "0000", ())
            found.update(above)
    return found


def counties_of(address: str) -> list[str]:
    """Codes of the counties that ``address`` may begin with."""
    begun = address[: known(address)]
    return [code for code in names_by_code() if begun and begun in spelled(code)]


@cache
def _pairs() -> frozenset[str]:
    """Neighbouring characters in the names' stems: 濉溪, 鲅鱼, 鱼圈."""
    stems = {name[:-1] for names in names_by_code().values() for name in names}
    return frozenset(one + other for stem in stems for one, other in pairwise(stem))


def known(text: str) -> int:
    """How many characters of ``text`` name a county; 0 when it does not begin with one."""
    return next((end for end in range(min(_LONGEST, len(text)), 4, -1) if text[:end] in _beginnings()), 0)


def mended(text: str, odds: tuple[float, ...], rivals: tuple[str, ...], code: str = "") -> str:
    """``text`` with its doubtful characters as in the name of a division, where just one fits.

    Doubtful is also a sure one that is known to be taken for a rarer one (see ``_mixed_up``).
    ``odds`` and ``rivals`` are those of its characters; ``code``, the first six digits of the identity
    number. Many people live where they were born: when what is left of an address fits that county, what
    light has swallowed of its name is supplied.
    """
    doubted = [odd < SURE or _mixed_up(text, at, rivals[at]) for at, odd in enumerate(odds)]
    if not known(text) and (begun := _misread(text, doubted, code) or _swallowed(text, doubted, code)):
        name, end = begun
        text = name + text[end:]
        doubted = [False] * len(name) + doubted[end:]
        rivals = ("",) * len(name) + rivals[end:]
    letters = list(text)
    for at, letter in enumerate(letters):
        if not doubted[at] or at < known(text) or letter in _COMMON:
            continue
        before, after = "".join(letters[max(0, at - 1) : at]), "".join(letters[at + 1 : at + 2])
        likely = rivals[at][:_LIKELY] + "".join(filter(uncommon, rivals[at][_LIKELY:_ALIKE]))
        options = [one for one in letter + likely if {before + one, one + after} & _pairs()]
        letters[at] = options[0] if options else letter
    return "".join(letters)


def _mixed_up(text: str, at: int, rivals: str) -> bool:
    """Whether a letter, however sure, makes a known name when a rarer one that looks like it is put there.

    Rare letters are taken for common ones with all certainty (泸 for 沪, 濉 for 滩).
    """
    if text[at] in _COMMON:
        return False
    around = (text[at - 1 : at], text[at + 1 : at + 2])

    def names(letter: str) -> bool:
        return bool({around[0] + letter, letter + around[1]} & _pairs())

    return not names(text[at]) and any(uncommon(one) and names(one) for one in rivals[:_ALIKE])


@cache
def _rare_letters() -> frozenset[str]:
    """Rare letters that are common in names of places: 濉, 赉, 鲅."""
    return frozenset(letter for pair in _pairs() for letter in pair if uncommon(letter))


def perhaps_rare(text: str, odds: tuple[float, ...], rivals: tuple[str, ...]) -> bool:
    """Whether a letter may have been taken for a rare one that places are called by: 赉 read as 贵."""
    return any(
        odds[at] < _NEARLY
        and letter not in _COMMON
        and not {text[at - 1 : at] + letter, letter + text[at + 1 : at + 2]} & _pairs()
        and bool(set(rivals[at][:_LIKELY]) & _rare_letters())
        for at, letter in enumerate(text)
    )


def _misread(text: str, doubted: list[bool], code: str) -> tuple[str, int] | None:
    """The only county written with as many characters, but for a few doubtful ones."""
    best: dict[int, set[str]] = {}
    for name in _beginnings() if any(doubted) else ():
        if len(name) > len(text):
            continue
        wrong = [at for at, letter in enumerate(name) if text[at] != letter]
        if len(wrong) <= _MISREAD and len(name) - len(wrong) >= 4 and all(doubted[at] for at in wrong):
            best.setdefault(len(wrong), set()).add(name)
    if not best:
        return None
    likely = best[min(best)]
    likely = likely & set(spelled(code)) or likely
    return (name, len(name)) if len(likely) == 1 and (name := min(likely)) else None


def _swallowed(text: str, doubted: list[bool], code: str) -> tuple[str, int] | None:
    """The county of ``code`` when some of its characters are missing, and where ``text`` goes on."""
    ways = [way for way in spelled(code) if way[:2] == names_by_code()[code[:2] + "0000"][0][:2]]
    found = [(cost, -len(way), way, end) for way in ways for cost, end in [_aligned(text, doubted, way)]]
    fitting = [one for one in found if one[0] <= _SWALLOWED and -one[1] - one[0] >= 4]
    if not fitting:
        return None
    _, _, name, end = min(fitting)
    return name, end


def _aligned(text: str, doubted: list[bool], name: str) -> tuple[int, int]:
    """(characters missing or misread, length of the part of ``text``) of the cheapest way to read ``name``.

    The last character of ``name`` must have been read: without it, nobody knows where the street begins.
    """
    impossible = 99
    window = min(len(text), len(name) + 1)
    costs = list(range(len(name) + 1))  # of name[:j] against no text
    best = (impossible, 0)
    for end in range(1, window + 1):
        row = [end]
        for j, letter in enumerate(name, 1):
            same = text[end - 1] == letter
            swap = costs[j - 1] + (0 if same else 1 if doubted[end - 1] else impossible)
            noise = costs[j] + (1 if doubted[end - 1] else impossible)
            row.append(min(swap, row[j - 1] + 1, noise))
        costs = row
        if text[end - 1] == name[-1]:
            best = min(best, (costs[-1], end))
    return best
