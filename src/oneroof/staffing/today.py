"""What needs a viewer of the presence of parties: contacts that lapse, liaison posts that wait."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from oneroof.access.today import MOST, Need
from oneroof.access.viewer import Viewer
from oneroof.staffing.models import ContactPoint, LiaisonPost, Status

LAPSES = timedelta(days=30)
LONG = timedelta(days=60)


def contacts(viewer: Viewer) -> Iterable[Need]:
    """Points of contact of the viewer's party that end within a month."""
    if not viewer.writes("contact_point"):
        return
    today = timezone.localdate()
    rows = ContactPoint.objects.visible_to(viewer).filter(owner=viewer.party)
    ending = rows.filter(ends_on__gte=today, ends_on__lte=today + LAPSES).order_by("ends_on", "pk")
    for point in ending[:MOST]:
        yield Need(
            _("A point of contact lapses: %(what)s") % {"what": point},
            _("Its last day is %(day)s.") % {"day": date_format(point.ends_on, "DATE_FORMAT")},
            _("Change"),
            reverse("contact_change", args=[point.pk]),
        )


def waiting_posts(viewer: Viewer) -> Iterable[Need]:
    """Liaison posts of the viewer's party that have stood at one step short of open for two months."""
    if not viewer.writes("liaison_post"):
        return
    before = timezone.localdate() - LONG
    rows = LiaisonPost.objects.visible_to(viewer).filter(
        owner=viewer.party, status__in=(Status.PROPOSED, Status.DISCUSSED, Status.AGREED), status_on__lte=before
    )
    for post in rows.order_by("status_on", "pk")[:MOST]:
        yield Need(
            _("A liaison post waits: %(what)s") % {"what": post},
            _("It has been %(status)s since %(day)s.")
            % {"status": post.get_status_display(), "day": date_format(post.status_on, "DATE_FORMAT")},
            _("Say what comes next"),
            reverse("liaison_post_step", args=[post.pk]),
        )
