"""Pages that features share: a list, a record, a form that calls an action, a form of release.

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
from django.core.paginator import Paginator
from django.forms import BaseForm, ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_tables2 import RequestConfig
from django_tables2.rows import BoundRows

from oneroof.access.actions import change_release
from oneroof.access.limits import count_export
from oneroof.access.markings import Markings, count_and_marking, default_marking, marking_of, release_of
from oneroof.access.models import Record
from oneroof.access.overtaken import overtaken
from oneroof.access.release_form import ReleaseForm, release_typed
from oneroof.access.tables import as_csv
from oneroof.journal.actions import kind_of, walls_of
from oneroof.journal.errors import NotYours, Refused, Stale

PER_PAGE = 50
MOST_EXPORTED = 10_000


@dataclass(frozen=True)
class Link:
    """A way on from a page: ``Link(_("Add an item"), reverse("item-add"))``; the first is the filled button."""

    words: Any
    address: str
    danger: bool = False


class Counted(Paginator):
    """Pages of rows that were counted already."""

    def __init__(self, *given: Any, known: int, **more: Any) -> None:
        super().__init__(*given, **more)
        self.count = known


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


def list_page(
    request: HttpRequest,
    *,
    title: Any,
    rows: Any,
    table: Any,
    filters: Any = None,
    empty: Any = gettext_lazy("Nothing here yet."),
    links: Sequence[Link] = (),
    detail: bool = False,
    nodes_url: str = "",
    template: str = "list.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A filtered, sorted, counted, marked table of what the viewer sees; with ``?export=csv`` the same rows as CSV.

    ``rows`` is a queryset from ``visible_to(request.viewer)``, or of a kind without walls; ``table`` a `RecordTable`;
    ``filters`` a FilterSet (its ``request.viewer`` is the viewer); ``empty`` what to say when nothing is there at all;
    ``detail`` when columns show details; ``nodes_url`` the address of GeoJSON for a map above the table.
    """
    sieve = filters(request.GET or None, queryset=rows, request=request) if filters else None
    fine = sieve is None or not sieve.form.is_bound or sieve.form.is_valid()
    shown = (sieve.qs if sieve is not None else rows) if fine else rows.none()
    if has_field(rows.model, "owner"):
        shown = shown.select_related("owner")
    walled = walls_of(rows.model) is not None and issubclass(rows.model, Record)
    made = table(shown, empty_text="")
    RequestConfig(request, paginate=False).configure(made)
    made.data.data = steady(made.data.data)
    if request.GET.get("export") == "csv":
        count_export(request)
        return csv_answer(made, str(title), request, walled=walled, detail=detail)
    if walled:
        count, marking = count_and_marking(shown, request.viewer, detail=detail)
    else:
        count, marking = shown.count(), default_marking(request.viewer)
    # Not by RequestConfig: it would order the rows once more, as unsteadily as they were asked for.
    made.paginate(Counted, per_page=PER_PAGE, known=count)
    made.page = made.paginator.get_page(request.GET.get("page", 1))
    if walled:
        made.page.object_list = BoundRows(rows_of_page(shown, made), table=made)
    asked = {key: value for key, value in request.GET.items() if value and key not in ("page", "sort", "export")}
    answer = render(
        request,
        template,
        {
            "title": title,
            "table": made,
            "filter": sieve,
            "count": count,
            "asked": asked,
            "empty": empty,
            "links": links,
            "nodes_url": f"{nodes_url}?{urlencode(asked)}" if nodes_url and asked else nodes_url,
            "export_address": f"?{kept(request, export='csv', page='')}",
            "marking": marking,
            "most_exported": MOST_EXPORTED if count > MOST_EXPORTED else 0,
            **(context or {}),
        },
        status=200 if fine else 400,
    )
    answer["HX-Push-Url"] = f"{request.path}?{kept(request)}".rstrip("?")
    return answer


def steady(rows: Any) -> Any:
    """Rows in the order that was asked for, and where that leaves two alike in the order of their kind."""
    asked = rows.query.order_by
    return rows.order_by(*asked, *(name for name in rows.model._meta.ordering if name not in asked)) if asked else rows


def rows_of_page(shown: Any, table: Any) -> list[Any]:
    """The records of a table's page: their ids first, which an index gives in order, and then those few records."""
    page = table.page
    count, first, last = page.paginator.count, max(page.start_index() - 1, 0), page.end_index()
    every = table.data.data.values_list("pk", flat=True)
    # From the nearer end: a database walks through all rows before those that it is asked for.
    far = first > count // 2
    keys = list(every.reverse()[count - last : count - first])[::-1] if far else list(every[first:last])
    found = shown.order_by().in_bulk(keys)
    return [found[key] for key in keys if key in found]


def csv_answer(table: Any, title: str, request: HttpRequest, *, walled: bool, detail: bool) -> HttpResponse:
    """The rows of a table as a CSV file, each row with its marking."""
    records = list(table.data.data[:MOST_EXPORTED])
    table = type(table)(records, order_by=())
    if walled:
        releases = [release_of(record, detail=detail) for record in records]
        known = Markings(releases)
        told = {release: known.of(release).words for release in set(releases)}
        words = [told[release] for release in releases]
    else:
        words = [default_marking(request.viewer).words] * len(records)
    answer = HttpResponse("\ufeff" + as_csv(table, words), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slugify(title) or "list"}.csv"'
    return answer


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
    template: str = "record.html",
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """A record's page: name and state, a line of facts, ways on, its story (block ``story``), sources, history.

    ``facts`` are (word, value) pairs, empty values are left out; ``state`` is (word, shape) of a badge; ``detail`` when
    details of it stand on the page; ``history`` and ``sources`` are rows for the parts of those names.
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

    def do(why: str, version: int | None, **given: Any) -> None:
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


def version_read(request: HttpRequest, record: Any) -> int | None:
    """The version that the person read: from the form that comes back, else the record's own."""
    if record is None:
        return None
    given = request.POST.get("version", "")
    if request.method == "POST":
        return int(given) if given.isdecimal() and len(given) < 10 else 0
    return int(record.version)


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
