"""Light swallows letters without a trace in the others' odds: what it may have taken is marked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from settlement.ocr.engine import Bgr
from settlement.ocr.front import parse_front
from settlement.ocr.lines import Line, has_holes
from settlement.ocr.pipeline import complete
from settlement.ocr.quality import lit

PAPER, INK, LIGHT = 200, 30, 255


def line(text: str, x: float, y: float, steps: list[float] | None = None, em: float = 40) -> Line:
    """A line of letters one em wide; ``steps`` are the distances between them when they are others."""
    at = [x + em / 2]
    for step in steps or [em] * (len(text) - 1):
        at.append(at[-1] + step)
    odds, rivals = (0.99,) * len(text), ("",) * len(text)
    return Line(text, 0.99, x, at[-1] + em / 2, y, y + em, em, odds, tuple(at), rivals)


def front(*address: Line) -> list[Line]:
    return [
        line("姓名王小明", 60, 50), line("性别女民族汉", 60, 110), line("出生1949年12月31日", 60, 170),
        line("住址", 60, 230), *address, line("公民身份号码11010519491231002X", 60, 430),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "steps", "holes"),
    [
        ("盖州市和平", [40, 40, 40, 40], False),
        ("盖州市和平", [32, 48, 40, 50], False),  # the recogniser tells places in steps of 8 px
        ("盖州市和平", [40, 40, 80, 40], True),  # one letter is missing
        ("朝阳路12号", [40, 40, 32, 24, 32], False),
        ("朝阳路12号", [40, 40, 52, 24, 32], True),  # a digit is missing before 12
        ("朝阳路12号", [40, 40, 32, 46, 32], True),  # and within it
        ("12", [90], False),  # nothing tells how wide a letter is
    ],
)
def test_a_missing_character_leaves_room(text: str, steps: list[float], holes: bool) -> None:
    assert has_holes([(text, line(text, 0, 0, steps).at)]) is holes


def test_an_address_with_a_hole_is_not_complete_and_another_photo_is_asked_for() -> None:
    whole = parse_front(front(line("北京市朝阳区长安街一号", 180, 230)))
    assert (whole["address"].torn, whole["address"].doubtful) == (False, False)
    assert complete("id_front", whole)
    holed = parse_front(front(line("北京市朝阳区长安街一号", 180, 230, [40.0] * 6 + [80.0] + [40.0] * 3)))
    assert (holed["address"].torn, holed["address"].doubtful) == (True, True)
    assert not complete("id_front", holed)


def in_light(each: Line) -> Line:
    return replace(each, burnt=True)


FULL, LAST = line("北京市朝阳区长安街一号", 180, 230), line("二楼五十六号", 180, 350)
SHORT, COUNT = line("东侧第九号院", 180, 290), line("二楼56", 180, 350, [40, 30, 20])


@pytest.mark.parametrize(
    ("address", "torn"),
    [
        ((FULL, LAST), False),
        ((FULL, in_light(LAST)), False),  # it ends as addresses do
        ((FULL, COUNT), False),
        ((FULL, in_light(COUNT)), True),  # 56 of what?
        ((in_light(FULL), LAST), False),  # a full row
        ((FULL, SHORT, LAST), False),
        ((FULL, in_light(SHORT), LAST), True),  # the light took its end
        ((FULL, in_light(line("五十六号", 260, 350))), True),  # and its beginning
    ],
)
def test_another_photo_is_asked_for_when_light_lies_where_the_rows_should_go_on(
    address: tuple[Line, ...], torn: bool
) -> None:
    fields = parse_front(front(*address))
    assert fields["address"].torn is torn
    assert complete("id_front", fields) is not torn


def test_a_name_that_begins_late_has_lost_its_first_letter() -> None:
    lines = [each for each in front(FULL) if not each.text.startswith(("姓名", "性别", "出生"))]
    lines += [line("女", 180, 110), line("民族汉", 300, 110), line("1949年12月31日", 180, 170)]
    whole = parse_front([*lines, line("王小明", 180, 50)])
    assert (whole["name"].value, whole["name"].torn) == ("王小明", False)
    assert complete("id_front", whole)
    late = parse_front([*lines, line("小明", 220, 50)])
    assert (late["name"].torn, late["name"].doubtful) == (True, True)
    assert not complete("id_front", late)


@pytest.mark.parametrize("address", ["市朝阳区长安街一号二楼", "北京市朝阳区长安街1组65"])
def test_an_address_that_begins_or_ends_in_the_middle_is_marked(address: str) -> None:
    assert parse_front(front(line(address, 180, 230)))["address"].doubtful


def test_what_was_mended_by_the_counties_is_marked() -> None:
    read = line("安徽省亳州市進城区友谊路一号", 180, 230)
    doubt = replace(read, odds=tuple(0.7 if letter == "進" else 0.99 for letter in read.text))
    field = parse_front(front(doubt))["address"]
    assert (field.value, field.doubtful) == ("安徽省亳州市谯城区友谊路一号", True)


def card(paper: int, ends: tuple[int, int], light: tuple[int, int] | None = None) -> Bgr:
    """A line of ink from 100 to 300 px across; ``light`` burns out some columns."""
    grey = np.full((200, 600), paper, np.uint8)
    grey[85:115, ends[0] : ends[1] : 4] = INK
    if light:
        grey[60:140, light[0] : light[1]] = LIGHT
    return np.repeat(grey[..., None], 3, 2)


def test_a_line_beside_burnt_out_paper_is_marked_and_another_is_not() -> None:
    text = line("朝阳路一号", 100, 80)
    dull, glaring = card(PAPER, (100, 300)), card(PAPER, (100, 300), (310, 400))
    assert [one.burnt for one in lit(dull, [text])] == [False]
    assert [one.burnt for one in lit(glaring, [text])] == [True]


def test_on_a_bright_photo_only_fading_letters_tell_of_glare() -> None:
    text, bright = line("朝阳路一号", 100, 80), card(LIGHT, (100, 300))
    assert [one.burnt for one in lit(bright, [text])] == [False]
    faded = bright.copy()
    faded[85:115, 255:300] = np.maximum(faded[85:115, 255:300], 180)
    assert [one.burnt for one in lit(faded, [text])] == [True]
