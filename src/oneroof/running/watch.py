"""What machines ask: /healthz and /metrics, answered before anything else; and the time that requests take."""

from __future__ import annotations

import hmac
import ipaddress
import os
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import REGISTRY
from prometheus_client.multiprocess import MultiProcessCollector

from oneroof.running import health

REQUESTS = Counter("oneroof_requests", "Requests answered.", ["method", "status"])
SECONDS = Histogram(
    "oneroof_request_seconds",
    "Time from a request's arrival to its answer.",
    ["route"],
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4),
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Watch:
    """Answers /healthz to anybody and /metrics to whoever may; measures all other requests."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        if request.path == "/healthz":
            return healthz()
        if request.path == "/metrics" and may_measure(request):
            return HttpResponse(measured(), content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})
        began = time.perf_counter()
        response = self.answer(request)
        found = getattr(request, "resolver_match", None)
        SECONDS.labels(found.route if found else "").observe(time.perf_counter() - began)
        REQUESTS.labels(request.method if request.method in METHODS else "other", str(response.status_code)).inc()
        return response


def healthz() -> HttpResponse:
    """200 where all is well, else 503 with the names of what is not; the words stand in `oneroof health`."""
    failing = sorted(health.examine())
    told = {"status": "failing", "failing": failing} if failing else {"status": "ok"}
    return JsonResponse(told, status=503 if failing else 200, headers={"Cache-Control": "no-store"})


def may_measure(request: HttpRequest) -> bool:
    """Whether metrics are for whoever asks: with the token; without one, this very computer and no proxy on it.

    To everybody else /metrics is an address like any other that is not there.
    """
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    passed_on = any(request.headers.get(name) for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"))
    if settings.HTTPS or settings.ALLAUTH_TRUSTED_PROXY_COUNT or passed_on:
        return False
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
    except ValueError:
        return False


def measured() -> bytes:
    """All figures as Prometheus reads them: requests and their times, memory and processor time of the process."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY)
    together = CollectorRegistry()
    MultiProcessCollector(together)
    return generate_latest(together)
