"""The fields of records as they stand in events: text, whole numbers, booleans, null, lists and objects; no floats."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from oneroof.journal.chain import instant

# Stands for a value that stays out of the journal (a person's name): that it changed is told, what it is is not.
NOT_KEPT = "(not kept)"


def everything(record: models.Model) -> dict[str, Any]:
    """The fields of a record but its key, as plain values, those that stay out of the journal included.

    Fields that a kind lists in ``derived`` follow from the others and are left out.
    """
    derived = getattr(type(record), "derived", ())
    return {
        field.name: plain(converted(field, record))
        for field in record._meta.concrete_fields
        if not field.primary_key and not getattr(field, "generated", False) and field.name not in derived
    }


def same(old: models.Model, new: models.Model) -> bool:
    """Whether two states of a record differ in nothing but their version."""
    return {**everything(old), "version": 0} == {**everything(new), "version": 0}


def values(record: models.Model) -> dict[str, Any]:
    """The fields of a record as they stand in events.

    Fields that a kind lists in ``unjournaled`` (names of persons, secrets) stay out of the journal.
    """
    hidden = getattr(type(record), "unjournaled", ())
    return {name: value for name, value in everything(record).items() if name not in hidden}


def difference(old: models.Model | None, new: models.Model) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that changed, with their values before and after; of a new record all its fields.

    Of fields that stay out of the journal it is told that they changed, and nothing more.
    """
    if old is None:
        return {}, values(new)
    was, now = everything(old), everything(new)
    hidden = getattr(type(new), "unjournaled", ())
    changed = [name for name in now if was[name] != now[name]]
    before = {name: NOT_KEPT if name in hidden else was[name] for name in changed}
    return before, {name: NOT_KEPT if name in hidden else now[name] for name in changed}


def converted(field: Any, record: models.Model) -> Any:
    """A field's value in the field's own type; as it is where it is not of that type (its fault is told elsewhere)."""
    value = field.value_from_object(record)
    try:
        return field.to_python(value)
    except (ValidationError, ValueError, TypeError):
        return value


def plain(value: Any) -> Any:
    """A value as JSON without floats."""
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, list | tuple):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {str(key): plain(part) for key, part in value.items()}
    return str(value)


def decimal_text(value: Decimal) -> str:
    """A decimal without exponent and without zeros at its end: however it was typed or kept, the text is the same."""
    if not value.is_finite():
        return str(value)
    text = format(value, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def instant_or_none(at: datetime | None) -> str | None:
    """An instant as in events, or None."""
    return None if at is None else instant(at)


def keepable(value: Any) -> bool:
    """Whether both databases and the canonical form can keep a value: text without NUL and half surrogates."""
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, list | tuple):
        return all(keepable(part) for part in value)
    if isinstance(value, dict):
        return all(keepable(part) for pair in value.items() for part in pair)
    return True
