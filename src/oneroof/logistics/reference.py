"""The reference scenario's network, as records of the headquarters: public, and marked as illustrative."""

from __future__ import annotations

from oneroof import reference
from oneroof.access.actions import release_set
from oneroof.access.viewer import Viewer
from oneroof.logistics.importing import TABLES, import_network
from oneroof.nations.reference import Filled


def fill(by: Viewer) -> Filled:
    """Nodes and legs; a second time changes nothing. The nations must be there; ``by`` plans for the headquarters."""
    everybody = release_set(public=True)
    outcome = import_network(
        by,
        reference.tables(*(table.name for table in TABLES)),
        to=everybody,
        detail_to=everybody,
        illustrative=True,
        why="Reference scenario Washington 2024, illustrative",
    )
    return Filled(sum(outcome.added.values()), sum(outcome.unchanged.values()))
