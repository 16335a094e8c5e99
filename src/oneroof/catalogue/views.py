"""Pages of the catalogue."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from oneroof.access.pages import list_page
from oneroof.catalogue.filters import ItemFilter
from oneroof.catalogue.models import Item
from oneroof.catalogue.tables import Items


def items(request: HttpRequest) -> HttpResponse:
    """The items that the viewer sees."""
    return list_page(
        request,
        title=_("Items"),
        rows=Item.objects.visible_to(request.viewer),
        table=Items,
        filters=ItemFilter,
        empty=_("Nobody has shown you an item yet."),
    )
