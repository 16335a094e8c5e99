"""The catalogue over the API."""

from ninja import Router
from ninja.orm import create_schema

from oneroof.access.api import RecordOut, Release, record_routes
from oneroof.catalogue import actions
from oneroof.catalogue.models import Item

router = Router(tags=["catalogue"])

FIELDS = ["code", "nsn", "name", "name_uk", "unit", "tonnes_per_unit", "explosives", "whole_units", "supply_class"]
ItemOut = create_schema(Item, name="ItemOut", fields=FIELDS, base_class=RecordOut)
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
