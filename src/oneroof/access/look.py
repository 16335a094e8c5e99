"""Small pages of the frame: the theme switch, features that are not built yet, the components, errors."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, HttpResponseServerError
from django.shortcuts import render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from oneroof.access.shell import STORY, THEMES

YEAR = 60 * 60 * 24 * 365


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Keep light, dark, or the system's wish in a cookie, and go back."""
    came_from = request.META.get("HTTP_REFERER", "/")
    fine = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, require_https=request.is_secure())
    answer = HttpResponseRedirect(came_from if fine else "/")
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        answer.set_cookie(
            settings.THEME_COOKIE_NAME, chosen, max_age=YEAR, samesite="Lax", secure=settings.HTTPS, httponly=True
        )
    else:
        answer.delete_cookie("theme", samesite="Lax")
    return answer


def coming(request: HttpRequest, name: str) -> HttpResponse:
    """Says honestly that a part of the story has no pages yet."""
    word = dict(STORY).get(name)
    if word is None:
        raise Http404
    return render(request, "coming.html", {"title": word})


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """400: what came could not be read."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """403: the viewer may not do this."""
    return render(request, "403.html", status=403)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form's token is missing or old."""
    return render(request, "403_csrf.html", status=403)


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """404: the same answer for what is hidden and for what is not there."""
    return render(request, "404.html", status=404)


def our_fault(request: HttpRequest) -> HttpResponse:
    """500: our fault; the page needs neither the database nor the styles, which may be what broke."""
    return HttpResponseServerError(loader.get_template("500.html").render())
