"""Adding and changing items."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from oneroof.access.actions import check_detail
from oneroof.access.models import ReleaseSet
from oneroof.access.viewer import Viewer
from oneroof.catalogue.models import Item
from oneroof.journal.actions import acting


def add_item(
    viewer: Viewer,
    *,
    to: ReleaseSet,
    detail_to: ReleaseSet | None = None,
    embargo_until: datetime | None = None,
    why: str = "",
    **fields: Any,
) -> Item:
    """A new item of the viewer's party, released to a set of parties. Raises `Refused` with all faults."""
    check_detail(to, detail_to or to)
    item = Item(
        owner_id=viewer.party,
        releasable_to=to,
        detail_releasable_to=detail_to or to,
        embargo_until=embargo_until,
        **fields,
    )
    with acting(viewer, "add", why) as act:
        act.write(item)
    return item


def change_item(viewer: Viewer, item: Item, *, version: int | None = None, why: str = "", **fields: Any) -> Item:
    """Change fields of an item. Raises `Refused` with the faults of all fields, `Stale`, `NotYours`."""
    for field, value in fields.items():
        setattr(item, field, value)
    with acting(viewer, "change", why) as act:
        act.write(item, version=version)
    return item
