"""Which columns a list shows: what its address says, else what the person chose last for this kind of list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect

from oneroof.access.pages import kept
from oneroof.access.tables import words_of

ALL = "all"  # stands in the address for every column
CHOSEN = "columns"  # in the session: by kind of list the names of the columns


@dataclass(frozen=True)
class Offer:
    """A column that may be shown or not."""

    name: str
    words: str
    shown: bool


@dataclass(frozen=True)
class Columns:
    """The columns of a list that may be chosen; ``asked`` is how the address names those that are shown."""

    offers: Sequence[Offer]
    asked: str

    @property
    def hidden(self) -> tuple[str, ...]:
        """Names of those that are not shown."""
        return tuple(offer.name for offer in self.offers if not offer.shown)


def asked_columns(request: HttpRequest, table: Any) -> Columns:
    """The columns that the address asks for, in the order of the table; where it is silent, the usual ones."""
    offered = choosable(table)
    asked = request.GET.get("columns", "")
    names = offered if asked == ALL else [name for name in offered if name in asked.split(",")]
    shown = names or usual(table)
    offers = [Offer(name, words_of(table.columns[name]), name in shown) for name in offered]
    return Columns(offers, address_of(table, names))


def remembered_columns(request: HttpRequest, table: Any) -> HttpResponseRedirect | None:
    """The way to the list with the columns chosen last, where the address says nothing of columns."""
    if request.GET.get("columns") or CHOSEN not in request.session:
        return None
    names = request.session[CHOSEN].get(kind_of_list(table), [])
    asked = address_of(table, [name for name in choosable(table) if name in names])
    return HttpResponseRedirect(f"{request.path}?{kept(request, columns=asked)}") if asked else None


def choose_columns(request: HttpRequest, table: Any) -> HttpResponseRedirect:
    """Remember the columns that were ticked, for whoever is signed in, and lead to the list that shows them.

    What is remembered lives as long as the sign-in; the address alone can be shared.
    """
    ticked = [] if "usual" in request.POST else request.POST.getlist("columns")
    asked = address_of(table, [name for name in choosable(table) if name in ticked])
    if request.viewer.person is not None:  # type: ignore[attr-defined]
        names = {kind_of_list(table): asked.split(",")} if asked else {}
        others = {kind: list_ for kind, list_ in request.session.get(CHOSEN, {}).items() if kind != kind_of_list(table)}
        request.session[CHOSEN] = {**others, **names}
    return HttpResponseRedirect(f"{request.path}?{kept(request, columns=asked, page='', export='')}".rstrip("?"))


def choosable(table: Any) -> list[str]:
    """Names of the columns that may be left out: not the first, which names the row, and no ways on."""
    columns = list(table.columns.iterall())[1:]
    return [column.name for column in columns if not column.column.exclude_from_export]


def usual(table: Any) -> list[str]:
    """Names of those that are shown where nobody chose."""
    return [name for name in choosable(table) if name not in table.spare]


def address_of(table: Any, names: list[str]) -> str:
    """How an address names columns; nothing for the usual ones."""
    return "" if names == usual(table) else ",".join(names)


def kind_of_list(table: Any) -> str:
    """The word under which columns of this kind of list are remembered."""
    return type(table).__name__
