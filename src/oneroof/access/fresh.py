"""Dangerous steps ask again who is there, unless the sign-in is some minutes old."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import urlencode

View = Callable[..., HttpResponse]


def fresh(request: HttpRequest) -> bool:
    """Whether the person showed within five minutes who they are, or has nothing to show (people by links alone)."""
    at = max((step["at"] for step in get_authentication_records(request, request.user)), default=0)
    recent = time.time() - at < app_settings.REAUTHENTICATION_TIMEOUT
    return recent or not get_adapter().get_reauthentication_methods(request.user)


def asks_again(view: View) -> View:
    """A view that first asks for password or factor where the sign-in is not fresh, and then comes back to its page."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            raise Http404
        if fresh(request):
            return view(request, *args, **kwargs)
        way = get_adapter().get_reauthentication_methods(request.user)[0]["url"]
        return HttpResponseRedirect(f"{way}?{urlencode({'next': request.path})}")

    return answer
