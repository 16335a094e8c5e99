"""Tables of records: what every list of the house has in common, on django-tables2."""

from __future__ import annotations

import csv
import inspect
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import django_tables2
from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _
from django_tables2 import columns

# What a spreadsheet would take for a formula when a cell begins with it.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class Figure(columns.Column):
    """A number: right-aligned, tabular figures, its unit in the header (``Figure(unit=_("t"), places=1)``)."""

    def __init__(self, *, unit: Any = "", places: int | None = None, **more: Any) -> None:
        super().__init__(**more)
        self.unit, self.places = unit, places
        self.attrs = {"td": {"class": "number"}, "th": {"class": "number"}, **self.attrs}

    def render(self, value: Any) -> str:
        """The number with the separators of the reader's language."""
        shown = short(value) if self.places is None else value
        return number_format(shown, decimal_pos=self.places, use_l10n=True, force_grouping=True)

    def value(self, **more: Any) -> Any:
        """The plain number, for exports."""
        return short(more["value"])


class Day(columns.DateColumn):
    """A date as ``11 Jul 2024``."""

    def __init__(self, **more: Any) -> None:
        super().__init__(format="DATE_FORMAT", **more)
        self.attrs = {"td": {"class": "day"}, **self.attrs}

    def value(self, **more: Any) -> Any:
        """The date as ISO 8601, for exports."""
        return more["value"]


class YesNo(columns.BooleanColumn):
    """Whether something holds: yes, or no (or what ``no`` says instead), in the reader's language."""

    def __init__(self, *, no: Any = gettext_lazy("no"), **more: Any) -> None:
        super().__init__(yesno=(gettext_lazy("yes"), no), **more)

    def value(self, **more: Any) -> str:
        """The same in words, for exports: no is told there too."""
        return str(_("yes") if more["value"] else _("no"))


class Name(columns.Column):
    """What a record is called in the reader's language; sorted by ``order_by``, the English name."""

    def __init__(self, verbose_name: Any = gettext_lazy("name"), **more: Any) -> None:
        super().__init__(verbose_name, **{"accessor": "pk", "order_by": ("name",), **more})

    def render(self, record: Any) -> str:
        """The record as it calls itself."""
        return str(record)

    def value(self, **more: Any) -> str:
        """The same, for exports."""
        return str(more["record"])


@dataclass(frozen=True)
class Head:
    """What the cells of a column have in common: the bound column, its words with the unit, classes of its cells."""

    column: Any
    words: str
    classes: str


class RecordTable(django_tables2.Table):
    """A table whose rows are records; the first column leads to the record where it has ``linkify``.

    ``spare`` names columns that are shown to those alone who choose them.
    """

    spare: ClassVar[tuple[str, ...]] = ()

    class Meta:
        template_name = "parts/table.html"
        empty_text = _("Nothing here yet.")
        orderable = True
        attrs: dict[str, str] = {}  # noqa: RUF012 the library copies it

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        for column in self.columns.iterall():
            column.render = signed(column.render)

    def heads(self) -> list[Head]:
        """The columns that are shown, in order; worked out once, not for each cell."""
        return [Head(column, words_of(column), column.attrs["td"]["class"] or "") for column in self.columns]

    def lines(self) -> Iterator[list[tuple[Head, Any]]]:
        """The rows of the page: of each its cells with their heads."""
        heads = self.heads()
        for row in self.paginated_rows:
            yield [(head, cell) for head, (_column, cell) in zip(heads, row.items(), strict=True)]


def words_of(column: Any) -> str:
    """What stands over a column: its words and the unit."""
    unit = getattr(column.column, "unit", "")
    words = capfirst(str(column.header))
    return f"{words}, {unit}" if unit else words


def signed(render: Callable[..., Any]) -> Callable[..., Any]:
    """A way to render that carries its signature: the library asks for it at each cell."""

    def run(**given: Any) -> Any:
        return render(**given)

    run.__signature__ = inspect.signature(render)  # type: ignore[attr-defined]
    return run


def as_csv(table: Any, markings: Iterable[str]) -> str:
    """A table's rows as CSV with a column of markings; a cell that a spreadsheet would run gets an apostrophe."""
    file = io.StringIO()
    out = csv.writer(file)
    rows = iter(table.as_values())
    out.writerow([*map(safe, next(rows)), safe(str(_("marking")))])
    for row, marking in zip(rows, markings, strict=True):
        out.writerow([*map(safe, row), safe(marking)])
    return file.getvalue()


def short(value: Any) -> Any:
    """A decimal without zeros at its end: 25.000000 is 25."""
    if not isinstance(value, Decimal):
        return value
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def safe(value: Any) -> str:
    """A cell's text that no spreadsheet takes for a formula; numbers stay numbers."""
    text = "" if value is None else str(value)
    if not text.startswith(FORMULA) or (not isinstance(value, str | SafeString) and is_number(text)):
        return text
    return f"'{text}"


def is_number(text: str) -> bool:
    """Whether a text is a plain decimal number."""
    try:
        float(text)
    except ValueError:
        return False
    return True
