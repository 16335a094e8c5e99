"""What every page shows around its content: navigation by the story, who looks, the marking line."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

# (address name, word), in the order of the story; a feature adds its line when its pages exist.
STORY: list[tuple[str, Any]] = [
    ("today", _("Today")),
    ("items", _("Catalogue")),
]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation and viewer for the page's frame."""
    return {
        "story": STORY,
        "viewer": getattr(request, "viewer", None),
        "secondment": getattr(request, "secondment", None),
    }
