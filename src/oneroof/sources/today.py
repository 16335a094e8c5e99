"""What needs a viewer of the sources: own ones that are cited and nobody has judged."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from oneroof.access.today import MOST, Need
from oneroof.access.viewer import Viewer
from oneroof.sources.models import Citation, Source


def unjudged(viewer: Viewer) -> Iterable[Need]:
    """Own sources without a judgement of their reliability that a citation rests on."""
    if not viewer.writes("source"):
        return
    cited = Citation.objects.visible_to(viewer).values("source")
    rows = Source.objects.visible_to(viewer).filter(owner=viewer.party, reliability=Source.Reliability.F, pk__in=cited)
    for pk, title in rows.order_by("publisher", "title", "pk").values_list("pk", "title")[:MOST]:
        yield Need(
            _("A source is cited, and nobody has judged it: %(title)s") % {"title": title},
            _("Its reliability stands at F. Say how far its publisher can be relied on."),
            _("Judge it"),
            reverse("source_change", args=[pk]),
        )
