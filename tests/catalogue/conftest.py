"""Items, packages and substitutes made by the actions, for tests of the catalogue."""

from __future__ import annotations

import pytest

from oneroof.access.actions import release_set
from oneroof.access.viewer import looking
from oneroof.catalogue.actions import add_item

PALLET = {"code": "ROUNDS", "name": "Rounds, pallet", "unit": "pallet", "tonnes_per_unit": "0.45"}
VALUE = {"value_per_unit": "28000", "currency": "EUR", "basis": "estimate"}


@pytest.fixture
def item(viewer):
    """Makes an item of a party: ``item("DNK", to=release, code="X")``."""
    viewers = {}

    def make(owner="DNK", to=None, **more):
        by = viewers.setdefault(owner, viewer(owner))
        with looking(by):
            return add_item(by, to=to or release_set(), **{**PALLET, **more})

    return make
