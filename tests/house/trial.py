"""Addresses of the house, and pages that try out what features build on: forms of an item, its record, its release."""

from __future__ import annotations

from django import forms
from django.urls import path

from oneroof import urls
from oneroof.access.pages import Link, find, form_page, record_page, release_page
from oneroof.catalogue.actions import add_item, change_item
from oneroof.catalogue.models import Item

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500


class Fields(forms.Form):
    code = forms.CharField(label="Code", max_length=40, help_text="Short. Example: GUN-155")
    name = forms.CharField(label="Name")
    nsn = forms.CharField(label="Stock number", required=False)
    unit = forms.CharField(label="Unit")
    tonnes_per_unit = forms.DecimalField(label="Tonnes per unit")


def add(request):
    def do(to, detail_to, embargo_until, **typed):
        return f"/trial/{add_item(request.viewer, to=to, **typed).pk}/"

    return form_page(request, Fields, title="Add an item", do=do, back="/items/", release=True)


def change(request, pk):
    item = find(request, Item, pk)
    initial = {name: getattr(item, name) for name in Fields.base_fields}
    return form_page(
        request,
        Fields,
        title="Change an item",
        initial=initial,
        record=item,
        back=f"/trial/{pk}/",
        do=lambda **typed: change_item(request.viewer, item, **typed),
        danger="The item changes for everybody who sees it.",
    )


def record(request, pk):
    item = find(request, Item, pk)
    return record_page(
        request,
        item,
        facts=[("Code", item.code), ("Unit", item.unit), ("Supply class", item.supply_class)],
        state=("in the catalogue", "done"),
        links=[Link("Change it", f"/trial/{pk}/change/"), Link("Who may see it", f"/trial/{pk}/release/")],
        history=[],
        sources=[],
    )


def release(request, pk):
    return release_page(request, find(request, Item, pk), back=f"/trial/{pk}/")


def broken(request):
    raise RuntimeError("broken on purpose")


urlpatterns = [
    path("trial/add/", add),
    path("trial/broken/", broken),
    path("trial/<uuid:pk>/", record),
    path("trial/<uuid:pk>/change/", change),
    path("trial/<uuid:pk>/release/", release),
    *urls.urlpatterns,
]
