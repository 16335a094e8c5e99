"""Pages of the catalogue."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from oneroof.access.import_page import import_page, tables_answer
from oneroof.access.kinds import seen
from oneroof.access.markings import marking_of_all
from oneroof.access.models import Record
from oneroof.access.pages import Link, add_page, adding, change_page, find, list_page, only_writers, own, ways
from oneroof.catalogue import actions
from oneroof.catalogue.filters import ItemFilter, PackageFilter
from oneroof.catalogue.forms import ItemForm, PackageForm, SubstituteForm, item_initial, package_initial
from oneroof.catalogue.importing import TABLES, export_catalogue, import_catalogue
from oneroof.catalogue.models import Item, ItemDetail, ItemImage, ItemName, Package, PackagePart, Substitute
from oneroof.catalogue.tables import Items, Packages, Substitutes
from oneroof.sources.record_pages import sourced_page

MOST_SHOWN = 200


def items(request: HttpRequest) -> HttpResponse:
    """The items that the viewer sees."""
    return list_page(
        request,
        title=_("Items"),
        rows=Item.objects.visible_to(request.viewer),
        table=Items,
        filters=ItemFilter,
        empty=_("Nobody has shown you an item yet."),
        links=[
            *adding(request, "item", _("Add an item"), "item_add"),
            Link(_("Packages"), reverse("packages")),
            Link(_("Substitutes"), reverse("substitutes")),
            *adding(request, "item", _("Import tables"), "catalogue_import"),
            Link(_("Save as tables of a problem"), reverse("catalogue_tables")),
        ],
    )


def item(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One item: its codes, weight and value, what it is part of, and what may stand in for it."""
    found = find(request, Item, pk)
    viewer = request.viewer
    detail = ItemDetail.objects.visible_to(viewer).filter(pk=pk).first()
    rows = Substitute.objects.visible_to(viewer)
    stand_ins, stands_for = list(rows.filter(item=pk)[:MOST_SHOWN]), list(rows.filter(substitute=pk)[:MOST_SHOWN])
    parts = list(PackagePart.objects.visible_to(viewer).filter(item=pk)[:MOST_SHOWN])
    packages = [part.package for part in parts]
    others = [
        seen(row, end) for row, end in [*((r, "substitute") for r in stand_ins), *((r, "item") for r in stands_for)]
    ]
    image = ItemImage.objects.visible_to(viewer).filter(pk=pk).defer("content").first()
    return sourced_page(
        request,
        found,
        state=_illustrative(found),
        facts=[
            (_("code"), found.code),
            (_("stock number"), found.stock_number),
            (_("class of the stock number"), found.stock_class),
            (_("supply class"), found.get_supply_class_display()),
            (_("unit"), found.unit),
            (_("owner"), found.owner),
        ],
        links=ways(request, found, "item_change"),
        template="catalogue/item.html",
        shown=[record for record in (*stand_ins, *stands_for, *packages, *others) if record is not None],
        detail=detail is not None or image is not None,
        context={
            "detail": detail,
            "image": image,
            "names": ItemName.objects.visible_to(viewer).filter(item=pk),
            "stand_ins": [(row, seen(row, "substitute")) for row in stand_ins],
            "stands_for": [(row, seen(row, "item")) for row in stands_for],
            "parts": parts,
        },
    )


def item_add(request: HttpRequest) -> HttpResponse:
    """Add an item."""
    action = actions.told_by_line("names")(actions.add_item)
    return add_page(request, "item", ItemForm, action, title=_("Add an item"), back="items")


def item_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change an item, its value, its further names."""
    found = own(request, Item, pk)
    action = actions.told_by_line("names")(actions.change_item)
    return change_page(request, found, ItemForm, action, initial=item_initial(request.viewer, found))


def packages(request: HttpRequest) -> HttpResponse:
    """The capability packages that the viewer sees."""
    return list_page(
        request,
        title=_("Capability packages"),
        rows=Package.objects.visible_to(request.viewer),
        table=Packages,
        filters=PackageFilter,
        empty=_("Nobody has shown you a package yet."),
        links=adding(request, "package", _("Add a package"), "package_add"),
    )


def package(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One package and what it consists of."""
    found = find(request, Package, pk)
    parts = list(PackagePart.objects.visible_to(request.viewer).filter(package=pk)[:MOST_SHOWN])
    return sourced_page(
        request,
        found,
        state=_illustrative(found),
        facts=[(_("code"), found.code), (_("owner"), found.owner)],
        links=ways(request, found, "package_change"),
        template="catalogue/package.html",
        shown=[part.item for part in parts if seen(part, "item") is not None],
        context={"parts": parts},
    )


def package_add(request: HttpRequest) -> HttpResponse:
    """Add a package."""
    action = actions.told_by_line("parts")(actions.add_package)
    return add_page(request, "package", PackageForm, action, title=_("Add a package"), back="packages")


def package_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a package and its parts."""
    found = own(request, Package, pk)
    action = actions.told_by_line("parts")(actions.change_package)
    return change_page(request, found, PackageForm, action, initial=package_initial(request.viewer, found))


def substitutes(request: HttpRequest) -> HttpResponse:
    """The substitutes that the viewer sees."""
    return list_page(
        request,
        title=_("Substitutes"),
        rows=Substitute.objects.visible_to(request.viewer),
        table=Substitutes,
        empty=_("Nobody has named a substitute to you yet."),
        links=adding(request, "substitute", _("Add a substitute"), "substitute_add"),
    )


def substitute(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One substitute: which item stands in for which, and how well."""
    found = find(request, Substitute, pk)
    ends = [seen(found, "item"), seen(found, "substitute")]
    return sourced_page(
        request,
        found,
        state=_illustrative(found),
        facts=[
            (_("units per unit"), found.units_per_unit.normalize()),
            (_("preference"), found.preference.normalize()),
            (_("owner"), found.owner),
        ],
        links=ways(request, found, "substitute_change"),
        template="catalogue/substitute.html",
        shown=[end for end in ends if end is not None],
        context={"item": ends[0], "stand_in": ends[1]},
    )


def substitute_add(request: HttpRequest) -> HttpResponse:
    """Add a substitute."""
    title = _("Add a substitute")
    return add_page(request, "substitute", SubstituteForm, actions.add_substitute, title=title, back="substitutes")


def substitute_change(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change how well a substitute stands in."""
    found = own(request, Substitute, pk)
    now = {"units_per_unit": found.units_per_unit, "preference": found.preference}
    more = {"title": _("Change a substitute"), "initial": now, "fixed": True}
    return change_page(request, found, SubstituteForm, actions.change_substitute, **more)


def import_tables(request: HttpRequest) -> HttpResponse:
    """Send items, packages, parts and substitutes as tables."""
    only_writers(request, "item")
    names = [table.name for table in TABLES]
    return import_page(request, import_catalogue, title=_("Import the catalogue"), names=names, back=reverse("items"))


def tables(request: HttpRequest) -> HttpResponse:
    """The visible catalogue as tables of a problem."""
    shown: list[Record] = [
        record for kind in (Item, Package, Substitute) for record in kind.objects.visible_to(request.viewer)
    ]
    marking = marking_of_all(shown, detail=True)
    return tables_answer("catalogue", export_catalogue(request.viewer), marking)


def _illustrative(record: Any) -> Any:
    return (_("illustrative"), "waiting") if record.illustrative else None
