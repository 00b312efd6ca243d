"""What is wrong with a photo.

Only used to choose the sentence that asks for another one: completeness of the fields and their check digits
decide, since a recogniser is as sure of half a line as of a whole one.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from settlement.ocr.engine import Bgr
from settlement.ocr.lines import Line
from settlement.ocr.rectify import Card

# Limits, measured on rendered specimens and on simulated copies and screens.
SHARP = 100.0  # at 400 px: unreadable photos 5…30, hard ones 30…700, mild ones from 420 up
LONG_SIDE = 600.0  # px of the card in the photo
LETTERS = 22.0  # a card's long side by the height of its letters
EMPTY = 12.0  # contrast below which there is nothing that could be sharp
TINY = 400.0  # a card of fewer px is hard to read because it is far away
GLARE_SHARE = 0.02
SPOT = 0.003  # enough when something is missing and nothing else explains it
_AROUND = 61  # px of a flat card: larger than a letter
_FLAT = 24.0  # contrast below which there are no letters, only noise
BURNT = 250
FADED = 100  # brighter ink at a line's end than over all of it
PALE = 235  # median brightness of a photo whose paper is white without any glare
DARK = (30.0, 15.0)  # mean brightness and contrast, both below
COLOURLESS = (
    4.0  # a real card has a portrait, an emblem, a logo: 6 and more even in bad light; a grey copy 0…2
)
SCREEN = 6.5  # photos of cards 2…5.4; of a display 6…9


def sharpness(image: Bgr) -> float:
    """Edge energy by contrast, at 400 px across, where noise has gone: falls with blur, hardly with light."""
    grey = image if image.ndim == 2 else grey_of(image)
    size = (400, max(1, round(400 * grey.shape[0] / grey.shape[1])))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    return float(1000 * cv2.Laplacian(small, cv2.CV_64F).var() / max(float(small.var()), 1e-6))


def crisp(image: Bgr) -> Bgr:
    """``image`` without noise and with its edges raised: of 15 hard fronts 6 become readable instead of 4."""
    smooth = cv2.GaussianBlur(image, (0, 0), 1)
    return np.asarray(cv2.addWeighted(smooth, 3.5, cv2.GaussianBlur(smooth, (0, 0), 4), -2.5, 0), np.uint8)


def even(image: Bgr) -> Bgr:
    """``image`` in grey with one contrast all over: letters at the edge of glare or in shadow stand out."""
    smooth = cv2.GaussianBlur(grey_of(image), (0, 0), 1.2)
    around = np.ones((_AROUND, _AROUND), np.uint8)
    light = cv2.blur(cv2.dilate(smooth, around), (_AROUND, _AROUND)).astype(np.float32)
    dark = cv2.blur(cv2.erode(smooth, around), (_AROUND, _AROUND)).astype(np.float32)
    contrast = (smooth - dark) / np.maximum(light - dark, _FLAT) * 255
    return np.asarray(cv2.cvtColor(np.clip(contrast, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR), np.uint8)


def glare(grey: Bgr) -> float:
    """Share of the largest burnt-out patch, 0…1."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((grey >= BURNT).astype(np.uint8))
    return float(stats[1:, cv2.CC_STAT_AREA].max() / grey.size) if len(stats) > 1 else 0.0


def lit(image: Bgr, lines: list[Line]) -> list[Line]:
    """``lines``, those marked beside or below which light has burnt out the paper: letters may be missing."""
    grey = grey_of(image)
    pale = (
        float(np.median(grey[::4, ::4])) > PALE
    )  # all of the paper is white: only fading letters tell of glare
    return [replace(line, burnt=_burnt(grey, line, pale=pale)) for line in lines]


def _burnt(grey: Bgr, line: Line, *, pale: bool) -> bool:
    room, down = line.height, (line.y0, line.y1)
    ink = _ink(_zone(grey, (line.x0, line.x1), down))
    for edge, outward in ((line.x0, -room), (line.x1, room)):
        if _white(_zone(grey, (edge, edge + outward), down)):
            faded = _ink(_zone(grey, (edge, edge - outward), down)) > ink + FADED
            if faded or not pale:
                return True
    below = line.y1, line.y1 + room  # a next row would begin where this one does
    return not pale and any(_white(_zone(grey, (line.x0, end), below)) for end in (line.x1, line.x0 + room))


