"""Items, packages, parts and substitutes from tables, and back into tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from oneroof.access.kinds import owned, seen
from oneroof.access.models import ReleaseSet
from oneroof.access.upsert import (
    Outcome,
    TakenBack,
    Upsert,
    by_code,
    exported_keys,
    extended,
    plain_number,
    read,
    refuse_faults,
    told,
)
from oneroof.access.viewer import Viewer
from oneroof.catalogue.actions import find_circle, refuse_circles
from oneroof.catalogue.models import Item, ItemDetail, Package, PackagePart, Substitute
from oneroof.journal.actions import acting, values
from oneroof.planning.checks import Found
from oneroof.planning.codes import CURRENCIES
from oneroof.planning.schema import Column

Row = dict[str, str]


def _more(name: str, meaning: str, kind: Any = "text", **limits: Any) -> Column:
    return Column(name, kind, meaning, required=False, **limits)


TABLES = (
    extended(
        "items",
        _more("name_uk", "Name in Ukrainian."),
        _more("volume_per_unit", "Cubic metres of one unit.", "number", above=0, unit="m³"),
        _more("hazard_division", "Hazard division of explosives, such as 1.1."),
        _more("compatibility_group", "Compatibility group of explosives, such as D."),
        _more("un_number", "UN number, four digits."),
        _more("currency", "Currency of the value.", codes=CURRENCIES),
        _more("basis", "How the value was arrived at.", "choice", choices=tuple(ItemDetail.Basis.values)),
        _more("valued_on", "Day of the value.", "date"),
        loosened=("value_per_unit", "nsn"),
    ),
    extended("packages", _more("name_uk", "Name in Ukrainian.")),
    extended("package_parts"),
    extended("substitutes"),
)
ITEM = {
    "item": "code",
    "name": "name",
    "unit": "unit",
    "tonnes_per_unit": "tonnes_per_unit",
    "explosives": "explosives",
    "whole_units": "whole_units",
    "supply_class": "supply_class",
    "nsn": "nsn",
    "name_uk": "name_uk",
    "volume_per_unit": "volume_per_unit",
    "hazard_division": "hazard_division",
    "compatibility_group": "compatibility_group",
    "un_number": "un_number",
}
VALUE = {"value_per_unit": "value_per_unit", "currency": "currency", "basis": "basis", "valued_on": "valued_on"}
PACKAGE = {"package": "code", "name": "name", "name_uk": "name_uk"}
PART = {"kind": "kind", "part": "item", "quantity": "quantity"}
SUBSTITUTE = {
    "item": "item",
    "substitute": "substitute",
    "units_per_unit": "units_per_unit",
    "preference": "preference",
}


def import_catalogue(
    viewer: Viewer,
    files: Sequence[tuple[str, bytes]],
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet,
    currency: str = "EUR",
    basis: str = "estimate",
    illustrative: bool = False,
    dry: bool = False,
    why: str = "",
) -> Outcome:
    """Add or change the viewer's own items, packages, parts and substitutes by their codes, all of it or nothing.

    New records are released as said; those that are there keep their release. ``currency`` and ``basis`` hold for
    values whose row says nothing. ``dry`` does the same and takes it back. Raises ProblemError with every fault by
    table, row and column; `Refused`.
    """
    found = read(files, TABLES)
    release = {**owned(viewer, to, detail_to), "illustrative": illustrative}
    outcome = Outcome()
    with suppress(TakenBack), acting(viewer, "import", why) as act:
        items = _items(viewer, found["items"], release)
        worth = _values(viewer, items, currency, basis)
        find = by_code([*Item.objects.visible_to(viewer), *items.new], viewer.party)
        packages = _packages(viewer, found["packages"], release)
        parts, gone = _parts(viewer, found, packages, find)
        substitutes = _substitutes(viewer, found["substitutes"], release, find)
        refuse_faults(found, items, worth, packages, parts, substitutes)
        steps = (items, worth, packages, parts, substitutes)
        for step in steps:
            step.write(act)
        for part in gone:
            act.remove(part)
        refuse_circles(viewer)
        for step in steps:
            if step is not worth:
                step.count(outcome)
        if dry:
            raise TakenBack
    return outcome


def _items(viewer: Viewer, found: Found, release: Mapping[str, Any]) -> Upsert:
    """Rows of ``items`` as items."""
    upsert = Upsert(found, ITEM)
    there = {item.code: item for item in Item.objects.visible_to(viewer).filter(owner=viewer.party)}
    for place in range(len(found.rows)):
        upsert.place(place, there, Item, release)
    return upsert


def _values(viewer: Viewer, items: Upsert, currency: str, basis: str) -> Upsert:
    """Values of the items of rows that have one; an empty cell leaves what is there."""
    found = items.found
    upsert = Upsert(found, VALUE)
    there = {detail.pk: detail for detail in ItemDetail.objects.visible_to(viewer).filter(record__owner=viewer.party)}
    for place, row in enumerate(found.rows):
        record = items.records.get(row["item"])
        if record is None or not row["value_per_unit"]:
            continue
        detail = there.get(record.pk)
        before = None if detail is None else values(detail)
        detail = detail or ItemDetail(record=record, currency=currency, basis=basis)
        for field, value in upsert.fields(place).items():
            if value not in (None, ""):
                setattr(detail, field, value)
        upsert.settle(place, detail, before)
    return upsert


def _packages(viewer: Viewer, found: Found, release: Mapping[str, Any]) -> Upsert:
    """Rows of ``packages`` as packages."""
    upsert = Upsert(found, PACKAGE)
    there = {package.code: package for package in Package.objects.visible_to(viewer).filter(owner=viewer.party)}
    for place in range(len(found.rows)):
        upsert.place(place, there, Package, {**release, "parts_version": 1})
    return upsert


def _parts(
    viewer: Viewer, found: Mapping[str, Found], packages: Upsert, find: Callable[[str], Any]
) -> tuple[Upsert, list[PackagePart]]:
    """Rows of ``package_parts`` as parts, and the parts of their packages that no row names any more."""
    table = found["package_parts"]
    upsert = Upsert(table, PART)
    own = list(Package.objects.visible_to(viewer).filter(owner=viewer.party))
    known = {package.code: package for package in (*own, *packages.new)}
    there: dict[tuple[Any, str, Any], PackagePart] = {
        (part.package_id, part.kind, part.item_id or part.course): part
        for part in PackagePart.objects.visible_to(viewer).filter(package__in=[package.pk for package in own])
    }
    named: dict[str, set[Any]] = {}
    touched: set[Any] = set()
    for place, row in enumerate(table.rows):
        package = known.get(row["package"])
        named.setdefault(row["package"], set())
        item = find(row["part"]) if row["kind"] == "item" else None
        if package is None:
            upsert.strange(place, "package", "packages")
        if row["kind"] == "item" and item is None:
            upsert.strange(place, "part", "items")
        if package is None or (row["kind"] == "item" and item is None):
            continue
        key = (package.pk, row["kind"], item.pk if item else row["part"])
        named[row["package"]].add(key)
        part = there.get(key)
        before = None if part is None else values(part)
        part = part or PackagePart(package=package, kind=row["kind"], item=item, course="" if item else row["part"])
        part.quantity = row["quantity"]
        count = len(upsert.new) + len(upsert.old)
        upsert.settle(place, part, before)
        if len(upsert.new) + len(upsert.old) > count:
            touched.add(package.pk)
    codes = {package.pk: package.code for package in own}
    gone = [part for key, part in there.items() if key not in named.get(codes[key[0]], {key})]
    touched |= {part.package_id for part in gone}
    _raise_versions(packages, [package for package in own if package.pk in touched])
    filled = {codes[key[0]] for key in there} | {code for code, keys in named.items() if keys}
    for place, row in enumerate(packages.found.rows):
        if row["package"] and row["package"] not in filled:
            packages.fault(place, "package", "has no parts", "Add its items or courses to package_parts.")
    return upsert, gone


def _raise_versions(packages: Upsert, touched: Sequence[Package]) -> None:
    """Packages whose parts change are written too, so that their version tells of it."""
    for package in touched:
        changing = next((old for old in packages.old if old.pk == package.pk), None)
        if changing is None:
            rows = [row["package"] for row in packages.found.rows]
            packages.same -= package.code in rows
            packages.old.append(package)
        (changing or package).parts_version += 1


def _substitutes(viewer: Viewer, found: Found, release: Mapping[str, Any], find: Callable[[str], Any]) -> Upsert:
    """Rows of ``substitutes`` as substitutes; a row that closes a circle is a fault."""
    upsert = Upsert(found, SUBSTITUTE)
    visible = list(Substitute.objects.visible_to(viewer))
    there = {(row.item_id, row.substitute_id): row for row in visible if row.owner_id == viewer.party}
    pairs = [(row.item_id, row.substitute_id) for row in visible]
    fresh: list[tuple[int, tuple[Any, Any]]] = []
    for place, row in enumerate(found.rows):
        ends = find(row["item"]), find(row["substitute"])
        for column, end in zip(("item", "substitute"), ends, strict=True):
            if end is None:
                upsert.strange(place, column, "items")
        if None in ends:
            continue
        key = (ends[0].pk, ends[1].pk)
        record = there.get(key)
        before = None if record is None else values(record)
        record = record or Substitute(**release, item=ends[0], substitute=ends[1])
        for column in ("units_per_unit", "preference"):
            if found.has(column):
                setattr(record, column, told(found.table.by_name[column], row[column]))
        upsert.settle(place, record, before)
        if before is None and key[0] != key[1]:
            fresh.append((place, key))
    if find_circle([*pairs, *(key for _, key in fresh)]):
        for place, key in fresh:
            if find_circle([*pairs, key]):
                upsert.fault(place, "substitute", "closes a circle of substitutes", "Leave one of its rows out.")
            else:
                pairs.append(key)
    return upsert


def export_catalogue(viewer: Viewer) -> dict[str, list[Row]]:
    """The visible catalogue as rows of ``items``, ``packages``, ``package_parts`` and ``substitutes``, sorted by key.

    A row that names something hidden is left out; a value that is hidden is an empty cell.
    """
    items = list(Item.objects.visible_to(viewer).select_related("owner"))
    keys = exported_keys(items)
    worth = {row.pk: row for row in ItemDetail.objects.visible_to(viewer)}
    packages = list(Package.objects.visible_to(viewer).select_related("owner"))
    package_keys = exported_keys(packages)
    return {
        "items": sorted((_item_row(item, keys[item.pk], worth.get(item.pk)) for item in items), key=_by("item")),
        "packages": sorted(
            ({"package": package_keys[package.pk], "name": package.name} for package in packages), key=_by("package")
        ),
        "package_parts": sorted(
            (
                {
                    "package": package_keys[part.package_id],
                    "kind": part.kind,
                    "part": keys[part.item_id] if part.item_id else part.course,
                    "quantity": plain_number(part.quantity),
                }
                for part in PackagePart.objects.visible_to(viewer)
                if part.item_id is None or part.item_id in keys
            ),
            key=_by("package", "part"),
        ),
        "substitutes": sorted(
            (
                {
                    "item": keys[row.item_id],
                    "substitute": keys[row.substitute_id],
                    "units_per_unit": plain_number(row.units_per_unit),
                    "preference": plain_number(row.preference),
                }
                for row in Substitute.objects.visible_to(viewer)
                if seen(row, "item") is not None and seen(row, "substitute") is not None
            ),
            key=_by("item", "substitute"),
        ),
    }


def _item_row(item: Item, key: str, detail: ItemDetail | None) -> Row:
    return {
        "item": key,
        "name": item.name,
        "unit": item.unit,
        "tonnes_per_unit": plain_number(item.tonnes_per_unit),
        "value_per_unit": plain_number(detail.value_per_unit) if detail else "",
        "explosives": "yes" if item.explosives else "no",
        "whole_units": "yes" if item.whole_units else "no",
        "supply_class": item.supply_class,
        "nsn": item.nsn,
    }


def _by(*names: str) -> Callable[[Row], list[str]]:
    return lambda row: [row[name] for name in names]
