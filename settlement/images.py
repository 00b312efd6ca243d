"""Cleaning of uploaded photos (R-033): what leaves here is a fresh JPEG that holds pixels and nothing else.

The type is told from the content, never from a name or header. Bytes are counted before decoding,
pixels before memory is taken for them. The picture is decoded in full, turned upright, shrunk and encoded
anew, so that EXIF (GPS among it), thumbnails, comments, colour profiles and bytes appended to the file
(polyglots) are gone.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import warnings
from dataclasses import dataclass, field

from PIL import Image, ImageOps

from settlement.errors import CustomerError

LONG_SIDE = 2600  # px: a card that fills half the frame still has 1300 px across, more than OCR uses
QUALITY = 90
SMALLEST = 64  # px: less than this on a side is an icon, no photo

# First bytes → the one Pillow decoder that may open the file.
# GIF, SVG, PDF, TIFF, BMP and the rest have no business here.
_MAGIC: tuple[tuple[bytes, int, str], ...] = (
    (b"\xff\xd8\xff", 0, "JPEG"),
    (b"\x89PNG\r\n\x1a\n", 0, "PNG"),
    (b"WEBP", 8, "WEBP"),
)
# ISO/IEC 23008-12: brands of a still picture in HEVC. Phones keep photos so, and most hand a browser JPEG.
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_ANY_HEIF, _AV1 = {b"mif1", b"msf1"}, {b"avif", b"avis"}
_MOST_BRANDS = 16


@dataclass(frozen=True)
class CleanImage:
    """A photo as it is stored: ``jpeg`` bytes, size in pixels, sha256 (hex) of the bytes."""

    jpeg: bytes = field(repr=False)
    width: int
    height: int
    sha256: str
    mime: str = "image/jpeg"


def _format(data: bytes) -> str | None:
    for magic, at, name in _MAGIC:
        if data[at : at + len(magic)] == magic and (name != "WEBP" or data[:4] == b"RIFF"):
            return name
    return None


def _is_heic(data: bytes) -> bool:
    """The first box (``ftyp``: size, name, brand, version, brands) tells; nothing behind it is looked at."""
    if data[4:8] != b"ftyp":
        return False
    end = min(int.from_bytes(data[:4], "big"), 16 + 4 * _MOST_BRANDS)
    brands = {data[at : at + 4] for at in (8, *range(16, end, 4))}
    return bool(brands & _HEIC) or bool(brands & _ANY_HEIF and not brands & _AV1)


def _upright(data: bytes, decoder: str, max_pixels: int) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # our own pixel limit stands before Pillow's warning
        with Image.open(io.BytesIO(data), formats=[decoder]) as opened:
            if opened.width * opened.height > max_pixels:
                raise CustomerError("image_too_many_pixels", megapixels=max_pixels // 1_000_000)
            if min(opened.size) < SMALLEST:
                raise CustomerError("image_unreadable")
            if decoder != "JPEG" and getattr(opened, "n_frames", 1) > 1:
                raise CustomerError("image_type")  # an animation; a phone's JPEG may hold a depth map as well
            if decoder == "JPEG":  # libjpeg decodes at half or quarter size at no cost; EXIF turns come after
                opened.draft("RGB", (LONG_SIDE, LONG_SIDE))
            opened.load()  # the whole picture: a truncated file fails here
            turned = ImageOps.exif_transpose(opened)
            if turned.has_transparency_data:
                paper = Image.new("RGB", turned.size, "white")
                rgba = turned.convert("RGBA")
                paper.paste(rgba, mask=rgba.getchannel("A"))
                turned = paper
            turned = turned.convert("RGB")
            turned.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=2.0)
            return turned


def clean(data: bytes, *, max_bytes: int = 10_000_000, max_pixels: int = 60_000_000) -> CleanImage:
    """Decode an uploaded photo and encode it anew. Takes 50–500 ms of CPU: call it in a thread.

    Raises CustomerError: ``image_too_large`` (max_megabytes), ``image_too_many_pixels`` (megapixels),
    ``image_heic``, ``image_type`` (not JPEG, PNG or WebP either), ``image_unreadable`` (damaged, truncated,
    tiny). HEIC is refused: its decoder is large, has a history of holes, and phones give JPEG when asked.
    """
    if len(data) > max_bytes:
        raise CustomerError("image_too_large", max_megabytes=max_bytes // 1_000_000)
    decoder = _format(data)
    if decoder is None:
        if _is_heic(data):
            raise CustomerError("image_heic")
        raise CustomerError("image_type" if data else "image_unreadable")
    try:
        picture = _upright(data, decoder, max_pixels)
    except CustomerError:
        raise
    except Image.DecompressionBombError as error:
        raise CustomerError("image_too_many_pixels", megapixels=max_pixels // 1_000_000) from error
    except Exception as error:  # decoders answer damage with OSError, SyntaxError, struct.error, zlib.error …
        raise CustomerError("image_unreadable") from error
    # A new image from bare pixels: no info dictionary, so the encoder has nothing to carry over.
    bare = Image.frombytes("RGB", picture.size, picture.tobytes())
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=QUALITY, optimize=True, subsampling=0)
    jpeg = out.getvalue()
    return CleanImage(jpeg, bare.width, bare.height, hashlib.sha256(jpeg).hexdigest())


async def clean_async(
    data: bytes, *, max_bytes: int = 10_000_000, max_pixels: int = 60_000_000
) -> CleanImage:
    """``clean`` in a thread, for callers on an event loop."""
    return await asyncio.to_thread(clean, data, max_bytes=max_bytes, max_pixels=max_pixels)
