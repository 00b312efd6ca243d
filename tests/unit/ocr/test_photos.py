"""Photos through the real recogniser (R-028, R-029, R-035, R-041)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
import pytest

from settlement.images import clean
from settlement.ocr.engine import Bgr, Engine, turned
from settlement.ocr.pipeline import decode, read_photo
from settlement.ocr.qr import read_qr
from settlement.ocr.rectify import cards, flat
from tests.fixtures.render import CREDIT_NUMBER, FOREIGN_NUMBER, PHOTOS, qr_photo

Load = Callable[[str], Bgr]
Truth = dict[str, dict[str, Any]]


@pytest.mark.parametrize("name", ["front_00", "front_01", "front_08", "front_15", "front_16"])
def test_every_value_of_an_identity_card_front_is_read(
    name: str, engine: Engine, photo: Load, truth: Truth
) -> None:
    reading = read_photo(engine, photo(name), "id_front")
    wanted = dict(truth[name])
    wanted["id_number"] = wanted.pop("id")
    assert (reading.kind, reading.complete, reading.problems) == ("id_front", True, [])
    assert {field: read.value for field, read in reading.fields.items()} == wanted
    assert not any(reading.fields[field].doubtful for field in ("id_number", "birth", "sex", "nation"))


@pytest.mark.parametrize("name", ["back_00", "back_06"])
def test_issuer_and_validity_of_a_back_are_read(name: str, engine: Engine, photo: Load, truth: Truth) -> None:
    reading = read_photo(engine, photo(name), "id_back")
    assert (reading.kind, reading.complete) == ("id_back", True)
    values = {field: read.value for field, read in reading.fields.items()}
    assert values == {
        "authority": truth[name]["authority"],
        "valid_from": truth[name]["start"],
        "valid_until": truth[name]["end"],
    }


@pytest.mark.parametrize(
    ("name", "bank"), [("bank_00", "ICBC"), ("bank_15", "ABC"), ("bank_17", "CMBC"), ("bank_25", "CEB")]
)
def test_number_and_bank_of_a_debit_card_are_read(
    name: str, bank: str, engine: Engine, photo: Load, truth: Truth
) -> None:
    fields = read_photo(engine, photo(name), "bank_card").fields
    assert fields["card_number"].value == truth[name]["number"]
    assert (fields["bank_code"].value, fields["card_type"].value) == (bank, "debit")
    assert not fields["card_number"].doubtful


def test_a_card_photographed_on_its_head_is_read(engine: Engine, photo: Load, truth: Truth) -> None:
    reading = read_photo(engine, turned(photo("back_10"), 180))
    assert reading.fields["authority"].value == truth["back_10"]["authority"]


def test_a_credit_card_is_known_for_one(engine: Engine, photo: Load) -> None:
    fields = read_photo(engine, photo("credit_card")).fields
    assert fields["card_number"].value == CREDIT_NUMBER
    assert fields["card_type"].value == "credit"


def test_a_foreign_card_gives_its_number_and_no_bank(engine: Engine, photo: Load) -> None:
    fields = read_photo(engine, photo("foreign_card")).fields
    assert fields["card_number"].value == FOREIGN_NUMBER
    assert "bank_code" not in fields


@pytest.mark.parametrize("asked", ["id_back", "bank_card", None])
def test_what_was_asked_for_does_not_change_what_the_photo_shows(
    asked: str | None, engine: Engine, photo: Load
) -> None:
    assert read_photo(engine, photo("front_00"), asked).kind == "id_front"


@pytest.mark.parametrize("name", ["blank", "signature", "qr_foreign"])
def test_a_photo_of_no_card_is_none(name: str, engine: Engine, photo: Load) -> None:
    reading = read_photo(engine, photo(name), "id_front")
    assert (reading.kind, reading.complete, reading.fields) == ("none", False, {})


def test_an_unsharp_photo_says_that_it_is(engine: Engine, photo: Load) -> None:
    reading = read_photo(engine, photo("blurred"), "id_front")
    assert not reading.complete
    assert reading.problems[0] == "blur"


def test_a_card_that_reaches_out_of_the_photo_is_not_complete(engine: Engine, photo: Load) -> None:
    whole = photo("front_16")
    corners = cards(whole)[0].corners
    right = int(corners[:, 0].min() + 0.62 * np.ptp(corners[:, 0]))
    assert not read_photo(engine, np.ascontiguousarray(whole[:, :right]), "id_front").complete


def test_a_burnt_out_number_leaves_the_reading_incomplete_and_names_the_glare(
    engine: Engine, photo: Load
) -> None:
    card = flat(photo("front_16"), cards(photo("front_16"))[0])
    burnt = card.copy()
    cv2.ellipse(burnt, (560, 440), (190, 60), 0, 0, 360, (255, 255, 255), -1)
    scene = cv2.copyMakeBorder(burnt, 150, 150, 200, 200, cv2.BORDER_CONSTANT, value=(60, 60, 60))
    reading = read_photo(engine, np.asarray(scene, np.uint8), "id_front")
    assert reading.kind == "id_front"
    assert not reading.complete
    assert "glare" in reading.problems


def test_a_black_and_white_copy_is_suspected(engine: Engine, photo: Load) -> None:
    grey = cv2.cvtColor(cv2.cvtColor(photo("front_16"), cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    assert "copy" in read_photo(engine, np.asarray(grey, np.uint8), "id_front").problems


def test_a_photo_of_a_display_is_suspected(engine: Engine, photo: Load) -> None:
    image = photo("front_16").astype(np.float32)
    y, x = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float32)
    along, down = x * np.cos(0.05) + y * np.sin(0.05), y * np.cos(0.05) - x * np.sin(0.05)
    grid = 1 - 0.06 * (np.cos(2 * np.pi * along / 3.3) + np.cos(2 * np.pi * down / 3.3))
    shown = np.clip(image * grid[..., None], 0, 255).astype(np.uint8)
    assert "screen" in read_photo(engine, shown, "id_front").problems


@pytest.mark.parametrize("trouble", ["cut_off", "glare", "too_far"])
def test_a_front_that_cannot_be_read_names_the_one_reason(trouble: str, engine: Engine, photo: Load) -> None:
    reading = read_photo(engine, photo(trouble), "id_front")
    assert not reading.complete
    assert reading.problems[0] == trouble


def test_a_far_away_front_with_two_guesses_is_asked_for_again_though_its_number_is_sure(
    engine: Engine,
) -> None:
    kept = decode(clean((PHOTOS / "too_far.jpg").read_bytes()).jpeg)  # as the product keeps it, encoded anew
    assert kept is not None
    reading = read_photo(engine, kept, "id_front")
    assert not reading.fields["id_number"].doubtful
    assert not reading.complete
    assert reading.problems == ["too_far"]


@pytest.mark.parametrize("suspicion", ["copy", "screen", "two_cards"])
def test_a_front_that_is_read_is_suspected_all_the_same(suspicion: str, engine: Engine, photo: Load) -> None:
    reading = read_photo(engine, photo(suspicion), "id_front")
    assert reading.complete
    assert reading.problems == [suspicion]


def test_a_card_number_under_a_lamp_is_not_made_up(engine: Engine, photo: Load) -> None:
    reading = read_photo(engine, photo("bank_glare"), "bank_card")
    assert not reading.complete
    assert reading.problems == ["glare"]


def test_of_both_sides_in_one_photo_the_one_asked_for_is_read(engine: Engine, photo: Load) -> None:
    front, back = (flat(photo(name), cards(photo(name))[0]) for name in ("front_16", "back_10"))
    gap = np.full((60, front.shape[1], 3), 70, np.uint8)
    scene = cv2.copyMakeBorder(
        np.vstack([front, gap, back]), 60, 60, 120, 120, cv2.BORDER_CONSTANT, value=(70, 70, 70)
    )
    image = np.asarray(scene, np.uint8)
    answers = {asked: read_photo(engine, image, asked) for asked in ("id_front", "id_back")}
    assert {asked: reading.kind for asked, reading in answers.items()} == {asked: asked for asked in answers}
    assert any("two_cards" in reading.problems for reading in answers.values())


@pytest.mark.parametrize("degrees", [0, 6, 90, 180])
def test_a_photographed_qr_code_is_read(degrees: float) -> None:
    content = "settlement-account:0127:1:" + "0f" * 16
    scene = np.asarray(qr_photo(content, degrees))[:, :, ::-1].copy()
    assert read_qr(scene) == content


def test_a_photo_without_a_qr_code_gives_none(photo: Load) -> None:
    assert read_qr(photo("front_00")) is None
