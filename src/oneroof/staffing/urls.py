"""Addresses of points of contact and liaison posts; what search finds of them."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from oneroof.access.search import Searched, searched
from oneroof.access.shell import REFERENCE
from oneroof.access.today import needs
from oneroof.staffing import today, views
from oneroof.staffing.models import ContactPoint, LiaisonPost

urlpatterns = [
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/add/", views.contact_add, name="contact_add"),
    path("contacts/<uuid:pk>/", views.contact, name="contact"),
    path("contacts/<uuid:pk>/change/", views.contact_change, name="contact_change"),
    path("liaison/", views.liaison_posts, name="liaison_posts"),
    path("liaison/add/", views.liaison_post_add, name="liaison_post_add"),
    path("liaison/<uuid:pk>/", views.liaison_post, name="liaison_post"),
    path("liaison/<uuid:pk>/change/", views.liaison_post_change, name="liaison_post_change"),
    path("liaison/<uuid:pk>/step/", views.liaison_post_step, name="liaison_post_step"),
]

searched += [
    Searched(ContactPoint, _("Points of contact"), ("code", "function", "function_uk"), ContactPoint.get_absolute_url),
    Searched(
        LiaisonPost,
        _("Liaison posts"),
        ("code", "function", "function_uk", "place", "place_uk"),
        LiaisonPost.get_absolute_url,
    ),
]
REFERENCE += [("contacts", _("Points of contact")), ("liaison_posts", _("Liaison posts"))]
needs += [today.contacts, today.waiting_posts]
