"""Pairs of worlds that differ only in what Denmark hides, and everything that somebody else can observe of them.

Both worlds of a pair draw the same random bytes for what they share, so that ids, tokens and nonces are equal, and the
clock stands still: whatever still differs in an answer was told by the hidden records.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from oneroof.access.actions import release_set
from oneroof.access.middleware import viewer_of
from oneroof.access.models import Person, ReleaseSet, Secondment
from oneroof.access.viewer import Viewer, looking
from oneroof.nations.models import Party

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
CODES = ("HQ", "DNK", "NLD", "USA", "UKR")
WORDS = ("Falcon", "Granite", "Harbour", "Juniper", "Kestrel", "Lantern", "Meadow", "Orchard", "Pebble", "Quartz")
# Who looks: nobody of Denmark.
OBSERVERS = (
    ("NLD", "donor_representative"),
    ("NLD", "auditor"),
    ("NLD", "reader"),
    ("UKR", "recipient_officer"),
    ("HQ", "planner"),
    ("HQ", "administrator"),
    (None, "public"),
)
# Addresses that tell of the machine and not of records, with their own rules; the time of one's own sign-ins; and those
# that leave the house.
APART = re.compile(r"^/(metrics|healthz|static|me/sessions|accounts/(oidc|social|3rdparty|2fa/(totp|webauthn)))")

# Headers that tell the time of the answer, or carry the session.
CLOCKS = ("Set-Cookie", "Server-Timing", "Expires", "Last-Modified", "Date", "X-Request-Id")


class Bytes:
    """Random bytes from a seed in place of the system's."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)

    def __call__(self, size: int) -> bytes:
        """So many bytes."""
        return self.random.randbytes(size)


@dataclass
class World:
    """Parties, one viewer each, and what was made so far."""

    seed: int
    dice: random.Random
    parties: dict[str, Party] = field(default_factory=dict)
    viewers: dict[str, Viewer] = field(default_factory=dict)
    seats: dict[tuple[str, str], Secondment] = field(default_factory=dict)
    made: dict[str, list[Any]] = field(default_factory=dict)
    hidden: list[Any] = field(default_factory=list)
    parts: dict[Any, list[Any]] = field(default_factory=dict)  # by the record: details with keys of their own

    def keys(self, records: Iterable[Any]) -> list[str]:
        """Keys of records and of their parts."""
        return [str(one.pk) for record in records for one in (record, *self.parts.get(record.pk, ()))]

    def own(self, kind: str, owner: str) -> list[Any]:
        """Records of a kind that a party made before, whoever may see them: others may rest on them."""
        return [record for record in self.made.get(kind, []) if record.owner_id == self.parties[owner].pk]

    def word(self) -> str:
        """A word for a name or a code; hidden and shared records draw from the same."""
        return f"{self.dice.choice(WORDS)} {self.dice.randrange(1000)}"


Maker = Callable[[World, str, dict[str, Any]], Any]


@contextmanager
def still(seed: str) -> Iterator[None]:
    """Time stands still and random bytes come from a seed."""
    with patch("os.urandom", Bytes(seed)), patch("django.utils.timezone.now", lambda: NOW):
        yield


def settle(seed: int) -> World:
    """The parties and people that both worlds share."""
    world = World(seed, random.Random(seed))
    for code in CODES:
        kind = Party.Kind.HEADQUARTERS if code == "HQ" else Party.Kind.NATION
        world.parties[code] = Party.objects.create(code=code, name=code.title(), kind=kind)
    seats = [*OBSERVERS, ("DNK", "donor_representative"), ("USA", "donor_representative"), ("UKR", "planner")]
    for code, role in dict.fromkeys(seats):
        if code is not None:
            person = Person.objects.create(email=f"{role}@{code.lower()}.example", name=f"{role} {code}")
            world.seats[code, role] = Secondment.objects.create(
                person=person, party=world.parties[code], role=role, starts_on=date(2024, 7, 11)
            )
    for code in CODES:
        role = {"HQ": "planner", "UKR": "recipient_officer"}.get(code, "donor_representative")
        world.viewers[code] = viewer_of(world.seats[code, role])
    return world


def live(world: World, makers: dict[str, Maker], count: int) -> None:
    """Records released in all ways: to all, to a few, to nobody else, some under embargo."""
    for number in range(count):
        kind = world.dice.choice(sorted(makers))
        owner = world.dice.choice(CODES)
        friends = world.dice.sample(CODES, world.dice.randrange(len(CODES)))
        to = release_set(public=True) if world.dice.random() < 0.3 else release_set(world.parties[c] for c in friends)
        detail_to = to if to.public or world.dice.random() < 0.5 else release_set()
        embargo = world.dice.choice((None, None, NOW - timedelta(days=1), NOW + timedelta(days=1)))
        make(world, makers, kind, owner, f"S{number}", to=to, detail_to=detail_to, embargo_until=embargo)


