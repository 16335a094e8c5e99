"""The page of a list: filtered, sorted, counted and marked, with the columns that were chosen; and the same as CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.utils.translation import gettext_lazy
from django_tables2 import RequestConfig
from django_tables2.rows import BoundRows

from oneroof.access.columns import ALL, asked_columns, choose_columns, remembered_columns
from oneroof.access.limits import count_export
from oneroof.access.markings import Markings, count_and_marking, default_marking, release_of
from oneroof.access.models import Record
from oneroof.access.pages import Link, has_field, kept
from oneroof.access.tables import as_csv
from oneroof.journal.actions import walls_of

PER_PAGE = 50
MOST_EXPORTED = 10_000
# What an address says besides the filter.
SHOWING = ("page", "sort", "export", "columns")


class Counted(Paginator):
    """Pages of rows that were counted already."""

    def __init__(self, *given: Any, known: int, **more: Any) -> None:
        super().__init__(*given, **more)
        self.count = known


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

    ``?columns=`` names the columns that are shown; a POST chooses them (`columns.choose_columns`).
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
    if request.method == "POST":
        return choose_columns(request, made)
    if (elsewhere := remembered_columns(request, made)) is not None:
        return elsewhere
    columns = asked_columns(request, made)
    RequestConfig(request, paginate=False).configure(made)
    made.data.data = steady(made.data.data)
    if request.GET.get("export") == "csv":
        count_export(request)
        return csv_answer(made, str(title), request, walled=walled, detail=detail, hidden=columns.hidden)
    if walled:
        count, marking = count_and_marking(shown, request.viewer, detail=detail)
    else:
        count, marking = shown.count(), default_marking(request.viewer)
    # Not by RequestConfig: it would order the rows once more, as unsteadily as they were asked for.
    made.paginate(Counted, per_page=PER_PAGE, known=count)
    made.page = made.paginator.get_page(request.GET.get("page", 1))
    if walled:
        made.page.object_list = BoundRows(rows_of_page(shown, made), table=made)
    for name in columns.hidden:
        made.columns.hide(name)
    asked = {key: value for key, value in request.GET.items() if value and key not in SHOWING}
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
            "columns": columns,
            "choose_address": f"?{kept(request, page='')}",
            "export_address": f"?{kept(request, export='csv', page='')}",
            "export_all_address": f"?{kept(request, export='csv', page='', columns=ALL)}" if columns.hidden else "",
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


def csv_answer(
    table: Any, title: str, request: HttpRequest, *, walled: bool, detail: bool, hidden: Sequence[str]
) -> HttpResponse:
    """The rows of a table as a CSV file without the hidden columns, each row with its marking."""
    records = list(table.data.data[:MOST_EXPORTED])
    table = type(table)(records, order_by=(), exclude=hidden)
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
