"""How a world makes one record of each kind under the walls, through the feature's own actions."""

from __future__ import annotations

from datetime import date
from typing import Any

from oneroof.catalogue.actions import add_item, add_package, add_picture, add_substitute
from oneroof.logistics.actions import add_closure, add_leg, add_node
from oneroof.sources.actions import add_source, cite
from oneroof.staffing.actions import add_contact, add_liaison_post
from tests.catalogue.drawn import png
from tests.house.worlds import Maker, World


def item(world: World, owner: str, given: dict[str, Any]) -> Any:
    """An item with a name that others may have as well, and a picture with the wall of its details."""
    viewer = world.viewers[owner]
    made = add_item(viewer, **given, name=world.word(), unit="set", tonnes_per_unit="1.5")
    sources = [None, *world.own("source", owner)]
    picture = add_picture(viewer, made, content=png(), caption=world.word(), source=world.dice.choice(sources))
    world.parts.setdefault(made.pk, []).append(picture)
    return made


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


def package(world: World, owner: str, given: dict[str, Any]) -> Any:
    """A package of an earlier item of the owner, if there is one, and of a course."""
    parts = [{"kind": "course", "course": "CREW", "quantity": "8"}]
    if items := world.own("item", owner):
        parts.append({"kind": "item", "item": world.dice.choice(items), "quantity": "2"})
    return add_package(world.viewers[owner], **given, name=world.word(), parts=parts)


def substitute(world: World, owner: str, given: dict[str, Any]) -> Any:
    """A new item that stands in for an earlier one of the owner, whoever sees that."""
    code = given.pop("code")
    items = world.own("item", owner) or [item(world, owner, {**given, "code": f"{code}-A"})]
    pair = {"item": world.dice.choice(items), "substitute": item(world, owner, {**given, "code": f"{code}-B"})}
    return add_substitute(world.viewers[owner], **given, **pair, units_per_unit="2", preference="0.5")


def node(world: World, owner: str, given: dict[str, Any]) -> Any:
    """A node with an exact place."""
    place = {
        "latitude": str(40 + world.dice.randrange(100) / 10),
        "longitude": str(20 + world.dice.randrange(100) / 10),
    }
    return add_node(
        world.viewers[owner], **given, name=world.word(), kind="depot", nation=world.parties[owner], place=place
    )


def leg(world: World, owner: str, given: dict[str, Any]) -> Any:
    """A leg from an earlier node of the owner, whoever sees that, to a new one."""
    code = given.pop("code")
    nodes = world.own("node", owner) or [node(world, owner, {**given, "code": f"{code}-A"})]
    ends = {"origin": world.dice.choice(nodes), "destination": node(world, owner, {**given, "code": f"{code}-B"})}
    return add_leg(world.viewers[owner], **given, code=code, **ends, mode="road", days=2, cost=COST)


def closure(world: World, owner: str, given: dict[str, Any]) -> Any:
    """A closure of an earlier node of the owner, whoever sees that, or of a new one."""
    code = given.pop("code")
    nodes = world.own("node", owner) or [node(world, owner, {**given, "code": f"{code}-A"})]
    days = {"starts_on": date(2026, 12, 1), "ends_on": date(2026, 12, 24)}
    return add_closure(world.viewers[owner], **given, node=world.dice.choice(nodes), **days, reason=world.word())


COST = {"cost_per_tonne": "90", "currency": "EUR"}

MAKERS: dict[str, Maker] = {
    "citation": citation,
    "closure": closure,
    "contact_point": contact_point,
    "item": item,
    "leg": leg,
    "liaison_post": liaison_post,
    "node": node,
    "package": package,
    "source": source,
    "substitute": substitute,
}
