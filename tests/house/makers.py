"""How a world makes one record of each kind under the walls, through the feature's own actions."""

from __future__ import annotations

from typing import Any

from oneroof.catalogue.actions import add_item
from tests.house.worlds import Maker, World


def item(world: World, owner: str, given: dict[str, Any]) -> Any:
    """An item with a name that others may have as well."""
    return add_item(world.viewers[owner], **given, name=world.word(), unit="set", tonnes_per_unit="1.5")


MAKERS: dict[str, Maker] = {"item": item}
