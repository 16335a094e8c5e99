"""What needs a viewer of the catalogue: own substitutes of which an item is out of sight."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from oneroof.access.today import MOST, Need
from oneroof.access.viewer import Viewer
from oneroof.catalogue.models import Item, Substitute


def blind_substitutes(viewer: Viewer) -> Iterable[Need]:
    """Own substitutes of which the viewer sees one of the items no more: they serve nobody."""
    if not viewer.writes("substitute"):
        return
    seen = Item.objects.visible_to(viewer).values("pk")
    rows = Substitute.objects.visible_to(viewer).filter(owner=viewer.party)
    blind = rows.filter(~Q(item__in=seen) | ~Q(substitute__in=seen)).order_by("pk")
    for pk in blind.values_list("pk", flat=True)[:MOST]:
        yield Need(
            _("A substitute of yours names an item out of sight"),
            _("One of its two items is not released to you, so that you can’t judge it any more."),
            _("Look at it"),
            reverse("substitute", args=[pk]),
        )
