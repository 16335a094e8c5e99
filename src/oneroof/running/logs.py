"""Logs: one JSON object a line, with a request's id; no names, no e-mails, no records, no addresses of records."""

from __future__ import annotations

import logging
import logging.config
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest
from django_structlog.middlewares import RequestMiddleware

OURS = Path(__file__).parents[1]
# The ids of records stand in addresses, and search words in queries: the route says as much as an operator needs.
SILENT = ("django.request", "django.server")


def configure(options: dict[str, Any]) -> None:
    """Set up logging for the process: Django calls this with settings.LOGGING (``level``, ``whole_traces``)."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.format_exc_info if options["whole_traces"] else without_words,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "json": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": [
                        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                        structlog.processors.JSONRenderer(ensure_ascii=False),
                    ],
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "json"}},
            "root": {"handlers": ["lines"], "level": options["level"]},
            "loggers": {name: {"level": "CRITICAL"} for name in SILENT},
        }
    )


def without_words(_logger: object, _method: str, line: dict[str, Any]) -> dict[str, Any]:
    """Where an exception came from, without its message and its values: those may quote a record."""
    found = line.pop("exc_info", None)
    if found is True:
        import sys  # noqa: PLC0415 only here

        found = sys.exc_info()
    error = found if isinstance(found, BaseException) else found[1] if found else None
    if error is not None:
        line["fault"] = type(error).__name__
        line["from"] = places(error.__traceback__)
    return line


def places(trace: TracebackType | None) -> list[str]:
    """The steps of a trace within OneRoof, and the last one: ``catalogue/actions.py:24 add_item``."""
    steps = traceback.extract_tb(trace)
    ours = [step for step in steps if Path(step.filename).is_relative_to(OURS)]
    kept = [*ours, *([steps[-1]] if steps and steps[-1] not in ours else [])]
    return [f"{short(step.filename)}:{step.lineno} {step.name}" for step in kept]


def short(file: str) -> str:
    """A file within OneRoof from its folder on; of others the last two parts."""
    path = Path(file)
    return str(path.relative_to(OURS)) if path.is_relative_to(OURS) else "/".join(path.parts[-2:])


class RequestLog(RequestMiddleware):
    """One line when a request begins and one when it ends: id, method, route, status, the person's key, the address."""

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        """Method and route; the route is known when the request ends."""
        found = getattr(request, "resolver_match", None)
        return f"{request.method} /{found.route}" if found else str(request.method)

    @classmethod
    def bind_ip(cls, request: HttpRequest) -> None:
        """Address of the client; behind proxies the one that they saw."""
        structlog.contextvars.bind_contextvars(ip=client_address(request))


def client_address(request: HttpRequest) -> str:
    """Address of the client: the one that the outermost of our proxies (ONEROOF_PROXIES) saw, else who connects."""
    seen = [word.strip() for word in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    claimed = seen[-proxies] if 0 < proxies <= len(seen) else ""
    return claimed or request.META.get("REMOTE_ADDR", "")
