"""Pictures drawn byte by byte, with what cameras and programs add to them, for tests of what is kept of them."""

from __future__ import annotations

import struct
import zlib

SECRET = b"50.4501 N, 30.5234 E"


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width=4, height=3, *more: bytes, rows: bytes | None = None, after=b"", interlaced=0) -> bytes:
    """A PNG of one colour; ``more`` are chunks between header and pixels."""
    raw = (b"\0" + b"\x1f\x4e\x8c" * width) * height if rows is None else rows
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, interlaced)
    parts = [chunk(b"IHDR", header), *more, chunk(b"IDAT", zlib.compress(raw)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts) + after


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int, order: str = "<") -> bytes:
    """An Exif segment: how the camera was held, and where."""
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack(f"{order}HHII", 0x010E, 2, len(SECRET), 38)
    tiff = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HIH", 42, 8, 2) + entries + bytes(4) + SECRET
    return segment(0xE1, b"Exif\0\0" + tiff)


def jpeg(width=24, height=8, *more: bytes, after=b"", scans=1, frame=0xC0) -> bytes:
    """A grey JPEG; ``more`` are segments behind its start."""
    tables = segment(0xDB, b"\0" + b"\x01" * 64)
    tables += segment(frame, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    code = b"\x01" + bytes(15) + b"\x00"  # one code of one bit, for "no difference" and for "end of block"
    tables += segment(0xC4, b"\x00" + code) + segment(0xC4, b"\x10" + code)
    blocks = max(1, -(-width // 8) * -(-height // 8))
    bits = "00" * blocks + "1" * (-2 * blocks % 8)
    pixels = int(bits, 2).to_bytes(len(bits) // 8, "big")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + pixels
    return b"\xff\xd8" + b"".join(more) + tables + scan * scans + b"\xff\xd9" + after
