"""What is wrong with a photo.

Only used to choose the sentence that asks for another one: completeness of the fields and their check digits
decide, since a recogniser is as sure of half a line as of a whole one.
"""

from __future__ import annotations

import cv2
import numpy as np

from settlement.ocr.engine import Bgr
from settlement.ocr.rectify import Card

# Limits, measured on rendered specimens and on simulated copies and screens.
SHARP = 100.0  # at 400 px: unreadable photos 5…30, hard ones 30…700, mild ones from 420 up
LONG_SIDE = 600.0  # px of the card in the photo
EMPTY = 12.0  # contrast below which there is nothing that could be sharp
TINY = 400.0  # a card of fewer px is hard to read because it is far away
GLARE_SHARE = 0.02
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


def glare(grey: Bgr) -> float:
    """Share of the largest burnt-out patch, 0…1."""
    _, _, stats, _ = cv2.connectedComponentsWithStats((grey >= 250).astype(np.uint8))
    return float(stats[1:, cv2.CC_STAT_AREA].max() / grey.size) if len(stats) > 1 else 0.0


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
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY).astype(np.float32)
    height, width = grey.shape
    side = min(512, height, width)
    top, left = (height - side) // 2, (width - side) // 2
    patch = grey[top : top + side, left : left + side]
    patch = patch - cv2.GaussianBlur(patch, (0, 0), 4)
    window = np.outer(np.hanning(side), np.hanning(side))
    spectrum = np.log1p(np.abs(np.fft.fftshift(np.fft.fft2(patch * window))))
    middle = side // 2
    rows, columns = np.ogrid[:side, :side]
    radius = np.hypot(rows - middle, columns - middle) / side
    fine = (radius > 0.12) & (radius < 0.48)
    around = cv2.blur(spectrum, (31, 31))
    return float((spectrum - around)[fine].max() / max(float((spectrum - around)[fine].std()), 1e-6))


def complaints(card: Card | None, flat: Bgr, *, cut: bool) -> list[str]:
    """Why the fields of ``flat`` may be missing, the weightiest first (see ``Reading.problems``)."""
    grey = grey_of(flat)
    found = []
    tiny = card is not None and card.long_side < TINY
    if cut:
        found.append("cut_off")
    if glare(grey) > GLARE_SHARE and not tiny:
        found.append("glare")
    if sharpness(grey) < SHARP and not tiny and float(grey.std()) > EMPTY:
        found.append("blur")
    if card is not None and card.long_side < LONG_SIDE:
        found.append("too_far")
    if float(grey.mean()) < DARK[0] and float(grey.std()) < DARK[1]:
        found.append("dark")
    return found


def suspicions(photo: Bgr, flat: Bgr | None) -> list[str]:
    """Signs that this is a photo of something other than the card itself; told whatever could be read."""
    found = []
    if flat is not None and chroma(flat) < COLOURLESS:
        found.append("copy")
    if screen_pattern(photo) > SCREEN:
        found.append("screen")
    return found


def grey_of(image: Bgr) -> Bgr:
    """One channel of brightness."""
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
