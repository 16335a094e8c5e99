"""Nodes and legs made by the actions, for tests of logistics."""

from __future__ import annotations

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.logistics.actions import add_leg, add_node

PLACE = {"latitude": "50.110049", "longitude": "22.019033"}
COST = {"cost_per_tonne": "35", "currency": "EUR"}


@pytest.fixture
def node(viewer, parties):
    """Makes a node of a party: ``node("DNK", to=release, code="X")``."""
    viewers = {}

    def make(owner="DNK", to=None, **more):
        by = viewers.setdefault(owner, viewer(owner))
        fields = {"code": "HUB", "name": "Hub", "nation": parties["DNK"], "kind": "hub", "place": PLACE, **more}
        with looking(by):
            return add_node(by, to=to or release_set(), **fields)

    return make


@pytest.fixture
def leg(viewer):
    """Makes a leg of a party between two nodes."""
    viewers = {}

    def make(origin, destination, owner="DNK", to=None, **more):
        by = viewers.setdefault(owner, viewer(owner))
        fields = {"code": "LEG", "mode": "rail", "days": 2, "cost": COST, **more}
        with looking(by):
            return add_leg(by, to=to or release_set(), origin=origin, destination=destination, **fields)

    return make
