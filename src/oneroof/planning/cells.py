"""One cell: whether its text is what its column asks for, and the one spelling that stands for all its spellings."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable

from oneroof.planning.schema import LARGEST_INTEGER, LARGEST_NUMBER, LONGEST_KEY, LONGEST_TEXT, Column

Flaw = tuple[str, str]  # reason, cure

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(?:[,' _\u00a0\u202f][0-9]{3})+(?:\.[0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4})")


def flaw(column: Column, text: str) -> Flaw | None:
    """What is wrong with a cell taken alone (references aside), or None; ``text`` is stripped, '' is empty."""
    if not text:
        return ("a value is required here", f"Fill in {_wanted(column)}.") if column.required else None
    if CONTROL.search(text):
        return "holds a control character", "Type the text anew; it holds a character that can't be seen."
    if column.is_number:
        return _number_flaw(column, text)
    if column.kind == "date":
        return _date_flaw(text)
    if column.codes:
        return _code_flaw(column, text)
    if column.choices and column.kind != "texts":
        return _choice_flaw(column, text)
    if column.digits and not (len(text) == column.digits and text.isascii() and text.isdigit()):
        return (
            f"is no number of {column.digits} digits",
            f"Write all {column.digits} digits without hyphens, as text so that leading zeros stay.",
        )
    longest = LONGEST_KEY if column.kind in ("key", "reference") else LONGEST_TEXT
    if len(text) > longest:
        return f"has {len(text)} characters, more than {longest}", f"Shorten it to at most {longest} characters."
    if column.kind == "key" and ("\n" in text or "\t" in text):
        return "holds a line break or a tab", "Write the key on one line."
    return None


def _wanted(column: Column) -> str:
    """What to fill in, in words."""
    if column.choices:
        return f"one of: {', '.join(column.choices)}"
    if column.kind == "date":
        return "a date such as 2024-07-11"
    if column.kind == "reference":
        return f"a key of {column.target}"
    words = {"key": "a key of 1 to 64 characters", "integer": "a whole number", "number": "a number"}
    extent = f" ({column.range})" if column.range else ""
    return words.get(column.kind, "a text") + extent


def _number_flaw(column: Column, text: str) -> Flaw | None:
    """What is wrong with a number."""
    if not NUMBER.fullmatch(text):
        return "is no number", _number_cure(text)
    value = float(text)
    whole = column.kind == "integer"
    if whole and abs(value) <= LARGEST_INTEGER and value != int(value):
        return "is no whole number", f"Write a whole number {_extent(column)}."
    if column.above is not None and not value > column.above:
        return f"is not greater than {column.above:g}", f"Write a number {_extent(column)}."
    if column.at_least is not None and value < column.at_least:
        return f"is less than {column.at_least:g}", f"Write a number {_extent(column)}."
    most = column.at_most if column.at_most is not None else LARGEST_INTEGER if whole else LARGEST_NUMBER
    if value > most:
        return f"is more than {most:.15g}", f"Write a number of at most {most:.15g}."
    if -value > LARGEST_NUMBER:
        return f"is less than {-LARGEST_NUMBER:.15g}", "Write a number nearer to 0."
    return None


def _extent(column: Column) -> str:
    """The range of a number column, after "a number": "> 0" or "from 1 to 5"."""
    return f"from {column.range}" if " to " in column.range else column.range


def _number_cure(text: str) -> str:
    """How to write what was meant as a number."""
    if text.lower().lstrip("+-") in ("inf", "infinity", "nan", "∞", "unlimited"):
        return "Write a number; where a limit may be absent, leave the cell empty for no limit."
    if _GROUPED.fullmatch(text):
        return f"Write it without thousands separators: {re.sub(r'[^0-9.+-]', '', text)}."
    if _COMMA.fullmatch(text):
        return f"Write a decimal point: {text.replace(',', '.')}."
    return "Write digits with a decimal point, without separators and units, such as 1250.5."


def is_date(text: str) -> bool:
    """Whether the text is an ISO 8601 calendar date."""
    return _date_flaw(text) is None


def _date_flaw(text: str) -> Flaw | None:
    """What is wrong with a date."""
    if DATE.fullmatch(text):
        try:
            dt.date.fromisoformat(text)
        except ValueError:
            return "is no day of the calendar", "Write a day that exists, as year-month-day."
        return None
    parts = _DAY_FIRST.fullmatch(text)
    if parts:
        day, month, year = parts.groups()
        return "is no date as year-month-day", f"Write it as {year}-MM-DD, such as {year}-{month:0>2}-{day:0>2}."
    return "is no date", "Write it as year-month-day, such as 2024-07-11."


def _choice_flaw(column: Column, text: str) -> Flaw | None:
    """What is wrong with a word from a list."""
    if text in column.choices:
        return None
    near = nearest(text, column.choices)
    listed = ", ".join(column.choices[:-1]) + " or " + column.choices[-1]
    return f"is none of {listed}", f"Write {near}." if near else f"Write {listed}."


def _code_flaw(column: Column, text: str) -> Flaw | None:
    """What is wrong with a code of a published list."""
    if text in column.codes:
        return None
    if column.name == "currency":
        return "is no ISO 4217 currency", "Write a code of three letters, such as EUR or USD."
    hint = f"Write {text.upper()}." if text.upper() in column.codes else "Write three letters, such as POL, or EUU."
    return "is no ISO 3166-1 alpha-3 code of a nation", hint


def nearest(text: str, known: Iterable[str]) -> str:
    """The known word that looks most like the text, '' where none does; ties go to the first in order."""
    words = sorted(known)
    folded = text.casefold()
    for word in words:
        if word.casefold() == folded:
            return word
    found = difflib.get_close_matches(text, words, n=1, cutoff=0.6)
    return found[0] if found else ""


def parts_of(text: str) -> list[str]:
    """The entries of a list cell, ``;`` between; empty ones are dropped."""
    return [part for part in (piece.strip() for piece in text.split(";")) if part]


def canonical(column: Column, text: str) -> str:
    """The one spelling of a sound cell: numbers as floats print, lists sorted and without repeats."""
    if column.is_number and text:
        return repr(float(text) + 0.0)
    if column.kind == "list":
        return ";".join(sorted(set(parts_of(text))))
    return text
