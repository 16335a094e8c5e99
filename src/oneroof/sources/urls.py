"""Addresses of sources and citations; what search finds of them."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from oneroof.access.search import Searched, searched
from oneroof.access.shell import REFERENCE
from oneroof.access.today import needs
from oneroof.sources import today, views
from oneroof.sources.models import Source

urlpatterns = [
    path("sources/", views.sources, name="sources"),
    path("sources/add/", views.source_add, name="source_add"),
    path("sources/<uuid:pk>/", views.source, name="source"),
    path("sources/<uuid:pk>/change/", views.source_change, name="source_change"),
    path("citations/add/<slug:kind>/<uuid:pk>/", views.citation_add, name="citation_add"),
    path("citations/<uuid:pk>/change/", views.citation_change, name="citation_change"),
]

searched.append(Searched(Source, _("Register of sources"), ("publisher", "title", "url"), Source.get_absolute_url))
REFERENCE.append(("sources", _("Sources")))
needs += [today.unjudged]
