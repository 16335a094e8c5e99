"""What every page shows around its content: navigation by the story, who looks, the marking line."""

from __future__ import annotations

import base64
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from oneroof.access.markings import default_marking
from oneroof.access.models import Person

# (address name, word), in the order of the story; an address that is not there yet leads to a page that says so.
STORY: list[tuple[str, Any]] = [
    ("today", _("Today")),
    ("needs", _("Needs")),
    ("promises", _("Promises")),
    ("agreements", _("Agreements")),
    ("plan", _("Plan")),
    ("deliveries", _("Deliveries")),
    ("training", _("Training")),
    ("pathway", _("Pathway")),
    ("people", _("People")),
    ("public", _("Public")),
]
# What the story rests on: a feature adds its line when its pages exist.
REFERENCE: list[tuple[str, Any]] = [
    ("items", _("Catalogue")),
    ("log", _("Log")),
]
THEMES = ("light", "dark")


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation, theme, marking and viewer for the page's frame."""
    viewer = getattr(request, "viewer", None)
    theme = request.COOKIES.get(settings.THEME_COOKIE_NAME, "")
    return {
        "story": [way(request, *line) for line in STORY],
        "reference": [way(request, *line) for line in REFERENCE],
        "viewer": viewer,
        "secondment": getattr(request, "secondment", None),
        "marking": default_marking(viewer),
        "theme": theme if theme in THEMES else "",
        "demonstration": settings.DEMONSTRATION,
        "styled": (settings.PACKAGE / "static" / "oneroof" / "oneroof.css").exists(),
        "secondments_address": address_of("secondments"),
        **drafts(getattr(request, "user", None)),
    }


def drafts(user: Any) -> dict[str, str]:
    """What a browser needs to keep drafts of a person: a mark to know them by, and the key that enciphers them.

    The key is the same at each sign-in, so that drafts outlive a session, and another one once the person has signed
    out everywhere. It stands on pages with a form alone, which no browser stores.
    """
    if not isinstance(user, Person):
        return {}
    mark = salted_hmac("oneroof.drafts.mark", str(user.pk), algorithm="sha256").hexdigest()[:16]
    key = salted_hmac("oneroof.drafts.key", f"{user.pk} {user.sign_outs}", algorithm="sha256").digest()
    return {"draft_mark": mark, "draft_key": base64.b64encode(key).decode()}


def way(request: HttpRequest, name: str, word: Any) -> dict[str, Any]:
    """One line of the navigation: its word, address, whether it is built, whether the reader is there."""
    address = address_of(name)
    here = address or reverse("coming", args=[name])
    inside = request.path.startswith(here) if here != "/" else request.path == "/"
    return {"word": word, "address": here, "built": bool(address), "here": inside}


def address_of(name: str) -> str:
    """The address with this name, or nothing where no feature has it yet."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
