"""Contrast of colours as WCAG 2.2 defines it."""

from __future__ import annotations

READABLE = 4.5
"""Least contrast of words with their ground (success criterion 1.4.3)."""


def contrast_with_white(colour: str) -> float:
    """Contrast of ``#rrggbb`` with white: 1 (none) to 21 (black)."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