def _zone(grey: Bgr, across: tuple[float, float], down: tuple[float, float]) -> Bgr:
    (x0, x1), (y0, y1) = sorted(across), down
    return grey[max(0, round(y0)) : max(0, round(y1)), max(0, round(x0)) : max(0, round(x1))]


def _white(zone: Bgr) -> bool:
    return bool(zone.size) and float((zone >= BURNT).mean()) > 0.4


def _ink(zone: Bgr) -> float:
    """How dark the letters are, 0…255."""
    return float(np.percentile(zone, 5)) if zone.size else 0.0


def chroma(image: Bgr) -> float:
    """How much colour there is beside the light's own tint."""
    lab = cv2.cvtColor(cv2.resize(image, (200, 126), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2LAB)
    tint = lab[..., 1:].reshape(-1, 2).astype(np.float32)
    return float(np.percentile(np.linalg.norm(tint - np.median(tint, 0), axis=1), 99))


def screen_pattern(image: Bgr) -> float:
    """Strength of the strongest regular pattern finer than letters, over the ordinary texture.

    A display's pixel grid, or its moiré, stands out in the spectrum as a few sharp points away from the axes'
    origin. Takes a 512 px square from the middle at full resolution, where the grid is not averaged away.
    """
    height, width = image.shape[:2]
    side = min(512, height, width)
    top, left = (height - side) // 2, (width - side) // 2
    middle = image[top : top + side, left : left + side]
    patch = cv2.cvtColor(middle, cv2.COLOR_BGR2GRAY).astype(np.float32)
    patch = patch - cv2.GaussianBlur(patch, (0, 0), 4)
    window, fine = _spectral(side)
    waves = cv2.dft(patch * window, flags=cv2.DFT_COMPLEX_OUTPUT)
    spectrum = np.fft.fftshift(np.log1p(cv2.magnitude(waves[..., 0], waves[..., 1])))
    sharp = (spectrum - cv2.blur(spectrum, (31, 31)))[fine]
    return float(sharp.max() / max(float(sharp.std()), 1e-6))


@lru_cache(4)
def _spectral(side: int) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """The window of a square of ``side`` px, and where its spectrum shows patterns finer than letters."""
    middle = side // 2
    rows, columns = np.ogrid[:side, :side]
    radius = np.hypot(rows - middle, columns - middle) / side
    window = np.outer(np.hanning(side), np.hanning(side)).astype(np.float32)
    return window, (radius > 0.12) & (radius < 0.48)


def complaints(card: Card | None, flat: Bgr, letters: float, *, cut: bool) -> list[str]:
    """Why the fields of ``flat`` may be missing, the weightiest first (see ``Reading.problems``).

    ``letters``: their height in the photo, px, or 0: it tells how far a card without an outline is.
    """
    grey = grey_of(flat)
    found = []
    long_side = card.long_side if card else LETTERS * letters or LONG_SIDE
    tiny = long_side < TINY
    if cut:
        found.append("cut_off")
    if glare(grey) > GLARE_SHARE and not tiny:
        found.append("glare")
    if sharpness(grey) < SHARP and not tiny and float(grey.std()) > EMPTY:
        found.append("blur")
    if long_side < LONG_SIDE:
        found.append("too_far")
    if float(grey.mean()) < DARK[0] and float(grey.std()) < DARK[1]:
        found.append("dark")
    if not found and glare(grey) > SPOT:
        found.append("glare")
    return found


def suspicions(photo: Bgr, flat: Bgr | None, *, cut: bool) -> list[str]:
    """Signs that this is a photo of something other than the card itself; told whatever could be read.

    ``cut``: part of the card is missing, and perhaps all that was coloured.
    """
    found = []
    if flat is not None and not cut and chroma(flat) < COLOURLESS:
        found.append("copy")
    if screen_pattern(photo) > SCREEN:
        found.append("screen")
    return found


def grey_of(image: Bgr) -> Bgr:
    """One channel of brightness."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
