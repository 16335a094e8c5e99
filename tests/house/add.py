"""Run in a house of its own: ``add N [WORD]`` adds so many items of Denmark's."""

from __future__ import annotations

import sys

import django

django.setup()

from oneroof.access.actions import release_set  # noqa: E402
from oneroof.access.middleware import viewer_of  # noqa: E402
from oneroof.access.models import Secondment  # noqa: E402
from oneroof.access.viewer import looking  # noqa: E402
from oneroof.catalogue.actions import add_item  # noqa: E402


def main(number: int, word: str = "ITEM") -> None:
    """Add them as Denmark's representative."""
    viewer = viewer_of(Secondment.objects.select_related("party").get())
    with looking(viewer):
        for place in range(number):
            add_item(viewer, to=release_set(), code=f"{word}-{place}", name="Tent", unit="piece", tonnes_per_unit="1")


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
