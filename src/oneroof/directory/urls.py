"""Addresses of parties, coalitions and groups; what search finds of them."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from oneroof.access.search import Searched, searched
from oneroof.access.shell import REFERENCE
from oneroof.directory import views
from oneroof.nations.models import Coalition, Group, Party

urlpatterns = [
    path("nations/", views.nations, name="nations"),
    path("nations/add/", views.nation_add, name="nation_add"),
    path("nations/<slug:code>/", views.nation, name="nation"),
    path("nations/<slug:code>/change/", views.nation_change, name="nation_change"),
    path("nations/<slug:code>/partnerships/add/", views.partnership_add, name="partnership_add"),
    path("partnerships/<uuid:pk>/change/", views.partnership_change, name="partnership_change"),
    path("coalitions/", views.coalitions, name="coalitions"),
    path("coalitions/add/", views.coalition_add, name="coalition_add"),
    path("coalitions/<slug:code>/", views.coalition, name="coalition"),
    path("coalitions/<slug:code>/change/", views.coalition_change, name="coalition_change"),
    path("coalitions/<slug:code>/members/add/", views.member_add, name="member_add"),
    path("members/<uuid:pk>/change/", views.member_change, name="member_change"),
    path("groups/", views.groups, name="groups"),
    path("groups/add/", views.group_add, name="group_add"),
    path("groups/<uuid:pk>/", views.group, name="group"),
    path("groups/<uuid:pk>/change/", views.group_change, name="group_change"),
]

searched += [
    Searched(Party, _("Nations and organisations"), ("code", "name", "name_uk"), Party.get_absolute_url),
    Searched(Coalition, _("Coalitions"), ("code", "name", "name_uk"), Coalition.get_absolute_url),
    Searched(Group, _("Groups of parties"), ("name", "name_uk"), Group.get_absolute_url),
]
REFERENCE += [("nations", _("Nations")), ("coalitions", _("Coalitions")), ("groups", _("Groups"))]
