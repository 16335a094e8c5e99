"""What needs a viewer of the network: closures that begin soon, own legs whose ends are out of sight."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from oneroof.access.today import MOST, Need
from oneroof.access.viewer import Viewer
from oneroof.logistics.models import Closure, Leg, Node

SOON = timedelta(days=14)


def closures(viewer: Viewer) -> Iterable[Need]:
    """Closures that the viewer sees and that begin within two weeks, for whoever keeps the network."""
    if not viewer.writes("closure"):
        return
    today = timezone.localdate()
    rows = Closure.objects.visible_to(viewer).filter(starts_on__gte=today, starts_on__lte=today + SOON)
    for pk, reason, starts_on in rows.order_by("starts_on", "pk").values_list("pk", "reason", "starts_on")[:MOST]:
        yield Need(
            _("A closure begins: %(reason)s") % {"reason": reason},
            _("From %(day)s.") % {"day": date_format(starts_on, "DATE_FORMAT")},
            _("Look at it"),
            reverse("closure", args=[pk]),
        )


def blind_legs(viewer: Viewer) -> Iterable[Need]:
    """Own legs of which the viewer sees an end no more: nothing is planned over them."""
    if not viewer.writes("leg"):
        return
    seen = Node.objects.visible_to(viewer).values("pk")
    rows = Leg.objects.visible_to(viewer).filter(owner=viewer.party)
    blind = rows.filter(~Q(origin__in=seen) | ~Q(destination__in=seen)).order_by("code", "pk")
    for pk, code in blind.values_list("pk", "code")[:MOST]:
        yield Need(
            _("A leg of yours leads out of sight: %(code)s") % {"code": code},
            _("One of its ends is not released to you, so that nothing can be planned over it."),
            _("Look at it"),
            reverse("leg", args=[pk]),
        )
