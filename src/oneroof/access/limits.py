"""How often somebody may ask and take lists away, counted by all processes of the server together."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from oneroof.access.problems import problem

PARTS = 20
MOST_REMEMBERED = 10_000
# Whoever has one address of IPv6 has a whole network of this size to ask from.
IPV6_PREFIX = 64

clock = time.time


class TooMany(Exception):
    """A limit is reached; ``wait`` seconds later it is not."""

    def __init__(self, wait: int) -> None:
        super().__init__(wait)
        self.wait = wait


@dataclass
class Share:
    """What this process may still let through in a window, and the next part that it would ask for."""

    window: int
    left: int = 0
    part: int = 0


class Limit:
    """So many in so many seconds for each who asks; ``setting`` names how many, 0 is no limit.

    The whole is cut in parts. A process claims a part by a row that only one can add, and counts what it claimed by
    itself: the whole is never passed, and most requests write nothing. Who goes to several processes at once may be
    refused a few parts early.
    """

    def __init__(self, setting: str, seconds: int) -> None:
        self.setting, self.seconds = setting, seconds
        self.shares: dict[str, Share] = {}
        self.lock = Lock()

    def wait(self, who: str, now: float) -> int:
        """Count one more; 0, or after how many seconds to ask again."""
        most: int = getattr(settings, self.setting)
        if not most:
            return 0
        window, parts = int(now // self.seconds), min(PARTS, most)
        while True:
            with self.lock:
                share = self._share(who, window)
                if share.left:
                    share.left -= 1
                    return 0
                if share.part >= parts:
                    return math.ceil((window + 1) * self.seconds - now)
                part, share.part = share.part, share.part + 1
            # Rows of the window before last are over by now, and are taken again.
            if cache.add(f"{self.setting}:{who}:{window % 2}:{part}", 1, timeout=self.seconds):
                with self.lock:
                    share.left += most * (part + 1) // parts - most * part // parts

    def _share(self, who: str, window: int) -> Share:
        """What is known of somebody in a window; what is older is forgotten."""
        share = self.shares.get(who)
        if share is None or share.window != window:
            if len(self.shares) >= MOST_REMEMBERED:
                self.shares = {key: kept for key, kept in self.shares.items() if kept.window == window}
            share = self.shares[who] = Share(window)
        return share


OF_PERSON = Limit("REQUESTS_PER_PERSON", 60)
OF_ADDRESS = Limit("REQUESTS_PER_ADDRESS", 60)
EXPORTS = Limit("EXPORTS_PER_PERSON", 3600)


class Limits:
    """Answers 429 where somebody asks more often than the settings allow, before a page or the API begins to work."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        person = person_of(request)
        wait = OF_PERSON.wait(person, clock()) if person else OF_ADDRESS.wait(address_of(request), clock())
        return refusal(request, wait) if wait else self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer to an export too many."""
        return refusal(request, error.wait) if isinstance(error, TooMany) else None


def count_export(request: HttpRequest) -> None:
    """Count a list or a chain that is taken away as a whole. Raises `TooMany`."""
    if wait := EXPORTS.wait(person_of(request) or address_of(request), clock()):
        raise TooMany(wait)


def person_of(request: HttpRequest) -> str:
    """Who asks, by browser or token alike; empty where nobody is known."""
    found = request.viewer.person or (request.user.pk if request.user.is_authenticated else None)  # type: ignore[attr-defined]
    return str(found or "")


def address_of(request: HttpRequest) -> str:
    """What stands for the network address of whoever asks: it can't be read back, since addresses are not kept."""
    try:
        found = ipaddress.ip_address(get_adapter().get_client_ip(request))
    except (PermissionDenied, ValueError):
        text = "unknown"
    else:
        text = str(ipaddress.ip_network(f"{found}/{IPV6_PREFIX}", strict=False)) if found.version == 6 else str(found)
    return salted_hmac("oneroof.access.limits", text, algorithm="sha256").hexdigest()[:32]


def refusal(request: HttpRequest, wait: int) -> HttpResponse:
    """429 with Retry-After: problem+json for programs; for people a page without the frame, which asks the database."""
    told = ngettext(
        "This server allows no more for now. Try again in %(wait)s second.",
        "This server allows no more for now. Try again in %(wait)s seconds.",
        wait,
    ) % {"wait": wait}
    programs = request.path.startswith("/api/")
    answer = problem(429, told) if programs else HttpResponse(render_to_string("429.html", {"told": told}), status=429)
    answer["Retry-After"] = str(wait)
    return answer
