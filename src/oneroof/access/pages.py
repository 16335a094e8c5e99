"""Pages that features share: a record, a form that calls an action, a form of release.

Each marks itself from what its viewer sees, answers with a fixed number of queries, and works without scripts.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist
from django.forms import BaseForm, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from oneroof.access.actions import change_release
from oneroof.access.cutting import Cut
from oneroof.access.markings import default_marking, marking_of
from oneroof.access.models import Record
from oneroof.access.overtaken import overtaken
from oneroof.access.release_form import ReleaseForm, release_typed
from oneroof.journal.actions import kind_of
from oneroof.journal.errors import NotYours, Refused, Stale
from oneroof.journal.versions import WRITTEN, version_of


@dataclass(frozen=True)
class Link:
    """A way on from a page: ``Link(_("Add an item"), reverse("item-add"))``; the first is the filled button."""

    words: Any
    address: str
    danger: bool = False


def find(request: HttpRequest, kind: Any, pk: uuid.UUID | str) -> Any:
    """The record with this id, where the viewer sees it; else 404, whether it is hidden or is not."""
    found = kind.objects.visible_to(request.viewer).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def own(request: HttpRequest, kind: Any, pk: uuid.UUID | str) -> Any:
    """The record with this id, where the viewer writes it; to all others there is no such page."""
    found = find(request, kind, pk)
    if not request.viewer.may_write(found):
        raise Http404
    return found


def adding(request: HttpRequest, kind: str, words: Any, name: str) -> list[Link]:
    """The way to a page that adds, for whoever writes this kind."""
    return [Link(words, reverse(name))] if request.viewer.writes(kind) else []


def ways(request: HttpRequest, record: Any, change: str, *first: tuple[Any, str]) -> list[Link]:
    """Ways on from a record: for whoever writes it ``first``, ``change`` and its release; for all, how it stood before.

    ``change`` and the second of each pair are names of addresses that take the record's id.
    """
    named = [*first, (_("Change"), change)] if request.viewer.may_write(record) else []
    links = [Link(words, reverse(name, args=[record.pk])) for words, name in named]
    if named:
        links.append(Link(_("Who may see it"), reverse("release", args=[kind_of(record), record.pk])))
    return [*links, past(record)]


def past(record: Any) -> Link:
    """The way to a record's whole history, and to how it stood on a day."""
    return Link(_("Look back"), reverse("history", args=[kind_of(record), record.pk]))


