"""Errors of the API as RFC 9457 has them; also told before a request has come as far as the API."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpResponse, JsonResponse

PROBLEM = "application/problem+json"
TITLES = {
    400: "The request can't be read",
    401: "Sign in",
    403: "Not yours to change",
    404: "There is no such thing",
    405: "Not possible here",
    409: "Refused",
    412: "Changed meanwhile",
    422: "Faults in what was sent",
    428: "Which version?",
    429: "Too many requests",
}


def problem(status: int, detail: str = "", faults: dict[str, list[str]] | None = None) -> HttpResponse:
    """An error as problem+json."""
    title = TITLES.get(status, "Error")
    told = {"type": "about:blank", "title": title, "status": status, "detail": detail, "faults": faults or {}}
    return JsonResponse(told, status=status, content_type=PROBLEM, encoder=DjangoJSONEncoder)
