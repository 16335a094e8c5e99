"""What is kept of a picture that comes in: what draws it, and nothing else."""

from __future__ import annotations

import io
import random
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

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


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def webp(mode: str, *more: Image.Image, **given: object) -> bytes:
    drawn = io.BytesIO()
    Image.new(mode, (24, 8), given.pop("colour", None)).save(drawn, "WEBP", save_all=True, append_images=more, **given)
    return drawn.getvalue()


def webp_header(width: int, height: int) -> bytes:
    size = [(side - 1).to_bytes(3, "little") for side in (width, height)]
    body = b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"".join(size) + webp("RGB", lossless=True)[12:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_a_jpeg_keeps_what_it_shows_and_loses_what_is_told_beside_it():
    made = cleaned(jpeg(24, 8, *BESIDE, after=b"MotionPhoto" + SECRET))

    assert SECRET not in made.content
    assert (made.media_type, made.width, made.height) == ("image/jpeg", 24, 8)
    assert ImageChops.difference(opened(made.content), opened(jpeg(24, 8))).getextrema() == (0, 0)


@pytest.mark.parametrize("order", "<>")
def test_a_picture_stands_upright_and_does_not_tell_where_it_was_taken(order):
    made = cleaned(jpeg(24, 8, exif(6, order)))

    assert SECRET not in made.content
    assert (made.width, made.height) == (8, 24)
    assert not opened(made.content).getexif()


def test_a_png_keeps_what_it_shows_and_loses_what_is_told_beside_it():
    told = [chunk(b"tEXt", b"Comment\0" + SECRET), chunk(b"eXIf", exif(1)[10:]), chunk(b"zzZz", SECRET)]
    made = cleaned(png(4, 3, *told, after=SECRET))

    assert SECRET not in made.content
    assert opened(made.content).info == {}
    assert (made.media_type, made.width, made.height) == ("image/png", 4, 3)
    assert opened(made.content).tobytes() == opened(png(4, 3)).tobytes()
    assert cleaned(made.content) == made


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_of_any_sort_stays_what_it_is(mode):
    drawn = io.BytesIO()
    Image.new(mode, (5, 4)).save(drawn, "PNG")

    assert opened(cleaned(drawn.getvalue()).content).tobytes() == opened(drawn.getvalue()).tobytes()


def test_a_picture_for_print_is_kept_in_the_colours_of_screens():
    drawn = io.BytesIO()
    Image.new("CMYK", (5, 4)).save(drawn, "JPEG")

    assert opened(cleaned(drawn.getvalue()).content).mode == "RGB"


@pytest.mark.parametrize(("mode", "kept"), [("RGB", "image/jpeg"), ("RGBA", "image/png")])
def test_a_webp_becomes_a_format_that_every_program_reads(mode, kept):
    colour = (200, 20, 40, 128)[: len(mode)]
    sent = webp(mode, colour=colour, lossless=True, exif=exif(6)[10:], xmp=SECRET, icc_profile=SECRET)
    made = cleaned(sent)

    assert SECRET in sent
    assert (made.media_type, made.width, made.height, opened(made.content).mode) == (kept, 8, 24, mode)
    assert SECRET not in made.content
    assert not opened(made.content).getexif()
    drawn = opened(made.content).getpixel((3, 3))
    assert max(abs(one - other) for one, other in zip(drawn, colour, strict=True)) <= 3


def test_of_a_webp_that_moves_the_first_picture_is_kept():
    made = cleaned(webp("RGB", Image.new("RGB", (24, 8), (255, 255, 255)), colour=(0, 0, 0), lossless=True))

    assert opened(made.content).getextrema() == ((0, 0),) * 3


def test_a_large_picture_is_made_smaller():
    drawn = io.BytesIO()
    Image.new("L", (images.MOST_SIDE * 2, 10)).save(drawn, "PNG")
    made = cleaned(drawn.getvalue())

    assert (made.width, made.height) == (images.MOST_SIDE, 5)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a" + bytes(40),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        png(rows=b"\0"),
        png().replace(b"IDAT", b"IDAt"),
        png(4, 3, chunk(b"IHDR", bytes(13))),
        png(0, 3),
        jpeg()[:-2],
        jpeg()[:60],
        jpeg(0, 8),
        jpeg(scans=0),
        jpeg(scans=images.MOST_SCANS + 1),
        jpeg(frame=0xC3),
        b"\xff\xd8\xff" + png(),
        webp("RGB")[:-8],
        webp("RGB").replace(b"VP8 ", b"VP8Q"),
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
        webp_header(16_000, 16_000),
        jpeg(65_000, 8).replace(struct.pack(">HH", 8, 65_000), struct.pack(">HH", 65_000, 65_000)),
    ],
)
def test_what_is_too_large_is_refused_by_its_header_before_it_is_unpacked(content):
    with pytest.raises(TooLarge):
        cleaned(content)


def test_of_a_png_that_unpacks_to_more_than_it_says_only_that_much_is_kept():
    bomb = zlib.compress(bytes(200_000_000), 9)
    sent = png(4, 3).replace(png(4, 3)[33:-12], chunk(b"IDAT", bomb))

    assert len(cleaned(sent).content) < 200


@given(st.integers(0, 2**32), st.sampled_from(["png", "jpeg", "webp"]))
def test_damaged_pictures_are_refused_or_kept_and_never_fail_otherwise(seed, sort):
    dice = random.Random(seed)
    sorts = {"png": png(9, 9, chunk(b"tEXt", SECRET)), "jpeg": jpeg(40, 24, *BESIDE, exif(8))}
    content = bytearray(sorts.get(sort) or webp("RGB", xmp=SECRET))
    for _ in range(dice.randrange(1, 6)):
        content[dice.randrange(2, len(content))] = dice.randrange(256)
    try:
        made = cleaned(bytes(content[: dice.choice((None, dice.randrange(len(content))))]))
    except NoPicture:
        return
    again = cleaned(made.content)
    assert (again.width, again.height) == (made.width, made.height)
    assert SECRET not in made.content
