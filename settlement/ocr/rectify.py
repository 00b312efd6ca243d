"""Find the card in a photo and lay it flat: ISO/IEC 7810 ID-1, 85.6 × 54 mm, as 800 × 505 px."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.typing import NDArray

from settlement.ocr.engine import Bgr

Corners = NDArray[np.float32]  # 4 × 2, clockwise from the top left, in pixels of the photo
Points = NDArray[np.float32]  # n × 2

WIDTH, HEIGHT = 800, 505
_RATIO = 85.6 / 54
_SIDE = 512  # px: edges are looked for at this size
_CARD_SHARE = (0.012, 0.96)  # of the photo's area
_PLAIN = 2.3  # from here on no further picture is tried: others move the corners by less than 3 %
_BESIDE = 1.9  # enough for a second card: two in one photo are smaller
_CONVINCING = 2.2  # of at most 3: below this, other ways to find the outline are tried as well


@dataclass(frozen=True)
class Card:
    """A card found: its corners, how good the outline is, and how much of the photo it fills (0…1)."""

    corners: Corners
    score: float
    share: float

    @property
    def long_side(self) -> float:
        """Mean length of the card's longer sides in the photo, px."""
        sides = _sides(self.corners)
        return float(max((sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2))

    def touches_edge(self, image: Bgr, margin: float = 0.004) -> bool:
        """Whether a corner lies on or beyond the edge of the photo: the card is probably cut off."""
        height, width = image.shape[:2]
        near = margin * max(height, width)
        x, y = self.corners[:, 0], self.corners[:, 1]
        return bool(((x < near) | (y < near) | (x > width - 1 - near) | (y > height - 1 - near)).any())


def _sides(corners: Corners) -> list[float]:
    return [float(np.linalg.norm(corners[i] - corners[(i + 1) % 4])) for i in range(4)]


def _ordered(corners: NDArray[np.generic]) -> Corners:
    points = np.asarray(corners, np.float32).reshape(4, 2)
    centre = points.mean(0)
    points = points[np.argsort(np.arctan2(points[:, 1] - centre[1], points[:, 0] - centre[0]))]
    return np.roll(points, -int(np.argmin(points.sum(1))), 0)


def _refined(corners: NDArray[np.generic], contour: Points) -> Corners:
    """Corners as crossings of lines fitted to the sides' straight parts: a card's own corners are round."""
    start = _ordered(corners)
    diagonal = np.linalg.norm(start[0] - start[2])
    fitted = []
    for i in range(4):
        origin, side = start[i], start[(i + 1) % 4] - start[i]
        length = max(float(np.linalg.norm(side)), 1e-6)
        unit = side / length
        offset = contour - origin
        along = offset @ unit / length
        away = np.abs(offset[:, 0] * unit[1] - offset[:, 1] * unit[0])
        near = (along > 0.12) & (along < 0.88) & (away < 0.05 * diagonal)
        if near.sum() < 8:
            return start
        vx, vy, x, y = cv2.fitLine(contour[near], cv2.DIST_HUBER, 0, 0.01, 0.01).ravel()
        fitted.append((np.array([x, y]), np.array([vx, vy])))
    crossings = []
    for i in range(4):
        (p1, v1), (p2, v2) = fitted[i - 1], fitted[i]
        try:
            step = np.linalg.solve(np.array([v1, -v2]).T, p2 - p1)
        except np.linalg.LinAlgError:
            return start
        crossings.append(p1 + step[0] * v1)
    refined = np.array(crossings, np.float32)
    return refined if np.abs(refined - start).max() < 0.15 * diagonal else start


def _masks(image: Bgr) -> Iterator[MatLike]:
    """Pictures in which the card's outline may stand out: edges, thresholds, distance from the background."""
    smooth = cv2.medianBlur(image, 5)
    lab = cv2.cvtColor(smooth, cv2.COLOR_BGR2LAB)
    saturation = cv2.cvtColor(smooth, cv2.COLOR_BGR2HSV)[..., 1]
    close, small, large = np.ones((5, 5), np.uint8), np.ones((3, 3), np.uint8), np.ones((9, 9), np.uint8)
    for channel in (lab[..., 0], lab[..., 1], lab[..., 2], saturation):
        blurred = cv2.GaussianBlur(channel, (5, 5), 0)
        for low, high in ((10, 30), (25, 75), (50, 150)):
            yield cv2.dilate(cv2.Canny(blurred, low, high), small)
        otsu, _ = cv2.threshold(blurred, 0, 255, cv2.THRESH_OTSU)
        for threshold in (otsu * 0.75, otsu, otsu * 1.2):
            bright = cv2.morphologyEx((blurred > threshold).astype(np.uint8) * 255, cv2.MORPH_CLOSE, close)
            yield cv2.morphologyEx(bright, cv2.MORPH_OPEN, large)
            yield cv2.morphologyEx(255 - bright, cv2.MORPH_OPEN, large)
    frame = [lab[:6], lab[-6:], lab[:, :6], lab[:, -6:]]
    border = np.concatenate([part.reshape(-1, 3) for part in frame]).astype(np.float32)
    spread = np.maximum(border.std(0), 4)
    distance = np.linalg.norm((lab.astype(np.float32) - np.median(border, 0)) / spread, axis=2)
    for limit in (2.0, 3.0, 4.5):
        foreign = cv2.morphologyEx((distance > limit).astype(np.uint8) * 255, cv2.MORPH_CLOSE, large)
        yield cv2.morphologyEx(foreign, cv2.MORPH_OPEN, large)


def _faint_masks(image: Bgr) -> Iterator[MatLike]:
    """More of the same for a white card on white or a dark photo; 80 ms, so only when needed."""
    light = cv2.cvtColor(cv2.medianBlur(image, 5), cv2.COLOR_BGR2LAB)[..., 0]
    small, large = np.ones((3, 3), np.uint8), np.ones((9, 9), np.uint8)
    local = cv2.GaussianBlur(cv2.createCLAHE(4, (8, 8)).apply(light), (7, 7), 0)
    for low, high in ((15, 45), (30, 90)):
        edges = cv2.Canny(local, low, high)
        yield cv2.dilate(edges, small)
        yield cv2.morphologyEx(edges, cv2.MORPH_CLOSE, large)
    background = np.maximum(cv2.GaussianBlur(light, (0, 0), 40).astype(np.float32), 8)
    even = np.clip(light.astype(np.float32) / background * 128, 0, 255).astype(np.uint8)
    otsu, _ = cv2.threshold(even, 0, 255, cv2.THRESH_OTSU)
    for threshold in (otsu * 0.95, otsu, otsu * 1.05):
        bright = cv2.morphologyEx((even > threshold).astype(np.uint8) * 255, cv2.MORPH_CLOSE, large)
        yield cv2.morphologyEx(bright, cv2.MORPH_OPEN, large)


def _quadrangle(contour: NDArray[np.int32], area: float) -> tuple[Corners, float] | None:
    hull = cv2.convexHull(contour)
    hull_area = cv2.contourArea(hull)
    if not _CARD_SHARE[0] * area < hull_area < _CARD_SHARE[1] * area:
        return None
    around = cv2.arcLength(hull, True)
    corners = hull
    for tolerance in (0.02, 0.03, 0.045, 0.06, 0.08):
        corners = cv2.approxPolyDP(hull, tolerance * around, True)
        if len(corners) <= 4:
            break
    if len(corners) != 4:
        return None
    refined = _refined(corners, contour.reshape(-1, 2).astype(np.float32))
    fill = hull_area / max(cv2.contourArea(refined), 1.0)
    return (refined, fill) if 0.88 < fill < 1.04 else None


def _scored(corners: Corners, fill: float, size: tuple[int, int]) -> tuple[float, float] | None:
    """(score, share of the photo) of a quadrangle, or None when its shape is no card's."""
    sides = _sides(corners)
    one, other = (sides[0] + sides[2]) / 2, (sides[1] + sides[3]) / 2
    ratio = max(one, other) / max(1.0, min(one, other))
    even = min(sides[0], sides[2]) / max(sides[0], sides[2], 1e-6)
    even *= min(sides[1], sides[3]) / max(sides[1], sides[3], 1e-6)
    if not 1.25 < ratio < 2.0 or even < 0.5:
        return None
    height, width = size
    x, y = corners[:, 0], corners[:, 1]
    outside = int(((x < 2) | (x > width - 3) | (y < 2) | (y > height - 3)).sum())
    share = cv2.contourArea(corners) / (width * height)
    score = min(1.0, 1.5 * share) + (1 - min(1.0, abs(ratio - _RATIO) / 0.4)) * 0.8
    return score + even * 0.6 + (1 - abs(1 - fill) * 8) * 0.6 - 0.3 * outside, share


def _outlined(masks: Iterable[MatLike], size: tuple[int, int], scale: float) -> list[Card]:
    found = []
    for mask in masks:
        contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        for contour in contours:
            if len(contour) < 120:
                continue
            quadrangle = _quadrangle(np.asarray(contour, np.int32), float(size[0] * size[1]))
            if quadrangle and (scored := _scored(*quadrangle, size)):
                found.append(Card(quadrangle[0] / np.float32(scale), *scored))
        if any(card.score > _PLAIN for card in found):
            break
    return sorted(found, key=lambda card: -card.score)


def cards(image: Bgr) -> list[Card]:
    """Outlines that may be a card, the likeliest first; 10 to 60 ms, or 120 for a faint one."""
    height, width = image.shape[:2]
    scale = _SIDE / max(height, width)
    size = (round(height * scale), round(width * scale))
    small = np.asarray(cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA), np.uint8)
    found = _outlined(_masks(small), size, scale)
    if not found or found[0].score < _CONVINCING:
        found = sorted(found + _outlined(_faint_masks(small), size, scale), key=lambda card: -card.score)
    return found


def apart(found: list[Card]) -> list[Card]:
    """The best outline, and one more when another card of about that size lies beside it."""
    first = found[:1]
    for card in found[1:]:
        shift = float(np.linalg.norm(card.corners.mean(0) - found[0].corners.mean(0)))
        if card.score > _BESIDE and card.share > 0.5 * found[0].share and shift > 0.6 * found[0].long_side:
            return [*first, card]
    return first


def flat(image: Bgr, card: Card, width: int = WIDTH) -> Bgr:
    """The card alone, lying flat with its long side across; it may stand on its head."""
    height = round(width * HEIGHT / WIDTH)
    corners = _ordered(card.corners)
    sides = _sides(corners)
    if sides[0] < sides[1]:
        corners = np.roll(corners, -1, 0)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, target)
    return np.asarray(cv2.warpPerspective(image, matrix, (width, height), flags=cv2.INTER_CUBIC), np.uint8)
