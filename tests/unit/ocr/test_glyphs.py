"""A doubtful letter is compared with pictures of the letters that it may be."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pylopdf_fonts_zh_cn
import pytest
from PIL import Image, ImageDraw, ImageFont

from settlement.ocr.engine import Bgr
from settlement.ocr.glyphs import compared
from settlement.ocr.lines import SURE, Text

TYPEFACE = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSerifSC-Regular.otf"  # not the one compared with
EM, INK, PAPER = 40, 40, 205


def photo(printed: str, blur: float = 1.0, erased: int | None = None) -> Bgr:
    """A line of letters one em apart; light has erased the one at ``erased``."""
    picture = Image.new("L", (EM * len(printed) + 20, EM + 20), PAPER)
    font = ImageFont.truetype(str(TYPEFACE), EM)
    for place, letter in enumerate(printed):
        ImageDraw.Draw(picture).text(
            (10 + EM * place, EM // 2 + 10), letter, INK, font, anchor="lm", stroke_width=1
        )
    grey = np.array(picture)
    if erased is not None:
        grey[:, 10 + EM * erased : 10 + EM * (erased + 1)] = 255
    return np.asarray(cv2.cvtColor(cv2.GaussianBlur(grey, (0, 0), blur), cv2.COLOR_GRAY2BGR), np.uint8)


def read(text: str, odds: float, rivals: str, at: int = -1) -> Text:
    """What the recogniser says of such a line when it is not sure of the letter at ``at``."""
    at %= len(text)
    width = EM * len(text) + 20
    return Text(
        text,
        tuple(odds if place == at else 0.999 for place in range(len(text))),
        tuple((10 + EM * (place + 0.5)) / width for place in range(len(text))),
        tuple(rivals if place == at else "" for place in range(len(text))),
    )


@pytest.mark.parametrize(
    ("printed", "taken_for", "rivals"),
    [
        ("毛新劼", "毛新劫", "劼动韧"),
        ("杨彧", "杨或", "域彧成"),
        ("廖亳", "廖毫", "亳豪高"),
        ("金翯", "金鷺", "斋翯翼"),
    ],
)
def test_a_rare_letter_taken_for_a_common_one_is_told_by_its_shape_and_marked(
    printed: str, taken_for: str, rivals: str
) -> None:
    told = compared(photo(printed), read(taken_for, 0.94, rivals))
    assert told.text == printed
    assert told.odds[-1] < SURE
    assert taken_for[-1] in told.rivals[-1]
    assert told.odds[:-1] == (0.999,) * (len(printed) - 1)


def test_a_letter_that_was_read_well_against_its_odds_is_kept_and_still_marked() -> None:
    told = compared(photo("廖亳"), read("廖亳", 0.2, "毫豪高"))
    assert told.text == "廖亳"
    assert 0.6 < told.odds[-1] < SURE


def test_of_two_common_letters_the_recogniser_is_believed() -> None:
    doubtful = read("区迎", 0.4, "遵通理")
    assert compared(photo("区遵"), doubtful) == doubtful


def test_a_letter_that_was_read_with_certainty_is_not_compared() -> None:
    sure = read("毛新劫", 0.9999, "劼动韧")
    assert compared(photo("毛新劼"), sure) is sure


def test_a_letter_that_light_has_erased_stays_as_doubtful_as_it_was() -> None:
    lost = read("毛新劫", 0.4, "劼动韧")
    assert compared(photo("毛新劼", erased=2), lost) == lost


def test_two_letters_that_blur_has_made_alike_are_left_to_the_customer() -> None:
    doubtful = read("廖毫", 0.7, "亳豪高")
    assert compared(photo("廖亳", blur=6), doubtful) == doubtful


def test_digits_and_labels_are_left_to_their_own_checks() -> None:
    for text, rivals in (("一二3", "8BS"), ("年九月", "宵朔鼎")):
        doubtful = read(text, 0.6, rivals)
        assert compared(photo("一二宵"), doubtful) is doubtful


@pytest.mark.parametrize("height", [1, 3, 8])
def test_letters_too_small_to_have_a_shape_are_left_as_they_are(height: int) -> None:
    tiny = cv2.resize(photo("毛新劼"), (4 * height, height), interpolation=cv2.INTER_AREA)
    doubtful = read("毛新劫", 0.6, "劼动韧")
    assert compared(np.asarray(tiny, np.uint8), doubtful) is doubtful