def record_page(
    request: HttpRequest,
    record: Any,
    *,
    title: Any = None,
    state: Any = None,
    facts: Sequence[tuple[Any, Any]] = (),
    links: Sequence[Link] = (),
    history: Any = None,
    sources: Any = None,
    detail: bool = False,
    cut: Cut | None = None,
    template: str = "record.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A record's page: name and state, a line of facts, ways on, its story (block ``story``), sources, history.

    ``facts`` are (word, value) pairs, empty values are left out; ``state`` is (word, shape) of a badge; ``detail`` when
    details of it stand on the page; ``history`` and ``sources`` are rows for the parts of those names; ``cut`` tells
    whether rows of its story were left out.
    """
    walled = isinstance(record, Record)
    return render(
        request,
        template,
        {
            "record": record,
            "title": title or str(record),
            "state": state,
            "facts": [(word, value) for word, value in facts if value not in (None, "")],
            "links": links,
            "history": history,
            "sources": sources,
            "cut": cut.at if cut else 0,
            "marking": marking_of(record, detail=detail) if walled else default_marking(request.viewer),
            **(context or {}),
        },
    )


def form_page(
    request: HttpRequest,
    form: Callable[..., BaseForm],
    *,
    title: Any,
    do: Callable[..., Any],
    back: str,
    record: Any = None,
    release: bool = False,
    initial: Mapping[str, Any] | None = None,
    submit: Any = gettext_lazy("Save"),
    done: Any = gettext_lazy("Saved."),
    danger: Any = "",
    context: Mapping[str, Any] | None = None,
    **form_arguments: Any,
) -> HttpResponse:
    """A form that calls an action and shows its faults by field, keeping what was typed.

    ``do(**typed)`` gets the cleaned fields; with ``record`` also ``version``, the version that was read; with
    ``release`` also ``to``, ``detail_to`` and ``embargo_until`` from a `ReleaseForm` below the fields. It may return a
    record (its ``get_absolute_url`` is where to go on) or an address; else the browser goes to ``back``. ``danger`` is
    a sentence on what will happen, and to whom.
    """
    typed = request.POST if request.method == "POST" else None
    files = request.FILES if request.method == "POST" else None
    arguments = {"initial": dict(initial or {}), **form_arguments}
    shown = form(typed, files, **arguments)
    releasing = ReleaseForm(typed, viewer=request.viewer, prefix="release") if release else None
    version = version_read(request, record)
    status, late = 200, None
    if request.method == "POST":
        fine = shown.is_valid()
        fine = (releasing is None or releasing.is_valid()) and fine
        status = 422
        if fine:
            given = {**shown.cleaned_data, **(release_typed(releasing) if releasing else {})}
            if record is not None:
                given["version"] = version
            try:
                result = do(**given)
            except Refused as refused:
                status = 409 if isinstance(refused, Stale) else 403 if isinstance(refused, NotYours) else 422
                if isinstance(refused, Stale) and (initial or "instance" in arguments):
                    late = overtaken(request.viewer, form, shown, record, version, arguments)
                if late is None:
                    tell(refused, shown, releasing)
            else:
                messages.success(request, done, extra_tags="saved")
                return HttpResponseRedirect(where_next(result, back))
    marking = marking_of(record) if isinstance(record, Record) else default_marking(request.viewer)
    return render(
        request,
        "form.html",
        {
            "title": title,
            "form": late.form if late else shown,
            "release": releasing,
            "version": late.version if late else version,
            "rivals": late.rivals if late else (),
            "record": record,
            "back": back,
            "submit": submit,
            "danger": danger,
            "marking": marking,
            **(context or {}),
        },
        status=status,
    )


def only_writers(request: HttpRequest, kind: str) -> None:
    """To whoever does not write this kind there is no such page."""
    if not request.viewer.writes(kind):
        raise Http404


def add_page(
    request: HttpRequest, kind: str, form: Any, action: Callable[..., Any], *, title: Any, back: str, **more: Any
) -> HttpResponse:
    """The form of a new record and its release; ``action(viewer, **typed)`` adds it; ``back`` names an address."""
    only_writers(request, kind)
    return form_page(
        request,
        form,
        title=title,
        do=partial(action, request.viewer),
        back=reverse(back),
        release=True,
        viewer=request.viewer,
        **more,
    )


def change_page(
    request: HttpRequest, record: Any, form: Any, action: Callable[..., Any], *, back: str = "", **more: Any
) -> HttpResponse:
    """The form of a record that is there; ``action(viewer, record, **typed)`` changes it, then it is shown again.

    A form made from the record's fields begins with them; another one with its ``initial``.
    """
    if issubclass(form, ModelForm):
        more["instance"] = record
    return form_page(
        request,
        form,
        do=partial(action, request.viewer, record),
        back=back or record.get_absolute_url(),
        record=record,
        viewer=request.viewer,
        **{"title": _("Change %(what)s") % {"what": record}, **more},
    )


def release_page(request: HttpRequest, record: Record, *, back: str) -> HttpResponse:
    """The page on which an owner says who sees a record and its details, from when, and why."""

    def do(why: str, version: str | None, **given: Any) -> None:
        change_release(request.viewer, record, why=why, version=version, **given)

    return form_page(
        request,
        lambda data, _files, initial: ReleaseForm(data, viewer=request.viewer, record=record, initial=initial),
        title=_("Who may see %(record)s") % {"record": record},
        do=lambda version, **typed: do(typed["why"], version, **release_typed(typed)),
        back=back,
        record=record,
        submit=_("Change who may see this"),
        done=_("The release is changed."),
        danger=_("Whoever you take out no longer sees the record or its history. What was read can’t be unread."),
    )


def tell(refused: Refused, form: Any, release: Any = None) -> None:
    """Put the faults of a refusal by their fields; those of no field of the form on top."""
    names = {"releasable_to": "parties", "detail_releasable_to": "detail_parties"}
    for field, told in refused.faults.items():
        inside = release if release is not None and names.get(field, field) in release.fields else form
        name = names.get(field, field) if names.get(field, field) in inside.fields else field
        inside.add_error(name if name in inside.fields else None, list(told))


def version_read(request: HttpRequest, record: Any) -> str | None:
    """The version that the person read: from the form that comes back, else that of the record and its details."""
    if record is None:
        return None
    if request.method != "POST":
        return version_of(request.viewer, record)
    given = request.POST.get("version", "")
    return given if WRITTEN.fullmatch(given) else "0"


def where_next(result: Any, back: str) -> str:
    """Where a browser goes after an action."""
    if isinstance(result, str):
        return result
    return str(result.get_absolute_url()) if hasattr(result, "get_absolute_url") else back


def kept(request: HttpRequest, **changes: str) -> str:
    """The query of the address without empty fields, with changes; the order stays."""
    query = request.GET.copy()
    for key, value in changes.items():
        query[key] = value
    return urlencode([(key, value) for key, values in query.lists() for value in values if value != ""])


def has_field(model: Any, name: str) -> bool:
    """Whether a kind has a field."""
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True
