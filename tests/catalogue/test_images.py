"""What is kept of a picture that comes in: what draws it, and nothing else."""

from __future__ import annotations

import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oneroof.catalogue import images
from oneroof.catalogue.images import NoPicture, TooLarge, cleaned
from tests.catalogue.drawn import SECRET, chunk, exif, jpeg, png, segment

BESIDE = [
    segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"),
    segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + SECRET + b"</x>"),
    segment(0xE2, b"ICC_PROFILE\0\x01\x01" + SECRET),
    segment(0xED, b"Photoshop 3.0\0" + SECRET),
    segment(0xFE, SECRET),
]


def test_a_jpeg_keeps_its_pixels_and_loses_what_is_told_beside_them():
    made = cleaned(jpeg(24, 8, *BESIDE, after=b"MotionPhoto" + SECRET))

    assert made.content == jpeg(24, 8)
    assert (made.media_type, made.width, made.height) == ("image/jpeg", 24, 8)


@pytest.mark.parametrize("order", "<>")
def test_a_jpeg_keeps_how_the_camera_was_held_and_not_where(order):
    made = cleaned(jpeg(24, 8, exif(6, order)))

    assert SECRET not in made.content
    assert (made.width, made.height) == (8, 24)
    assert cleaned(made.content) == made
    assert cleaned(jpeg(24, 8, exif(1, order))).content == jpeg(24, 8)


def test_how_colours_are_coded_is_kept_without_what_stands_behind_it():
    made = cleaned(jpeg(8, 8, segment(0xEE, b"Adobe\0\x65\0\0\0\0\x01" + SECRET)))

    assert segment(0xEE, b"Adobe\0\x64\0\0\0\0\x01") in made.content
    assert SECRET not in made.content


def test_a_png_keeps_its_pixels_and_loses_what_is_told_beside_them():
    told = [chunk(b"tEXt", b"Comment\0" + SECRET), chunk(b"eXIf", b"II*\0" + SECRET), chunk(b"zzZz", SECRET)]
    made = cleaned(png(4, 3, *told, after=SECRET))

    assert made.content.split(b"IDAT")[0] == png(4, 3).split(b"IDAT")[0][:-4] + made.content.split(b"IDAT")[0][-4:]
    assert SECRET not in made.content and b"tEXt" not in made.content
    assert (made.media_type, made.width, made.height) == ("image/png", 4, 3)
    assert pixels(made.content) == pixels(png(4, 3))
    assert cleaned(made.content) == made


def pixels(content: bytes) -> bytes:
    place = content.index(b"IDAT")
    (size,) = struct.unpack_from(">I", content, place - 4)
    return zlib.decompress(content[place + 4 : place + 4 + size])


def test_an_interlaced_png_is_read_pass_by_pass():
    sizes = [(1, 1), (1, 1), (2, 1), (1, 2), (3, 1), (2, 3), (5, 2)]
    raw = b"".join((b"\0" + b"abc" * columns) * rows for columns, rows in sizes)

    assert pixels(cleaned(png(5, 5, rows=raw, interlaced=1)).content) == raw


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(40),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        png()[:-6],
        png(rows=b"\0"),
        png(rows=b"\0" * 10_000),
        png().replace(b"IDAT", b"IDAt"),
        png(4, 3, chunk(b"IHDR", bytes(13))),
        png(0, 3),
        png(4, 3, chunk(b"PLTE", b"ab")),
        jpeg()[:-2],
        jpeg()[:60],
        jpeg(0, 8),
        jpeg(scans=0),
        jpeg(scans=images.MOST_SCANS + 1),
        jpeg(frame=0xC3),
        jpeg(frame=0xC9),
        jpeg().replace(segment(0xDB, b"\0" + b"\x01" * 64), segment(0xDB, b"\0" + b"\x01" * 64 + SECRET)),
        b"\xff\xd8\xff" + png(),
    ],
)
def test_what_is_no_whole_picture_is_refused(content):
    with pytest.raises(NoPicture) as refused:
        cleaned(content)
    assert not isinstance(refused.value, TooLarge)


@pytest.mark.parametrize(
    "content",
    [
        png(after=bytes(images.MOST_BYTES)),
        png(60_000, 60_000, rows=b"\0" * 1000),
        jpeg(65_000, 8).replace(struct.pack(">HH", 8, 65_000), struct.pack(">HH", 65_000, 65_000)),
    ],
)
def test_what_is_too_large_is_refused_by_its_header_before_it_is_unpacked(content):
    with pytest.raises(TooLarge):
        cleaned(content)


def test_a_png_that_unpacks_to_more_than_it_says_is_left_after_the_first_byte_too_many():
    bomb = zlib.compress(bytes(200_000_000), 9)
    sent = png(4, 3).replace(png(4, 3)[33:-12], chunk(b"IDAT", bomb))
    with pytest.raises(NoPicture):
        cleaned(sent)


@given(st.integers(0, 2**32), st.sampled_from(["png", "jpeg"]))
def test_damaged_pictures_are_refused_or_kept_and_never_fail_otherwise(seed, sort):
    dice = random.Random(seed)
    content = bytearray(png(9, 9, chunk(b"tEXt", SECRET)) if sort == "png" else jpeg(40, 24, *BESIDE, exif(8)))
    for _ in range(dice.randrange(1, 6)):
        content[dice.randrange(2, len(content))] = dice.randrange(256)
    try:
        made = cleaned(bytes(content[: dice.choice((None, dice.randrange(len(content))))]))
    except NoPicture:
        return
    assert cleaned(made.content) == made
