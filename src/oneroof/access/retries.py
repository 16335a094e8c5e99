"""Safe retries: a write of the API that is sent twice with the same Idempotency-Key is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from oneroof.access.problems import problem
from oneroof.journal.actions import claim_key, keep_answer


def once(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """One transaction for a write; with Idempotency-Key, a retry gets the first answer and writes nothing.

    The answer is kept in the transaction of the write, for the person and the key; an answer that refuses is not kept.
    """

    @wraps(run)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.headers.get("Idempotency-Key")
        with transaction.atomic():
            if key is None or request.viewer.person is None:
                response = run(request, *args, **kwargs)
            elif not key.isprintable() or not 1 <= len(key) <= 200:
                return problem(400, _("Idempotency-Key has 1 to 200 printable characters."))
            else:
                response = _run_once(run, request, key, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response

    return answer


def _run_once(run: Callable[..., HttpResponse], request: HttpRequest, key: str, /, *args: Any, **more: Any) -> Any:
    asked = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()
    kept, first = claim_key(request.viewer, key, asked)
    if first is not None:
        if first.asked != asked:
            return problem(422, _("This Idempotency-Key belongs to another request. Take a new one for a new request."))
        response = HttpResponse(first.body, status=first.status, content_type="application/json; charset=utf-8")
        if first.etag:
            response["ETag"] = first.etag
        response["Idempotent-Replayed"] = "true"
        return response
    response = run(request, *args, **more)
    if response.status_code < 400:
        keep_answer(kept, response.status_code, response.content.decode(), response.get("ETag", ""))
    return response
