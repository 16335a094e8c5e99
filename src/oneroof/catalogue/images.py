"""Pictures as they come in from outside: read to the end, and written anew with nothing but what draws them.

Cameras and programs keep places, names, serial numbers, previews and whole videos beside the picture. None of it is
taken over: a JPEG is put together from its tables, frame and scans, a PNG from its size, palette and pixels. Nothing is
decoded to colours, so no codec runs on the server; and the name and type that a browser sends count for nothing.

Sources: ITU-T T.81 (JPEG), W3C PNG Specification (Third Edition), CIPA DC-008 (Exif) for the orientation.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

JPEG, PNG = "image/jpeg", "image/png"
MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_SCANS = 100  # a progressive picture of thousands of scans keeps a browser busy for minutes
MOST_RAW = 200 * 1024 * 1024  # bytes of a PNG once its pixels are unpacked; they pass in portions
PORTION = 1 << 16

SIGNATURE = b"\x89PNG\r\n\x1a\n"
# Samples of a pixel by the PNG's colour type, and the depths each may have.
SAMPLES = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
# First column and row, and steps, of the seven passes of an interlaced PNG.
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))

SOI, EOI, SOS, DQT, DHT, DRI, APP1, APP14 = 0xD8, 0xD9, 0xDA, 0xDB, 0xC4, 0xDD, 0xE1, 0xEE
FRAMES = (0xC0, 0xC1, 0xC2)  # baseline, extended, progressive: what browsers draw
OTHER_FRAMES = (0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF)


class NoPicture(ValueError):
    """The bytes are no JPEG and no PNG, or not a whole one; or it is larger than pictures may be."""


class TooLarge(NoPicture):
    """The picture has more bytes or pixels than may be kept."""


@dataclass(frozen=True)
class Picture:
    """A picture written anew; ``width`` and ``height`` in pixels, as it is shown."""

    content: bytes
    media_type: str
    width: int
    height: int


def cleaned(content: bytes) -> Picture:
    """The picture without anything but what draws it. Raises `NoPicture`, `TooLarge`."""
    if len(content) > MOST_BYTES:
        raise TooLarge
    try:
        if content.startswith(SIGNATURE):
            made = _png(content)
        elif content.startswith(b"\xff\xd8\xff"):
            made = _jpeg(content)
        else:
            raise NoPicture("neither JPEG nor PNG")
    except (struct.error, IndexError, zlib.error) as wrong:
        raise NoPicture("ends too early or is damaged") from wrong
    if len(made.content) > MOST_BYTES:
        raise TooLarge
    return made


def _sized(width: int, height: int) -> None:
    if width == 0 or height == 0:
        raise NoPicture("has no size")
    if width * height > MOST_PIXELS:
        raise TooLarge


# --- PNG --------------------------------------------------------------------------------------------------------------


def _png(content: bytes) -> Picture:
    header, palette, clear, pixels = _png_chunks(content)
    width, height, depth, colour, packed, filtered, interlaced = struct.unpack(">IIBBBBB", header)
    if depth not in DEPTHS.get(colour, ()) or packed or filtered or interlaced > 1:
        raise NoPicture("has a header that PNG does not know")
    if (colour == 3) != bool(palette) and (colour == 3 or colour in (0, 4)):
        raise NoPicture("has a palette where none may be, or none where one must")
    _sized(width, height)
    repacked = _repacked(pixels, _raw_size(width, height, depth * SAMPLES[colour], interlaced=bool(interlaced)))
    parts = [(b"IHDR", header), (b"PLTE", palette), (b"tRNS", clear), (b"IDAT", repacked)]
    written = b"".join(_chunk(name, data) for name, data in parts if data) + _chunk(b"IEND", b"")
    return Picture(SIGNATURE + written, PNG, width, height)


def _png_chunks(content: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Header, palette, transparency and packed pixels; every chunk is read and its checksum compared."""
    kept = {b"IHDR": b"", b"PLTE": b"", b"tRNS": b""}
    pixels: list[bytes] = []
    place, name = len(SIGNATURE), b""
    while name != b"IEND":
        (size,) = struct.unpack_from(">I", content, place)
        name, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        (sum_told,) = struct.unpack_from(">I", content, place + 8 + size)
        if zlib.crc32(name + data) != sum_told:
            raise NoPicture("has a chunk with a wrong checksum")
        if (place == len(SIGNATURE)) != (name == b"IHDR") or kept.get(name):
            raise NoPicture("has its chunks out of order")
        if name in kept:
            kept[name] = data
        elif name == b"IDAT":
            pixels.append(data)
        place += 12 + size
    if len(kept[b"PLTE"]) > 768 or len(kept[b"PLTE"]) % 3 or len(kept[b"tRNS"]) > 256:
        raise NoPicture("has a palette of a wrong size")
    return kept[b"IHDR"], kept[b"PLTE"], kept[b"tRNS"], b"".join(pixels)


