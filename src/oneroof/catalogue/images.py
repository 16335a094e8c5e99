"""Pictures as they come in from outside: decoded, and encoded anew with nothing but what they show.

Cameras and programs keep places, names, serial numbers, previews and whole videos beside a picture. None of it is taken
over; the name and type that a browser sends count for nothing.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageOps

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}
# What is read: WebP too, which is kept as one of those, since not every program that gets a picture on reads it.
READ = (*TYPES, "WEBP")
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_SIDE = 2560  # pixels that a picture keeps along its longer side
SMALL_SIDE = 640  # of the small one that stands on the item's page
MOST_SCANS = 100  # of a JPEG: one of thousands would keep the decoder busy for minutes
SCAN = b"\xff\xda"  # begins a scan, and stands nowhere else but in what is told beside the picture
QUALITY = 88  # of a JPEG, from 1 to 95


class NoPicture(ValueError):
    """The bytes are no JPEG, PNG or WebP, or a damaged one; or it is larger than pictures may be."""


class TooLarge(NoPicture):
    """The picture has more bytes or pixels than may be kept."""


@dataclass(frozen=True)
class Picture:
    """A picture encoded anew; ``width`` and ``height`` in pixels, as it is shown."""

    content: bytes
    media_type: str
    width: int
    height: int


def cleaned(content: bytes) -> Picture:
    """The picture upright, at most MOST_SIDE wide and high, with nothing beside it. Raises `NoPicture`, `TooLarge`."""
    if len(content) > MOST_BYTES:
        raise TooLarge
    if content.startswith(b"\xff\xd8") and content.count(SCAN) > MOST_SCANS:
        raise NoPicture("has too many scans")
    try:
        with Image.open(io.BytesIO(content), formats=READ) as sent:
            made = _encoded(sent)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as wrong:
        raise TooLarge from wrong
    except TooLarge:
        raise
    except Exception as wrong:
        raise NoPicture("is no JPEG, PNG or WebP, or a damaged one") from wrong
    if len(made.content) > MOST_BYTES:
        raise TooLarge
    return made


def _encoded(sent: Image.Image) -> Picture:
    """The pixels alone, in the format that they came in; decoded only where the header tells of few enough.

    WebP becomes JPEG, or PNG where something shines through; of one that moves the first picture is kept.
    """
    if sent.width * sent.height > MOST_PIXELS:
        raise TooLarge
    shown, kind = ImageOps.exif_transpose(sent), sent.format or ""
    if kind == "WEBP":
        kind = "PNG" if shown.has_transparency_data else "JPEG"
    shown.thumbnail((MOST_SIDE, MOST_SIDE))
    if kind == "JPEG" and shown.mode not in ("L", "RGB"):
        shown = shown.convert("RGB")
    shown.info = {name: value for name, value in shown.info.items() if name == "transparency"}
    return Picture(_written(shown, kind, optimize=True), TYPES[kind], shown.width, shown.height)


def _written(shown: Image.Image, kind: str, *, optimize: bool) -> bytes:
    """The bytes of a picture in one of the two formats; ``optimize`` takes longer for fewer."""
    written = io.BytesIO()
    shown.save(
        written, kind, optimize=optimize, **({"quality": QUALITY, "progressive": True} if kind == "JPEG" else {})
    )
    return written.getvalue()


def small(content: bytes) -> bytes:
    """A kept picture in little, in its own format; itself where it is no larger than that."""
    with Image.open(io.BytesIO(content), formats=tuple(TYPES)) as kept:
        if max(kept.size) <= SMALL_SIDE:
            return content
        kind = kept.format or ""
        shown = kept.convert("RGBA") if kind == "PNG" and kept.mode == "P" else kept
        shown.thumbnail((SMALL_SIDE, SMALL_SIDE))  # decodes a JPEG at a half, a quarter or an eighth
        return _written(shown, kind, optimize=False)
