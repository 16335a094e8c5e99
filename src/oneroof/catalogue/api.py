"""The catalogue over the API."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Field, Router, Schema
from ninja.decorators import decorate_view
from ninja.orm import create_schema

from oneroof.access.api import (
    ERRORS,
    RecordOut,
    Release,
    check_match,
    detail_routes,
    etag,
    loaded,
    one,
    record_routes,
    removal,
)
from oneroof.access.kinds import seen_id
from oneroof.access.retries import once
from oneroof.catalogue import actions
from oneroof.catalogue.models import Item, ItemDetail, ItemName, Package, Substitute

router = Router(tags=["catalogue"])

FIELDS = [
    "code", "nsn", "name", "name_uk", "unit", "tonnes_per_unit", "volume_per_unit", "explosives", "hazard_division",
    "compatibility_group", "un_number", "whole_units", "supply_class",
]  # fmt: skip
ItemOut = create_schema(Item, name="ItemOut", fields=[*FIELDS, "illustrative"], base_class=RecordOut)
ItemNew = create_schema(Item, name="ItemNew", fields=FIELDS, base_class=Release)
ItemChange = create_schema(Item, name="ItemChange", fields=FIELDS, optional_fields=FIELDS)

record_routes(
    router,
    Item,
    "items",
    shape=ItemOut,
    new=ItemNew,
    changed=ItemChange,
    add=actions.add_item,
    change=actions.change_item,
)

VALUE = ["value_per_unit", "currency", "basis", "valued_on"]
Value = create_schema(ItemDetail, name="Value", fields=VALUE)
Name = create_schema(ItemName, name="FurtherName", fields=["language", "kind", "name"])
detail_routes(
    router, Item, ItemDetail, "items", "value", shape=Value, change=actions.change_item, word="value of an item"
)


class Names(Schema):
    """All further names of an item."""

    names: list[Name] = Field(..., max_length=200)  # type: ignore[valid-type]


@router.get("/items/{uuid:key}/names", response={200: Names, **ERRORS}, summary="Read: further names of an item")
def names(request: HttpRequest, response: HttpResponse, key: UUID) -> Any:
    """Names in other languages, short forms, synonyms."""
    one(loaded(request.viewer, Item), key)
    found = {"names": list(ItemName.objects.visible_to(request.viewer).filter(item=key))}
    response["ETag"] = etag(Names, found)
    return found


@router.put("/items/{uuid:key}/names", response={200: Names, **ERRORS}, summary="Set: further names of an item")
@decorate_view(once)
def set_names(request: HttpRequest, response: HttpResponse, key: UUID, body: Names) -> Any:
    """Replace all further names."""
    item = one(loaded(request.viewer, Item), key)
    there = {"names": list(ItemName.objects.visible_to(request.viewer).filter(item=key))}
    check_match(request, etag(Names, there))
    actions.change_item(request.viewer, item, version=item.version, names=body.model_dump()["names"])
    return names(request, response, key)


PAIR = ["units_per_unit", "preference"]
SubstituteFields = create_schema(
    Substitute, name="SubstituteFields", fields=[*PAIR, "illustrative"], base_class=RecordOut
)
SubstituteNewFields = create_schema(Substitute, name="SubstituteNewFields", fields=PAIR, base_class=Release)
SubstituteChange = create_schema(Substitute, name="SubstituteChange", fields=PAIR, optional_fields=PAIR)


class SubstituteOut(SubstituteFields):  # type: ignore[misc, valid-type]
    """A substitute; an item that is not released to the reader is null."""

    item: UUID | None
    substitute: UUID | None

    @staticmethod
    def resolve_item(record: Substitute) -> UUID | None:
        """The item that is needed, where it is seen."""
        return seen_id(record, "item")

    @staticmethod
    def resolve_substitute(record: Substitute) -> UUID | None:
        """The item that stands in, where it is seen."""
        return seen_id(record, "substitute")


class SubstituteNew(SubstituteNewFields):  # type: ignore[misc, valid-type]
    """A new substitute between two items that the writer sees."""

    item: UUID
    substitute: UUID


def add_substitute(viewer: Any, *, item: UUID, substitute: UUID, **more: Any) -> Any:
    """Adds a substitute; a hidden item is as unknown as one that never was."""
    found = Item.objects.visible_to(viewer).in_bulk([item, substitute])
    return actions.add_substitute(viewer, item=found.get(item), substitute=found.get(substitute), **more)


record_routes(
    router,
    Substitute,
    "substitutes",
    shape=SubstituteOut,
    new=SubstituteNew,
    changed=SubstituteChange,
    add=add_substitute,
    change=actions.change_substitute,
    order=("id",),
)

removal(router, Substitute, "substitutes", shape=SubstituteOut, remove=actions.remove_substitute)

NAMES = ["code", "name", "name_uk"]
PackageOut = create_schema(
    Package, name="PackageOut", fields=[*NAMES, "illustrative", "parts_version"], base_class=RecordOut
)
PackageNewFields = create_schema(Package, name="PackageNewFields", fields=NAMES, base_class=Release)
PackageChangeFields = create_schema(Package, name="PackageChangeFields", fields=NAMES, optional_fields=NAMES)


class Part(Schema):
    """A part of a package: an item, or a course by its code."""

    item: UUID | None = None
    course: str = Field("", max_length=64)
    quantity: Decimal = Field(..., gt=0, max_digits=14, decimal_places=6)


class PackageNew(PackageNewFields):  # type: ignore[misc, valid-type]
    """A new package with its parts."""

    parts: list[Part] = Field(..., max_length=500)


class PackageChange(PackageChangeFields):  # type: ignore[misc, valid-type]
    """What changes of a package; parts are replaced as a whole."""

    parts: list[Part] | None = Field(None, max_length=500)


def parts_of(viewer: Any, parts: Any) -> list[dict[str, Any]]:
    """Parts as the actions take them; a hidden item is as unknown as one that never was."""
    found = Item.objects.visible_to(viewer).in_bulk([part["item"] for part in parts if part.get("item")])
    return [
        {"kind": "item", "item": found.get(part["item"]), "quantity": part["quantity"]}
        if part.get("item")
        else {"kind": "course", "course": part.get("course", ""), "quantity": part["quantity"]}
        for part in parts
    ]


def add_package(viewer: Any, *, parts: Any, **more: Any) -> Any:
    """Adds a package."""
    return actions.add_package(viewer, parts=parts_of(viewer, parts), **more)


def change_package(viewer: Any, package: Package, *, parts: Any = None, **more: Any) -> Any:
    """Changes a package."""
    return actions.change_package(viewer, package, parts=None if parts is None else parts_of(viewer, parts), **more)


record_routes(
    router,
    Package,
    "packages",
    shape=PackageOut,
    new=PackageNew,
    changed=PackageChange,
    add=add_package,
    change=change_package,
)