def hide(world: World, makers: dict[str, Maker], count: int, to: ReleaseSet) -> None:
    """Denmark's records that no observer may know of, some changed and some removed again."""
    for kind in sorted(makers):
        for number in range(count):
            made = make(world, makers, kind, "DNK", f"H{number}", to=to, detail_to=to, embargo_until=None)
            if made is not None:
                world.hidden.append(made)


def make(world: World, makers: dict[str, Maker], kind: str, owner: str, code: str, **release: Any) -> Any:
    """One record by its owner's viewer, or None where nothing fits yet (a leg before there are nodes)."""
    viewer = world.viewers[owner]
    with looking(viewer), transaction.atomic():
        made = makers[kind](world, owner, {**release, "code": f"{code}-{kind}".upper()})
    if made is not None:
        world.made.setdefault(kind, []).append(made)
    return made


# --- What can be observed ---------------------------------------------------------------------------------------------


def browser(world: World, seat: tuple[str | None, str]) -> Client:
    """A browser of an observer."""
    client = Client(raise_request_exception=True)
    code, role = seat
    if code is not None:
        client.force_login(
            world.seats[code, role].person, backend="allauth.account.auth_backends.AuthenticationBackend"
        )
    return client


def patterns(resolver: URLResolver | None = None, before: str = "/") -> Iterator[str]:
    """Every address of the house, with its parameters in angle brackets."""
    for entry in (resolver or get_resolver()).url_patterns:
        here = before + str(entry.pattern).lstrip("^").rstrip("$").replace("\\Z", "")
        if isinstance(entry, URLPattern):
            yield here
        else:
            yield from patterns(entry, here)


def addresses(keys: list[str], kinds: list[str], words: list[str]) -> list[str]:
    """Addresses to ask for: every pattern, its parameters filled with every id and kind; lists also searched."""
    asked: list[str] = []
    for pattern in sorted(set(patterns())):
        if APART.match(pattern) or "(" in pattern:
            continue
        holes = re.findall(r"<(?:(\w+):)?(\w+)>", pattern)
        filled = [pattern]
        for sort, name in holes:
            hole = f"<{sort}:{name}>" if sort else f"<{name}>"
            fillings = keys if sort == "uuid" else [*kinds, *CODES] if sort in ("str", "slug", "") else ["1"]
            filled = [address.replace(hole, filling) for address in filled for filling in fillings]
        asked += filled
        if not holes or pattern.startswith("/choices/"):
            asked += [f"{address}?q={word}" for address in filled for word in words]
    return list(dict.fromkeys(asked))


def observe(client: Client, asked: list[str], limit: int) -> dict[str, tuple[Any, ...]]:
    """What each address answers, and each address that an answer links to, up to a number of answers."""
    seen: dict[str, tuple[Any, ...]] = {}
    waiting = list(asked)
    while waiting and len(seen) < limit:
        address = waiting.pop(0)
        if address in seen:
            continue
        response = client.get(address)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        headers = tuple(sorted((k, v) for k, v in response.headers.items() if k not in CLOCKS))
        seen[address] = (response.status_code, headers, masked(content))
        if response.status_code == 200:
            waiting += [a for a in links(content.decode(errors="replace")) if a not in seen and not APART.match(a)]
    return seen


def masked(content: bytes) -> bytes:
    """An answer without what changes from request to request: tokens against forged forms, nonces."""
    content = re.sub(rb'(csrfmiddlewaretoken" value=")[^"]+', rb"\1", content)
    content = re.sub(rb'(X-CSRFToken"?: ?"?)\w+', rb"\1", content)
    return re.sub(rb'nonce="[^"]+"', b'nonce=""', content)


def links(page: str) -> list[str]:
    """Addresses of the house that a page or an answer of the API leads to, without those that end the session."""
    found = re.findall(r'(?:href|src|hx-get|data-[a-z-]*url)="(/[^"#]*)"', page)
    found += [re.sub(r"^https?://[^/]+", "", a) for a in re.findall(r'"next": ?"([^"]+)"', page)]
    return [a.replace("&amp;", "&") for a in found if "logout" not in a]


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """What two observations tell apart, in words with the first differing place."""
    told = [f"{a}: only in one world" for a in sorted(one.keys() ^ other.keys())]
    both = sorted(one.keys() & other.keys())
    return told + [f"{a}: {first_difference(one[a], other[a])}" for a in both if one[a] != other[a]]


def first_difference(one: tuple[Any, ...], other: tuple[Any, ...]) -> str:
    """Where two answers part, with some text around it."""
    if one[:2] != other[:2]:
        return f"{one[:2]} | {other[:2]}"
    alike = (a == b for a, b in zip(one[2], other[2], strict=False))
    place = next((n for n, same in enumerate(alike) if not same), min(len(one[2]), len(other[2])))
    return f"...{one[2][max(0, place - 60) : place + 60]!r} | {other[2][max(0, place - 60) : place + 60]!r}"
