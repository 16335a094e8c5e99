"""The reference scenario's catalogue, as records of the headquarters: public, and marked as illustrative."""

from __future__ import annotations

from oneroof import reference
from oneroof.access.actions import release_set
from oneroof.access.viewer import Viewer
from oneroof.catalogue.importing import TABLES, import_catalogue
from oneroof.nations.reference import Filled


def fill(by: Viewer) -> Filled:
    """Items, packages, their parts and substitutes; a second time changes nothing. ``by`` plans for headquarters."""
    everybody = release_set(public=True)
    outcome = import_catalogue(
        by,
        reference.tables(*(table.name for table in TABLES)),
        to=everybody,
        detail_to=everybody,
        illustrative=True,
        why="Reference scenario Washington 2024, illustrative",
    )
    return Filled(sum(outcome.added.values()), sum(outcome.unchanged.values()))
