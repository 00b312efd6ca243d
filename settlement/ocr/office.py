"""The office that issued an identity card: X公安局, or X公安局Y分局, where X and Y are divisions."""

from __future__ import annotations

import re

from settlement.ocr.divisions import cities_with, mended, named, stems_under
from settlement.ocr.lines import SURE, Row, has_holes, rare, weakest
from settlement.ocr.reading import ReadField

_NO_POLICE = re.compile("(.+?[市县区州盟旗])[公安]?局?((.+?)区?分局)")  # 公安 always stands in the middle
_NO_CITY = re.compile("市?公安局(.+?)区?分局")
_LABEL = re.compile("^(签发机关|签发机|发机关|机关|签.关|签.|关|机)")


def read_office(row: Row, text: str, below: Row | None) -> ReadField | None:
    """The office in ``row``, whose text in simplified letters is ``text``; ``below``: the row of the days."""
    match = re.search("(?:签?发?机关|签发)(.+)$", text) or re.search("^()(.+公安.*|.+分局)$", text)
    if not match or not re.search("公安.*[局分]|分局", text):
        return None
    start = match.start(match.lastindex or 1)
    label = _LABEL.match(text[start:])
    if label and not named(text[start:].split("公安")[0]):  # 关岭 is a place
        start += label.end()
    places = [at for at in range(start, len(text)) if re.match(r"[\u4e00-\u9fff·]", text[at])]
    value = read = "".join(text[at] for at in places)
    if not value:
        return None
    odds = tuple(row.odds[at] for at in places)
    value = _with_police(value, odds)
    rivals = tuple(row.rivals[at] for at in places)
    value = _with_county(_mended(value, odds, rivals), odds, rivals)
    torn = _torn(row, value, below, places)
    if torn and (whole := _supplied(value)):
        return ReadField(value=whole, confidence=0.0, doubtful=True)
    score = weakest(read, odds)
    doubtful = (
        torn
        or value != read
        or row.lines[-1].burnt
        or score < SURE
        or rare(value)
        or not named(value.split("公安")[0])
    )
    return ReadField(value=value, confidence=0.0 if torn else score, doubtful=doubtful, torn=torn)


def _mended(value: str, odds: tuple[float, ...], rivals: tuple[str, ...]) -> str:
    """Each division mended by itself: with the police between them, they might be taken for 公安县."""
    first = value.find("公安局")
    parts = [(0, first), (first, first + 3), (first + 3, len(value))] if first > 0 else [(0, len(value))]
    found = []
    for start, end in parts:
        place, own, others = value[start:end], odds[start:end], rivals[start:end]
        found.append(place if place == "公安局" else _as_listed(mended(place, own, others), own, others))
    return "".join(found)


def _as_listed(place: str, odds: tuple[float, ...], rivals: tuple[str, ...]) -> str:
    """A division with one doubtful letter replaced by the likeliest of its rivals that gives a listed one."""
    if len(place) != len(odds) or named(place):
        return place
    ways = (
        (rank, place[:at] + other + place[at + 1 :])
        for at, odd in enumerate(odds) if odd < SURE
        for rank, other in enumerate(rivals[at])
    )  # fmt: skip
    return min((way for way in ways if named(way[1])), default=(0, place))[1]


def _with_police(value: str, odds: tuple[float, ...]) -> str:
    """公安局, when its last letter was doubtful."""
    at = value.find("公安") + 2
    if 2 <= at < len(value) and odds[at] < SURE and "局" not in value[at : at + 2]:
        return value[:at] + "局" + value[at + 1 :]
    return value


def _with_county(value: str, odds: tuple[float, ...], rivals: tuple[str, ...]) -> str:
    """The county of a branch as its city has it, when the only letter that differs is doubtful."""
    match = re.fullmatch("(.+)公安局(.+?)区?分局", value)
    stems = stems_under(match[1]) if match else set()
    if not match or match[2] in stems:
        return value
    start = match.start(2)
    near: dict[str, str] = {}  # stem: what else its doubtful letter may be
    for stem in stems:
        if len(stem) == len(match[2]) > 1:
            wrong = [at for at, letter in enumerate(stem) if match[2][at] != letter]
            if len(wrong) == 1 and odds[start + wrong[0]] < SURE:
                near[stem] = rivals[start + wrong[0]]
    fitting = [stem for stem, others in near.items() if len(near) == 1 or set(stem) & set(others)]
    return value[:start] + fitting[0] + value[match.end(2) :] if len(fitting) == 1 else value


def _supplied(value: str) -> str | None:
    """A branch's name with 公安局, or with its city, when light swallowed that and one answer is left."""
    if (match := _NO_POLICE.fullmatch(value)) and match[3] in stems_under(match[1]):
        return f"{match[1]}公安局{match[2]}"
    if match := _NO_CITY.fullmatch(value):
        cities = cities_with(match[1])
        return cities.pop() + value.removeprefix("市") if len(cities) == 1 else None
    return None


def _torn(row: Row, value: str, below: Row | None, places: list[int]) -> bool:
    """Whether light swallowed a part of it, which leaves no trace in the odds of the rest."""
    if (
        re.match(".?公安", value)
        or "公安局" not in value
        or "公安局分局" in value
        or not value.endswith("局")
    ):
        return True
    at = [x for line in row.lines for x in line.at]
    if len(at) == len(row.text) and has_holes([(value, tuple(at[place] for place in places))]):
        return True
    # The row of the days begins where the office does.
    return (
        below is not None
        and below.lines[-1].text[0].isdigit()
        and row.lines[-1].x0 - below.lines[-1].x0 > 1.5 * row.lines[-1].height
    )
