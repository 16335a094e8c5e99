"""Liaison posts and points of contact that are publicly known; the tables beside this file name their sources."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from oneroof.access.actions import release_set
from oneroof.access.viewer import Viewer
from oneroof.nations.models import Party
from oneroof.nations.reference import WHY, Filled, body_of, day, table
from oneroof.staffing.actions import add_contact, add_liaison_post, move_liaison_post
from oneroof.staffing.models import ContactPoint, LiaisonPost

HERE = Path(__file__).parent


def fill(by: Viewer) -> Filled:
    """Enter what the viewer's party does not have yet, public, through actions; a second filling changes nothing.

    Fill nations first.
    """
    known = {party.code: party for party in Party.objects.all()}
    return _contacts(by, known) + _posts(by, known)


def _contacts(by: Viewer, known: dict[str, Party]) -> Filled:
    own = ContactPoint.objects.visible_to(by).filter(owner=by.party)
    there = set(own.values_list("code", flat=True))
    wanted = {row["code"]: row for row in table(HERE / "contact_points.csv")}
    for code, row in wanted.items():
        if code not in there:
            words = {"function": row["function"], "function_uk": row["function_uk"]}
            period = {"starts_on": day(row["starts_on"]), "ends_on": day(row["ends_on"])}
            party = known[body_of(row["party"], known)]
            add_contact(by, to=release_set(public=True), code=code, party=party, why=WHY, **words, **period)
    return Filled(len(wanted.keys() - there), len(wanted.keys() & there))


def _posts(by: Viewer, known: dict[str, Party]) -> Filled:
    own = LiaisonPost.objects.visible_to(by).filter(owner=by.party)
    there = set(own.values_list("code", flat=True))
    wanted = {row["code"]: row for row in table(HERE / "liaison_posts.csv")}
    for code, row in wanted.items():
        if code not in there:
            _post(by, known, row)
    return Filled(len(wanted.keys() - there), len(wanted.keys() & there))


def _post(by: Viewer, known: dict[str, Party], row: dict[str, str]) -> None:
    """One post with its steps: ``proposed 2023-06-07 First reports | shelved 2024-07-11``."""
    everybody = release_set(public=True)
    steps = [step.strip().split(" ", 2) for step in row["steps"].split("|")]
    (status, on, *note), *more = steps
    words = {name: row[name] for name in ("code", "function", "function_uk", "place", "place_uk")}
    post = add_liaison_post(
        by,
        to=everybody,
        detail_to=everybody,
        sender=known[row["sender"]],
        host=known[row["host"]],
        status=status,
        on=date.fromisoformat(on),
        note=" ".join(note),
        detail={"holder": row["holder"]} if row["holder"] else None,
        why=WHY,
        **words,
    )
    for status, on, *note in more:
        move_liaison_post(by, post, status, on=date.fromisoformat(on), note=" ".join(note))
