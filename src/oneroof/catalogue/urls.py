"""Addresses of the catalogue; what search finds of it."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_lazy as _

from oneroof.access.search import Searched, searched
from oneroof.access.spelling import holding
from oneroof.access.today import needs
from oneroof.catalogue import today, views
from oneroof.catalogue.models import Item, Package

urlpatterns = [
    path("items/", views.items, name="items"),
    path("items/add/", views.item_add, name="item_add"),
    path("items/<uuid:pk>/", views.item, name="item"),
    path("items/<uuid:pk>/change/", views.item_change, name="item_change"),
    path("items/<uuid:pk>/picture/", views.item_image_add, name="item_image_add"),
    path("pictures/<uuid:pk>/", views.item_image, name="item_image"),
    path("pictures/<uuid:pk>/content/", views.item_image_content, name="item_image_content"),
    path("pictures/<uuid:pk>/small/", views.item_image_small, name="item_image_small"),
    path("pictures/<uuid:pk>/change/", views.item_image_change, name="item_image_change"),
    path("pictures/<uuid:pk>/remove/", views.item_image_remove, name="item_image_remove"),
    path("packages/", views.packages, name="packages"),
    path("packages/add/", views.package_add, name="package_add"),
    path("packages/<uuid:pk>/", views.package, name="package"),
    path("packages/<uuid:pk>/change/", views.package_change, name="package_change"),
    path("substitutes/", views.substitutes, name="substitutes"),
    path("substitutes/add/", views.substitute_add, name="substitute_add"),
    path("substitutes/<uuid:pk>/", views.substitute, name="substitute"),
    path("substitutes/<uuid:pk>/change/", views.substitute_change, name="substitute_change"),
    path("catalogue/import/", views.import_tables, name="catalogue_import"),
    path("catalogue/tables.zip", views.tables, name="catalogue_tables"),
]

searched.append(Searched(Item, _("Items"), ("search",), Item.get_absolute_url, holding))
searched.append(Searched(Package, _("Capability packages"), ("code", "name", "name_uk"), Package.get_absolute_url))
needs += [today.blind_substitutes]
