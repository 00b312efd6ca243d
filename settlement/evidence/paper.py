"""Frozen values → a PDF/A-2b file with its fonts embedded. Equal values give equal bytes.

Typst does the typesetting; the layout is in ``layout/``, wordings in the company's ``paper.yml``. Nothing
is read but those files and the fonts of a package: not the machine's fonts, not the network, not the clock.
A character that the fonts lack is an error, never an empty box.
"""

from __future__ import annotations

import io
import json
import threading
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pylopdf_fonts_zh_cn
import typst
from PIL import Image, ImageOps
from pydantic import BaseModel, ConfigDict, Field

LAYOUT = Path(__file__).parent / "layout"
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent

PAGE_HEIGHT = 841.89  # pt, A4
# The two frames on the last page: left, top, width, height in points from the page's upper left corner.
BOXES: dict[str, tuple[int, int, int, int]] = {
    "customer": (68, 400, 260, 150),
    "company": (368, 400, 150, 150),
}
_PHOTO_SIZE = (700, 260)  # px: what 150 pt of paper can show
_ONE_AT_A_TIME = threading.Lock()


class PaperError(Exception):
    """The paper cannot be made: a character that no font has, or values of the wrong shape.

    Its text names the layout alone: what is on the paper is personal.
    """


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class PaperDocument(_Frozen):
    """An agreement in full; ``blocks`` as ``settlement.evidence.markdown`` makes them."""

    title: str
    version: str
    effective_from: str
    sha256: str
    blocks: list[dict[str, Any]]


class PaperReading(_Frozen):
    """How one document was read; times are Beijing times as shown."""

    title: str
    opened_at: str
    end_at: str
    agreed_at: str
    seconds: int
    channel: str


class PaperConsent(_Frozen):
    """A separate consent (PIPL art. 29): what, why, how long."""

    title: str
    what: str
    why: str
    how_long: str


class PaperCard(_Frozen):
    """A bank card to register; ``replaces`` is the last four digits of the account that it replaces."""

    number: str = Field(repr=False)
    holder: str = Field(repr=False)
    bank: str
    branch: str
    replaces: str | None


class Paper(_Frozen):
    """Everything that stands on the paper. ``texts`` are the company's wordings (``paper.yml``)."""

    texts: dict[str, str] = Field(repr=False)
    company: dict[str, str]
    case_no: str
    content_sha256: str
    facts: list[dict[str, str]] = Field(repr=False, description="label (a key of texts) and value")
    cards: list[PaperCard]
    documents: list[PaperDocument] = Field(repr=False)
    images: list[dict[str, str]] = Field(description="kind and sha256")
    readings: list[PaperReading]
    consents: list[PaperConsent]


def render(paper: Paper, at: datetime) -> bytes:
    """The paper as PDF/A-2b, unsigned. Takes 20–100 ms of CPU outside the interpreter's lock.

    ``at`` becomes the file's creation time. ``PaperError`` when a character has no glyph.
    """
    data = paper.model_dump(mode="json")
    data["boxes"] = BOXES
    data["keywords"] = [f"case:{paper.case_no}", f"content-sha256:{paper.content_sha256}"]
    return _compile("signed", data, at)


def handwriting(
    texts: dict[str, str], name: str, serial: str, shown_at: str, photo: bytes | None, at: datetime
) -> bytes:
    """The customer's visible signature, as a PDF of one small page. ``photo``: the signature's JPEG."""
    data = {
        "texts": texts, "size": BOXES["customer"][2:], "name": name, "serial": serial, "at": shown_at,
        "photo": list(_ink(photo)) if photo else None,
    }  # fmt: skip
    return _compile("handwriting", data, at)


def company_seal(texts: dict[str, str], company: str, shown_at: str, at: datetime) -> bytes:
    """The company's visible seal, as a PDF of one small page."""
    data = {"texts": texts, "size": BOXES["company"][2:], "company": company, "at": shown_at}
    return _compile("seal", data, at)


def _ink(photo: bytes) -> bytes:
    """The handwriting without its paper: dark strokes as PNG with transparency, cut to what is written."""
    with Image.open(io.BytesIO(photo), formats=["JPEG"]) as opened:
        opened.draft("L", (_PHOTO_SIZE[0] * 2, _PHOTO_SIZE[1] * 2))
        grey = ImageOps.autocontrast(opened.convert("L"), cutoff=1)
    grey.thumbnail(_PHOTO_SIZE, Image.Resampling.LANCZOS)
    ink = ImageOps.invert(grey).point(lambda value: 0 if value < 90 else min(255, int((value - 90) * 2.2)))
    picture = Image.new("RGBA", grey.size, (20, 24, 32, 0))
    picture.putalpha(ink)
    if box := ink.getbbox():
        picture = picture.crop(box)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)])
    return typst.Compiler(root=LAYOUT, font_paths=fonts, ignore_system_fonts=True)


def _compile(layout: str, data: dict[str, Any], at: datetime) -> bytes:
    values = {"data": json.dumps(data, ensure_ascii=False, sort_keys=True)}
    with _ONE_AT_A_TIME:  # the compiler keeps its inputs between calls
        try:
            made = _compiler().compile(
                LAYOUT / f"{layout}.typ",
                sys_inputs=values,
                format="pdf",
                pdf_standards=["a-2b"],
                timestamp=int(at.timestamp()),
            )
        except typst.TypstError:
            raise PaperError(f"{layout}: a character without a glyph, or values of the wrong shape") from None
    assert isinstance(made, bytes)
    return made
