"""How a world makes one record of each kind under the walls, through the feature's own actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from oneroof.catalogue.actions import add_item
from oneroof.sources.actions import add_source, cite
from oneroof.staffing.actions import add_contact, add_liaison_post
from tests.house.worlds import Maker, World


def item(world: World, owner: str, given: dict[str, Any]) -> Any:
    """An item with a name that others may have as well."""
    return add_item(world.viewers[owner], **given, name=world.word(), unit="set", tonnes_per_unit="1.5")


def contact_point(world: World, owner: str, given: dict[str, Any]) -> Any:
    """A point of contact of the owner, with the name of a person."""
    detail = {"name": world.word(), "phone": "+45 12 34 56 78"}
    party = world.parties[owner]
    return add_contact(world.viewers[owner], **given, party=party, function=world.word(), detail=detail)


def liaison_post(world: World, owner: str, given: dict[str, Any]) -> Any:
    """A liaison post of the owner with another party, with the name of its holder."""
    host = world.parties["UKR" if owner != "UKR" else "HQ"]
    fields = {"sender": world.parties[owner], "host": host, "function": world.word(), "place": world.word()}
    detail = {"holder": world.word()}
    return add_liaison_post(world.viewers[owner], **given, **fields, on=date(2024, 7, 11), detail=detail)


def source(world: World, owner: str, given: dict[str, Any]) -> Any:
    """A source at an address of its own."""
    code = given.pop("code")
    fields = {"publisher": world.word(), "title": world.word(), "url": f"https://example.org/{code}"}
    return add_source(world.viewers[owner], **given, **fields, reliability=world.dice.choice("ABCDEF"))


def citation(world: World, owner: str, given: dict[str, Any]) -> Any:
    """What a source with the same release says of the owner, whose page everybody inside reads."""
    found = source(world, owner, given)
    fields = {"source": found, "about": "stock", "claim": world.word(), "credibility": world.dice.randint(1, 6)}
    return cite(world.viewers[owner], world.parties[owner], **given, **fields)


MAKERS: dict[str, Maker] = {
    "citation": citation,
    "contact_point": contact_point,
    "item": item,
    "liaison_post": liaison_post,
    "source": source,
}
