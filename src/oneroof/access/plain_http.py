"""Requests of programs without HTTPS: refused, not led on, so that no key goes over the wire unseen a second time."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse


class Refuse:
    """Where the house speaks HTTPS, the API answers 403 to whoever does not."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if settings.HTTPS and request.path.startswith("/api/") and not request.is_secure():
            detail = "The API answers over https:// alone. If you sent a token, revoke it: others may have read it."
            told = {"title": "Forbidden", "status": 403, "detail": detail}
            return JsonResponse(told, status=403, content_type="application/problem+json")
        return self.answer(request)
