"""The public world of July 2024 as records: parties, partnerships, coalitions, groups; the tables beside this file.

Each row names its source by its key in ``oneroof/sources/sources.csv``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from oneroof.journal.actions import Actor
from oneroof.nations.actions import Place, add_coalition, add_group, add_partnership, add_party
from oneroof.nations.models import Coalition, Group, Partnership, Party
from oneroof.nations.names import short_name, ukrainian_name

WHY = "Reference data"


@dataclass(frozen=True)
class Filled:
    """How many records a filling added, and how many were there before it."""

    count_added: int = 0
    count_unchanged: int = 0

    def __add__(self, other: Filled) -> Filled:
        return Filled(self.count_added + other.count_added, self.count_unchanged + other.count_unchanged)


def table(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file by its header."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(name: str) -> list[dict[str, str]]:
    """The rows of a table of nations: parties, partnerships, coalitions, coalition_members, groups."""
    return table(Path(__file__).parent / f"{name}.csv")


def day(text: str) -> date | None:
    """A day of a table, or None where it is empty."""
    return date.fromisoformat(text) if text else None


def fill(by: Actor) -> Filled:
    """Enter what is not there yet, through actions; what is there stays as it is, so a second filling changes nothing.

    A headquarters is entered only where no party is one. Raises `Refused` where ``by`` may not write parties.
    """
    told = _parties(by)
    known = {party.code: party for party in Party.objects.all()}
    return told + _partnerships(by, known) + _coalitions(by, known) + _groups(by, known)


def _parties(by: Actor) -> Filled:
    known = {party.code: party for party in Party.objects.all()}
    office = any(party.kind == Party.Kind.HEADQUARTERS for party in known.values())
    added = unchanged = 0
    for row in rows("parties"):
        if row["code"] in known or (office and row["kind"] == Party.Kind.HEADQUARTERS):
            unchanged += 1
            continue
        known[row["code"]] = add_party(
            by,
            code=row["code"],
            kind=row["kind"],
            name=row["name"] or short_name(row["code"]),
            name_uk=row["name_uk"] or ukrainian_name(row["code"]),
            part_of=known[row["part_of"]] if row["part_of"] else None,
            starts_on=day(row["starts_on"]),
            ends_on=day(row["ends_on"]),
            why=WHY,
        )
        added += 1
    return Filled(added, unchanged)


def _partnerships(by: Actor, known: dict[str, Party]) -> Filled:
    there = set(Partnership.objects.values_list("party__code", "body__code", "kind"))
    wanted = {}
    for row in rows("partnerships"):
        wanted[row["party"], body_of(row["body"], known), row["kind"]] = row
    for (party, body, kind), row in wanted.items():
        if (party, body, kind) not in there:
            period = {"starts_on": day(row["starts_on"]), "ends_on": day(row["ends_on"])}
            fields = {"party": known[party], "body": known[body], "kind": kind, "note": row["note"], **period}
            add_partnership(by, **fields, why=WHY)
    return _counted(wanted, there)


def body_of(code: str, known: dict[str, Party]) -> str:
    """The code of a body in this house: where its headquarters has another code than the tables', that one."""
    if code in known:
        return code
    return next(party.code for party in known.values() if party.kind == Party.Kind.HEADQUARTERS)


def _coalitions(by: Actor, known: dict[str, Party]) -> Filled:
    there = set(Coalition.objects.values_list("code", flat=True))
    members: dict[str, list[Place]] = {}
    for row in rows("coalition_members"):
        place = Place(known[row["party"]], row["lead"] == "yes", day(row["starts_on"]), day(row["ends_on"]))
        members.setdefault(row["coalition"], []).append(place)
    wanted = {row["code"]: row for row in rows("coalitions")}
    for code, row in wanted.items():
        if code not in there:
            names = {"name": row["name"], "name_uk": row["name_uk"]}
            add_coalition(by, code=code, members=members[code], starts_on=day(row["starts_on"]), why=WHY, **names)
    return _counted(wanted, there)


def _groups(by: Actor, known: dict[str, Party]) -> Filled:
    there = set(Group.objects.values_list("name", flat=True))
    wanted = {row["name"]: row for row in rows("groups")}
    for name, row in wanted.items():
        if name not in there:
            members = [known[code] for code in row["members"].split()]
            add_group(by, name=name, name_uk=row["name_uk"], members=members, why=WHY)
    return _counted(wanted, there)


def _counted(wanted: Iterable[Any], there: set[Any]) -> Filled:
    keys = set(wanted)
    return Filled(len(keys - there), len(keys & there))
