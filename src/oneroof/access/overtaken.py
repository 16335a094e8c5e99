"""What a form says when somebody else changed its record meanwhile: both values side by side, and nothing lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from oneroof.access.tables import short
from oneroof.access.viewer import Viewer
from oneroof.journal.actions import open_rows, walls_of
from oneroof.journal.models import Event
from oneroof.journal.plain import plain
from oneroof.journal.versions import read_versions, version_of


@dataclass(frozen=True)
class Rival:
    """A field of which two say different things; ``taken`` where only the other one changed it."""

    label: Any
    address: str
    typed: str
    now: str
    taken: bool


@dataclass(frozen=True)
class Overtaken:
    """The form to show again, the version it now stands on, and where two say different things."""

    form: Any
    version: str
    rivals: list[Rival]


def overtaken(
    viewer: Viewer, form: Callable[..., Any], bound: Any, record: Any, version: str | None, given: Mapping[str, Any]
) -> Overtaken | None:
    """A form whose record somebody else changed, made again from the record as it stands; None where it is gone.

    ``given`` are the arguments of the form; saved again, it changes the version that is shown now.
    """
    walled = walls_of(type(record))
    rows = walled.visible_to(viewer) if walled is not None else open_rows(type(record))
    fresh = rows.filter(pk=record.pk).first()
    if fresh is None:
        return None
    arguments = {**given, "instance": fresh} if "instance" in given else dict(given)
    merged, rivals = side_by_side(form(None, None, **arguments), bound, record, version)
    again = form(merged, bound.files, **arguments)
    again.is_valid()
    again.add_error(None, _("Somebody changed this record since you opened it. Look at what differs, and save again."))
    return Overtaken(again, version_of(viewer, fresh), rivals)


def side_by_side(now: Any, bound: Any, record: Any, version: str | None) -> tuple[QueryDict, list[Rival]]:
    """What to show in the form, and where it differs from the record as it stands now.

    ``now`` is the form of the record as it stands, ``bound`` the form as it was sent. A field that only the other one
    changed is taken over; where both did, what was typed stays.
    """
    before = _before(record, version)
    merged = bound.data.copy()
    rivals = []
    for name, field in bound.fields.items():
        if name not in now.fields or isinstance(field, forms.FileField) or name == "why":
            continue
        theirs, mine = now[name].value(), bound[name].data
        if _same(field, theirs, mine):
            continue
        taken = name in before and _same(field, before[name], mine)
        if taken:
            _put(merged, bound[name], theirs)
        rivals.append(
            Rival(bound[name].label, bound[name].id_for_label, _told(field, mine), _told(field, theirs), taken)
        )
    return merged, rivals


def _before(record: Any, version: str | None) -> Mapping[str, Any]:
    """The fields of a record and its details that others changed since a version was read, each as it was then.

    From the journal. Of a detail that was not there every field was empty.
    """
    read = read_versions(type(record), version) if version is not None else {}
    events = Event.objects.filter(kind__in=read, record=record.pk).order_by("position")
    found: dict[str, Any] = {}
    for kind, before, after in events.values_list("kind", "before", "after"):
        if not read[kind]:
            found |= dict.fromkeys(name for name in (*before, *after) if name not in found)
        elif (after or {"version": before.get("version", 0) + 1}).get("version", 0) > read[kind]:
            for name, value in before.items():
                found.setdefault(name, value)
    return found


def _same(field: forms.Field, one: Any, other: Any) -> bool:
    """Whether two values say the same in a field, however each is written."""
    return _cleaned(field, one) == _cleaned(field, other)


def _cleaned(field: forms.Field, value: Any) -> Any:
    if hasattr(value, "pk"):
        value = value.pk
    try:
        value = field.to_python(field.prepare_value(value))
    except forms.ValidationError:
        return str(value)
    if isinstance(value, str):
        value = value.replace("\r\n", "\n").strip()
    if hasattr(value, "pk"):
        value = str(value.pk)
    elif value is not None and not isinstance(value, str | bool) and hasattr(value, "__iter__"):
        return sorted(str(getattr(part, "pk", part)) for part in value)
    value = plain(value)
    return None if value in ("", None, False) else value


def _told(field: forms.Field, value: Any) -> str:
    """A value as a reader knows it: choices by their words."""
    if isinstance(field, forms.BooleanField):
        return _("yes") if field.to_python(value) else _("no")
    value = field.prepare_value(value)
    if isinstance(field, forms.DecimalField):
        with suppress(forms.ValidationError):
            value = field.to_python(value)
    values = value if isinstance(value, list | tuple) else [value]
    choices = getattr(field, "choices", None)
    if choices is not None:
        words = {str(key): str(word) for key, word in choices if not isinstance(word, list | tuple)}
        values = [words.get(str(part), str(part)) for part in values if part not in (None, "")]
    said = [_word(part) for part in values if part not in (None, "")]
    return ", ".join(said) or _("nothing")


def _word(value: Any) -> str:
    return date_format(value, "DATE_FORMAT") if hasattr(value, "isoformat") else str(short(value))


def _put(data: QueryDict, field: forms.BoundField, value: Any) -> None:
    """Write a value into what was sent, as a browser would send it."""
    widget, name = field.field.widget, field.html_name
    if isinstance(widget, forms.CheckboxInput):
        data.pop(name, None)
        if value:
            data[name] = "on"
    elif getattr(widget, "allow_multiple_selected", False):
        data.setlist(name, [str(getattr(part, "pk", part)) for part in field.field.prepare_value(value) or []])
    else:
        written = widget.format_value(field.field.prepare_value(value))
        data[name] = (written[0] if written else "") if isinstance(written, list) else (written or "")
