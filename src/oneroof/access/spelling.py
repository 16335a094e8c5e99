"""One spelling of what people type: for searching, and for telling whether a field has changed."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import models

Kept = TypeVar("Kept", bound=models.Model)

# Typed for the Ukrainian apostrophe: ’ (by the rules), ' (on most keyboards), ʼ (the letter), ` and ′ (in haste).
_APOSTROPHES = dict.fromkeys(map(ord, "’ʼ‘`′＇"), "'")
_HYPHENS = dict.fromkeys(map(ord, "‐‑‒–—−"), "-")


def fold(text: str) -> str:
    """Text as it is searched: small letters, one apostrophe, one hyphen, single blanks, Latin letters without accents.

    Cyrillic letters keep their marks: й and и, ї and і are different letters.
    """
    kept: list[str] = []
    letter = ""
    for sign in unicodedata.normalize("NFKD", text.translate(_APOSTROPHES).translate(_HYPHENS).casefold()):
        if unicodedata.combining(sign):
            if letter.isascii():
                continue
        else:
            letter = sign
        kept.append(sign)
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


ALPHABET = {letter: place for place, letter in enumerate("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя", ord("а"))}


def alphabetical(text: object) -> list[int]:
    """What a name is sorted by: Latin letters without accents, Ukrainian ones in the order of their alphabet."""
    return [ALPHABET.get(sign, ord(sign)) for sign in fold(str(text)) if sign != "'"]


def holding(rows: models.QuerySet[Kept], words: str) -> models.QuerySet[Kept]:
    """The rows whose column ``search``, a folded text, holds every word; upper case, accents, apostrophes are one."""
    for word in fold(words.replace("\x00", "")).split()[:8]:
        rows = rows.filter(search__contains=word)
    return rows


def tidy(record: models.Model) -> None:
    """Fields as the database gives them back: text stripped, numbers with the places of their column.

    So that the same value written another way is no change. What can't be read stays as it is, for the checks to tell.
    """
    for field in record._meta.concrete_fields:
        value = getattr(record, field.attname)
        if field.is_relation or isinstance(value, bytes | memoryview) or value is None:
            continue
        if isinstance(value, str) and not isinstance(field, models.BinaryField):
            value = value.strip()
            if value == "" and field.null:
                value = None
        try:
            value = field.to_python(value)
        except ValidationError:
            continue
        if isinstance(value, Decimal) and value.is_finite():
            value = _placed(value, field.decimal_places)
        setattr(record, field.attname, value)


def _placed(value: Decimal, places: int) -> Decimal:
    """A number with so many decimal places, where it has no more."""
    exponent = value.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places and value.adjusted() < 30:
        return value.quantize(Decimal(1).scaleb(-places))
    return value
