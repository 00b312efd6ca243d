"""Pictures for reports and pages, drawn as SVG without a library: bars, lines, and a table of confusions.

Every text is escaped; colours are those of the console. Sizes are in pixels of a 96-dpi screen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

INK, SOFT, LINE, BRAND, BAD = "#1d2733", "#5b6877", "#dbe1e8", "#0b4f8a", "#a61b1b"
ROW = 26
LETTER = 7.2  # a Latin letter at 13 px; a Chinese one is twice as wide


def width_of(text: str) -> float:
    """About how wide a text is drawn."""
    return sum(LETTER if character.isascii() else 2 * LETTER * 0.95 for character in text)


def confusions(
    entries: Sequence[tuple[str, str, int]],
    *,
    most: int = 24,
    title: str,
    called: Callable[[str], str] = str,
    rows_are: str = "",
    columns_are: str = "",
) -> str:
    """A heat map: rows are what was meant, columns what it was taken for; only pairs that happened.

    ``called`` gives the name that is drawn; ``rows_are`` and ``columns_are`` stand beside the axes.
    """
    shown = entries[:most]
    rows = sorted({meant for meant, _, _ in shown})
    columns = sorted({taken for _, taken, _ in shown})
    if not shown:
        return ""
    left = max(*(width_of(called(name)) for name in rows), width_of(rows_are)) + 16
    slanted = max(width_of(called(name)) for name in columns) * 0.72
    top = slanted + 20
    cell = ROW
    wide, high = left + cell * len(columns) + slanted + 8, top + cell * len(rows) + 8
    peak = max(count for _, _, count in shown)
    parts = [_text(left - 8, top - 8, rows_are, anchor="end", colour=SOFT)]
    parts.append(_text(left + cell * len(columns) + 12, top + 14, columns_are, colour=SOFT))
    for index, name in enumerate(columns):
        x = left + cell * index
        parts.append(_text(x + cell * 0.6, top - 6, called(name), turn=-45))
        parts.append(_line(x, top, x, top + cell * len(rows)))
    for index, name in enumerate(rows):
        y = top + cell * index
        parts.append(_text(left - 8, y + cell * 0.68, called(name), anchor="end"))
        parts.append(_line(left, y, left + cell * len(columns), y))
    for meant, taken, count in shown:
        x, y = left + cell * columns.index(taken), top + cell * rows.index(meant)
        strength = 0.25 + 0.75 * count / peak
        parts.append(
            f'<rect x="{x + 2:.0f}" y="{y + 2:.0f}" width="{cell - 4}" height="{cell - 4}" rx="4" '
            f'fill="{BAD}" fill-opacity="{strength:.2f}">'
            f"<title>{escape(meant)} → {escape(taken)}: {count}</title></rect>"
        )
        colour = "#ffffff" if strength > 0.5 else INK
        parts.append(_text(x + cell / 2, y + cell * 0.68, str(count), anchor="middle", colour=colour))
    return _svg(wide, high, title, parts)


def bars(
    entries: Sequence[tuple[str, float, str]], *, title: str, width: float = 720, colour: str = BRAND
) -> str:
    """Horizontal bars: (name, length, what stands at its end)."""
    if not entries:
        return ""
    left = min(max(width_of(name) for name, _, _ in entries) + 12, width * 0.45)
    right = max(width_of(label) for _, _, label in entries) + 12
    peak = max(length for _, length, _ in entries) or 1
    room = width - left - right
    parts = []
    for index, (name, length, label) in enumerate(entries):
        y = ROW * index
        long = room * length / peak
        parts.append(_text(left - 8, y + 18, name, anchor="end"))
        parts.append(
            f'<rect x="{left:.0f}" y="{y + 5}" width="{max(long, 1):.1f}" height="{ROW - 10}" rx="3" '
            f'fill="{colour}"/>'
        )
        parts.append(_text(left + long + 6, y + 18, label, colour=SOFT))
    return _svg(width, ROW * len(entries) + 4, title, parts)


def lines(
    days: Sequence[str],
    series: Sequence[tuple[str, Sequence[float | None], str]],
    *,
    title: str,
    width: float = 720,
) -> str:
    """Shares between 0 and 1 over days: (name, value a day or ``None``, colour)."""
    if not days:
        return ""
    wide, high, left, bottom, top = width, 240.0, 48.0, 28.0, 24.0
    room, tall = wide - left - 16, high - top - bottom
    step = room / max(len(days) - 1, 1)

    def y(share: float) -> float:
        return top + tall * (1 - share)

    parts = []
    for share in (0.0, 0.25, 0.5, 0.75, 1.0):
        parts.append(_line(left, y(share), wide - 16, y(share)))
        parts.append(_text(left - 6, y(share) + 4, f"{share:.0%}", anchor="end", colour=SOFT))
    every = max(1, len(days) // 8)
    for index, day in enumerate(days):
        if index % every == 0:
            parts.append(_text(left + step * index, high - 8, day, anchor="middle", colour=SOFT))
    x_of_name = left
    for name, values, colour in series:
        points = [(left + step * i, y(value), value) for i, value in enumerate(values) if value is not None]
        path = " ".join(f"{x:.1f},{at:.1f}" for x, at, _ in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{x:.1f}" cy="{at:.1f}" r="3" fill="{colour}">'
            f"<title>{escape(name)} {value:.1%}</title></circle>"
            for x, at, value in points
        ]
        parts.append(_text(x_of_name, 14, name, colour=colour))
        x_of_name += width_of(name) + 24
    return _svg(wide, high, title, parts)


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = INK, turn: float = 0) -> str:
    turned = f' transform="rotate({turn:.0f} {x:.1f} {y:.1f})"' if turn else ""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}" font-size="13"{turned}>'
        f"{escape(text)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{LINE}"/>'


def _svg(wide: float, high: float, title: str, parts: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {high:.0f}" width="{wide:.0f}" '
        f'height="{high:.0f}" role="img" aria-label="{escape(title)}" font-family="sans-serif">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
