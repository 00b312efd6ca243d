"""QR codes: the futures company's code, scanned from a photo (R-005)."""

from __future__ import annotations

from collections.abc import Iterator

import cv2

from settlement.ocr.engine import Bgr, shrunk
from settlement.ocr.quality import grey_of


def _variants(photo: Bgr) -> Iterator[Bgr]:
    """The photo in the sizes and contrasts in which OpenCV's detector finds different codes."""
    for side in (1000, 600, 1600, 400, 2600):
        yield grey_of(shrunk(photo, side))
    grey = grey_of(shrunk(photo, 1000))
    yield cv2.equalizeHist(grey).astype("uint8")
    _, binary = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield binary.astype("uint8")
    yield (255 - grey).astype("uint8")  # light on dark
    height, width = grey.shape
    yield cv2.resize(grey, (width * 2, height * 2), interpolation=cv2.INTER_CUBIC).astype("uint8")


def read_qr(photo: Bgr) -> str | None:
    """The text of the first QR code found, or None."""
    # Each of the two overlooks one clean code in about forty; they overlook different ones.
    detectors = (cv2.QRCodeDetector(), cv2.QRCodeDetectorAruco())
    for variant in _variants(photo):
        for detector in detectors:
            try:
                text, *_ = detector.detectAndDecode(variant)
            except cv2.error:  # degenerate corners
                continue
            if text:
                return str(text)
    return None
