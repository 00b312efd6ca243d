"""Photograph a flat card: where it lies, how it is held, what light and lens do, what JPEG leaves."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmarks.specimens.cards import Face

Picture = NDArray[np.uint8]
Light = NDArray[np.float32]
INVERSE = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
SIZES = ((960, 1280), (1280, 960), (1500, 2000), (2000, 1500), (1200, 1600), (1600, 1200))  # height, width


@dataclass(frozen=True)
class Conditions:
    """How bad a photo is. Lengths are shares of the card's or the photo's size, blur is in px of 1280."""

    tilt: float  # degrees
    perspective: float
    fill: tuple[float, float]  # card's long side, of the photo's
    blur: tuple[float, float]
    glare: float  # chance
    glare_size: tuple[float, float]
    dim: tuple[float, float]  # light, 1 is daylight
    noise: float
    jpeg: tuple[int, int]
    shadow: float = 0.3  # chance
    cut: float = 0.0  # how much of the card lies outside the photo
    screen: bool = False
    grey: bool = False


LEVELS = {
    "mild": Conditions(6, 0.03, (0.66, 0.9), (0.0, 0.8), 0.0, (0, 0), (0.85, 1.05), 2, (84, 94)),
    "medium": Conditions(14, 0.06, (0.58, 0.85), (0.6, 1.5), 0.4, (0.05, 0.1), (0.55, 1.1), 5, (68, 86), 0.5),
    "hard": Conditions(25, 0.08, (0.55, 0.8), (0.7, 1.6), 0.6, (0.08, 0.16), (0.35, 1.1), 8, (48, 70), 0.6),
}
CUT_OFF = replace(LEVELS["mild"], cut=0.2)
BLURRED = replace(LEVELS["mild"], blur=(9.0, 12.0))
FAR = replace(LEVELS["mild"], fill=(0.16, 0.2))
GLARING = replace(LEVELS["mild"], glare=1.0, glare_size=(0.22, 0.3))
SCREEN = replace(LEVELS["mild"], screen=True)
COPY = replace(LEVELS["mild"], grey=True)


_GROUNDS = {
    "plain": (150, 150, 148),
    "cloth": (140, 106, 84),
    "wood": (70, 112, 160),
    "pale": (226, 228, 230),
    "dark": (52, 48, 46),
}


def _desk(chance: random.Random, size: tuple[int, int]) -> Picture:
    height, width = size
    kind = chance.choice(sorted(_GROUNDS))
    tone = _GROUNDS[kind]
    generator = np.random.default_rng(chance.randrange(1 << 30))
    shape = (height // 60 + 2, 5) if kind == "wood" else (height // 24 + 2, width // 24 + 2)
    coarse = generator.normal(0, 9, shape).astype(np.float32)
    mottled = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    fine = generator.normal(0, 2.5, (height, width)).astype(np.float32)
    return np.clip(np.array(tone, np.float32) + (mottled + fine)[..., None], 0, 255).astype(np.uint8)


def _outline(size: tuple[int, int]) -> Picture:
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, size[0] - 1, size[1] - 1), 44, fill=255)
    return np.asarray(mask, np.uint8)


def _corners(chance: random.Random, size: tuple[int, int], photo: tuple[int, int], how: Conditions,
             turn: int, centre: tuple[float, float], scale: float) -> NDArray[np.float32]:  # fmt: skip
    width, height = size
    box = np.array([[-width, -height], [width, -height], [width, height], [-width, height]], np.float32) / 2
    angle = np.deg2rad(turn + chance.uniform(-how.tilt, how.tilt))
    turned = box @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]], np.float32)
    extent = np.ptp(turned, axis=0)
    room = min(photo[1] / extent[0], photo[0] / extent[1])
    bent = turned * room * scale
    sway = how.perspective * width * room * scale
    shift = [[chance.uniform(-sway, sway) for _ in range(2)] for _ in range(4)]
    middle = np.array([centre[0] * photo[1], centre[1] * photo[0]])
    return np.asarray(bent + np.array(shift) + middle, np.float32)


def _light(chance: random.Random, size: tuple[int, int], how: Conditions,
           corners: NDArray[np.float32]) -> tuple[Light, Light]:  # fmt: skip
    """What falls on the picture (a factor), and what is reflected (added)."""
    height, width = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle = chance.uniform(0, 2 * np.pi)
    slope = (x / width - 0.5) * np.cos(angle) + (y / height - 0.5) * np.sin(angle)
    light = chance.uniform(*how.dim) * (1 + chance.uniform(0.05, 0.25) * slope)
    if chance.random() < how.shadow:
        edge = chance.uniform(-0.2, 0.2)
        light = light * (1 - chance.uniform(0.15, 0.4) / (1 + np.exp(-(slope - edge) * 60)))
    tint = np.array([chance.uniform(0.92, 1.04), 1.0, chance.uniform(0.96, 1.06)], np.float32)
    fallen = np.asarray(light[..., None] * tint, np.float32)
    reflected = np.zeros((height, width, 3), np.float32)
    if chance.random() < how.glare:
        along, down = chance.uniform(0.15, 0.85), chance.uniform(0.15, 0.85)
        top = corners[0] + along * (corners[1] - corners[0])
        at = top + down * (corners[3] + along * (corners[2] - corners[3]) - top)
        card = float(np.linalg.norm(corners[1] - corners[0]))
        long, short = (chance.uniform(*how.glare_size) * card for _ in range(2))
        tilt = chance.uniform(0, np.pi)
        u = (x - at[0]) * np.cos(tilt) + (y - at[1]) * np.sin(tilt)
        v = (y - at[1]) * np.cos(tilt) - (x - at[0]) * np.sin(tilt)
        spot = np.exp(-((u / (1.3 * long)) ** 2 + (v / (0.7 * short)) ** 2))
        reflected += np.asarray(330 * spot[..., None], np.float32)
    return fallen, reflected


def _display(image: Light, chance: random.Random) -> Light:
    """What a camera sees of a screen: its grid of pixels, and the moiré between grid and sensor."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, pitch = chance.uniform(-0.08, 0.08), chance.uniform(2.6, 3.8)
    along = x * np.cos(angle) + y * np.sin(angle)
    down = y * np.cos(angle) - x * np.sin(angle)
    grid = 1 - chance.uniform(0.05, 0.09) * (
        np.cos(2 * np.pi * along / pitch) + np.cos(2 * np.pi * down / pitch)
    )
    beat = 1 + 0.04 * np.sin(2 * np.pi * along / chance.uniform(30, 80))
    return np.asarray(image * (grid * beat)[..., None], np.float32)