def _raw_size(width: int, height: int, bits: int, *, interlaced: bool) -> int:
    """Bytes of all rows unpacked, each with its filter's byte; ``bits`` are those of a pixel."""
    passes = PASSES if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-max(0, width - left) // across), -(-max(0, height - top) // down)
        total += rows * (1 + (columns * bits + 7) // 8) if columns else 0
    if total > MOST_RAW:
        raise TooLarge
    return total


def _repacked(pixels: bytes, size: int) -> bytes:
    """Packed pixels unpacked and packed again, in portions; refused unless they are exactly ``size`` bytes."""
    unpack, pack = zlib.decompressobj(), zlib.compressobj(6)
    made, seen, waiting = [], 0, pixels
    while not unpack.eof:
        portion = unpack.decompress(waiting, PORTION)
        waiting = unpack.unconsumed_tail
        seen += len(portion)
        if seen > size or (not portion and not waiting and not unpack.eof):
            raise NoPicture("has more or fewer pixels than it says")
        made.append(pack.compress(portion))
    if seen != size:
        raise NoPicture("has fewer pixels than it says")
    return b"".join(made) + pack.flush()


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


# --- JPEG -------------------------------------------------------------------------------------------------------------


def _jpeg(content: bytes) -> Picture:
    made, place = [b"\xff\xd8"], 2
    size: tuple[int, int] | None = None
    parts, scans, turn = 0, 0, 1
    while True:
        marker, place = _marker(content, place)
        if marker == EOI:
            break
        (length,) = struct.unpack_from(">H", content, place)
        body = content[place + 2 : place + length]
        if length < 2 or len(body) != length - 2:
            raise NoPicture("ends too early")
        place += length
        if marker in FRAMES and size is None:
            size, parts = _frame(body)
        elif marker in (*FRAMES, *OTHER_FRAMES):
            raise NoPicture("is of a sort that browsers don't draw")
        elif marker == APP1:
            turn = _orientation(body) or turn
            continue
        elif marker == APP14 and body.startswith(b"Adobe") and len(body) >= 12:
            body = b"Adobe\x00\x64\x00\x00\x00\x00" + body[11:12]  # how its colours are coded, and nothing else
        elif marker == SOS:
            scans += 1
            if size is None or scans > MOST_SCANS:
                raise NoPicture("has scans before its frame, or too many")
            _check_scan(body, parts)
        elif not (marker in (DQT, DHT) and _fits(marker, body)) and not (marker == DRI and len(body) == 2):
            if marker in (DQT, DHT, DRI):
                raise NoPicture("has a table of a wrong size")
            continue
        made.append(bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body)
        if marker == SOS:
            end = _end_of_scan(content, place)
            made.append(content[place:end])
            place = end
    if size is None or scans == 0:
        raise NoPicture("has nothing to draw")
    if turn > 1:
        made.insert(1, _turned(turn))
    width, height = size if turn < 5 else (size[1], size[0])
    return Picture(b"".join(made) + b"\xff\xd9", JPEG, width, height)


def _marker(content: bytes, place: int) -> tuple[int, int]:
    """The next marker, after any fill bytes, and the place behind it."""
    if content[place] != 0xFF:
        raise NoPicture("has bytes where a marker must be")
    while content[place] == 0xFF:
        place += 1
    return content[place], place + 1


def _frame(body: bytes) -> tuple[tuple[int, int], int]:
    """Width and height, and how many components."""
    _precision, height, width, parts = struct.unpack_from(">BHHB", body)
    if parts not in (1, 3) or len(body) != 6 + 3 * parts:
        raise NoPicture("is neither grey nor in three colours")
    _sized(width, height)
    return (width, height), parts


def _check_scan(body: bytes, parts: int) -> None:
    if not 1 <= body[0] <= parts or len(body) != 4 + 2 * body[0]:
        raise NoPicture("has a scan of a wrong size")


def _fits(marker: int, body: bytes) -> bool:
    """Whether tables of quantities or codes fill their segment to the byte: nothing else is carried in it."""
    place = 0
    while place < len(body):
        if marker == DQT:
            place += 1 + (128 if body[place] >> 4 else 64)
        else:
            place += 17 + sum(body[place + 1 : place + 17])
    return place == len(body)


def _end_of_scan(content: bytes, place: int) -> int:
    """Where the coded pixels end: at the first marker that is neither a restart nor a stuffed byte."""
    while True:
        place = content.find(b"\xff", place)
        if place < 0 or place + 1 >= len(content):
            raise NoPicture("ends too early")
        after = content[place + 1]
        if after != 0 and not 0xD0 <= after <= 0xD7 and after != 0xFF:
            return place
        place += 1 if after == 0xFF else 2


def _orientation(body: bytes) -> int:
    """How the camera was held, 1 to 8, from an Exif segment; 0 where it does not say."""
    if not body.startswith(b"Exif\x00\x00"):
        return 0
    tiff = body[6:]
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2], "")
    if not order or len(tiff) < 8:
        return 0
    try:
        (start,) = struct.unpack_from(f"{order}I", tiff, 4)
        (entries,) = struct.unpack_from(f"{order}H", tiff, start)
        for number in range(min(entries, 200)):
            tag, kind, count, value = struct.unpack_from(f"{order}HHIH", tiff, start + 2 + 12 * number)
            if (tag, kind, count) == (0x0112, 3, 1):
                return value if 1 <= value <= 8 else 0
    except struct.error:
        return 0
    return 0


def _turned(orientation: int) -> bytes:
    """An Exif segment that says how to turn the picture, and nothing else."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, orientation, 0)
    body = b"Exif\x00\x00" + b"MM\x00\x2a" + struct.pack(">IH", 8, 1) + entry + bytes(4)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