LETTER = 42  # px of a flat card: the size of the smallest letters that are read
_INK = 40  # difference between print and paper from which a pixel is print
_SEEN = 12  # and what is left of it, of 255, for an eye to see it


def _erased(face: Face, matrix: NDArray[Any], fallen: Light, reflected: Light) -> bool:
    """Whether less than a third of what is printed in some letter's room still stands out from its paper."""
    size = face.card.size

    def on_card(light: Light) -> Light:
        return np.asarray(cv2.warpPerspective(light, matrix, size, flags=INVERSE), np.float32)

    card, blank = (np.asarray(one, np.float32)[..., ::-1] for one in (face.card, face.blank))
    factor, added = on_card(fallen), on_card(reflected)
    shown, paper = (np.clip(one * factor + added, 0, 255) for one in (card, blank))
    printed = (np.abs(card - blank).max(axis=2) > _INK).astype(np.float32)
    left = printed * (np.abs(shown - paper).max(axis=2) > _SEEN)
    ink, kept = (cv2.blur(one, (LETTER, LETTER)) for one in (printed, left))
    return bool(((ink > 0.12) & (kept < ink / 3)).any())


@dataclass(frozen=True)
class Photo:
    """A photo; ``erased``: light or the photo's edge has taken a letter of a value, so nobody can read it."""

    jpeg: bytes
    erased: bool


def photograph(
    cards: list[Face], how: Conditions, chance: random.Random, *, turn: int | None = None
) -> Photo:
    """One photo of the cards side by side; ``turn`` in degrees clockwise, else any of four."""
    photo = chance.choice(SIZES)
    if len(cards) > 1:
        photo = max(photo), min(photo)
    image = _desk(chance, photo)
    turned = chance.choice((0, 0, 0, 90, 180, 270)) if turn is None else turn
    corners = np.zeros((4, 2), np.float32)
    matrix: NDArray[Any] = np.eye(3)
    for place, face in enumerate(cards):
        card = face.card
        flat = cv2.cvtColor(np.asarray(card, np.uint8), cv2.COLOR_RGB2BGR)
        scale = chance.uniform(*how.fill)
        centre = (0.5 + chance.uniform(-0.04, 0.04), 0.5 + chance.uniform(-0.04, 0.04))
        if how.cut:
            centre = (1.0 - 0.5 * scale + how.cut, centre[1])
        if len(cards) > 1:
            turned, scale, centre = 0, 0.8, (0.5, 0.27 + 0.46 * place)
        corners = _corners(chance, card.size, photo, how, turned, centre, scale)
        source = np.array([[0, 0], [card.width, 0], [card.width, card.height], [0, card.height]], np.float32)
        matrix = cv2.getPerspectiveTransform(source, corners)
        size = (photo[1], photo[0])
        laid = cv2.warpPerspective(flat, matrix, size, flags=cv2.INTER_AREA)
        mask = cv2.warpPerspective(_outline(card.size), matrix, size, flags=cv2.INTER_LINEAR)
        share = cv2.GaussianBlur(mask, (3, 3), 0)[..., None].astype(np.float32) / 255
        shade = cv2.GaussianBlur(mask, (0, 0), 12)[..., None].astype(np.float32) / 255
        image = (image * (1 - 0.35 * shade) * (1 - share) + laid * share).astype(np.uint8)
    fallen, reflected = _light(chance, photo, how, corners)
    lit = np.asarray(image * fallen + reflected, np.float32)
    erased = _erased(cards[-1], matrix, fallen, reflected)
    blur = chance.uniform(*how.blur) * max(photo) / 1280
    if blur > 0.2:
        lit = cv2.GaussianBlur(lit, (0, 0), blur).astype(np.float32)
    if how.screen:
        lit = _display(lit, chance)
    generator = np.random.default_rng(chance.randrange(1 << 30))
    noisy = lit + generator.normal(0, how.noise, lit.shape)
    done = np.clip(noisy, 0, 255).astype(np.uint8)
    if how.grey:
        grey = cv2.cvtColor(done, cv2.COLOR_BGR2GRAY)
        done = cv2.cvtColor(cv2.convertScaleAbs(grey, alpha=1.25, beta=-20), cv2.COLOR_GRAY2BGR).astype(
            np.uint8
        )
    _, jpeg = cv2.imencode(".jpg", done, [cv2.IMWRITE_JPEG_QUALITY, chance.randint(*how.jpeg)])
    return Photo(jpeg.tobytes(), erased)
