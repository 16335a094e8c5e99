"""The public sources of the reference data, with what they say of it; the tables beside this file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from oneroof.access.actions import release_set
from oneroof.access.viewer import Viewer
from oneroof.nations.models import Coalition, Partnership, Party
from oneroof.nations.reference import WHY, Filled, body_of, day, rows, table
from oneroof.sources.actions import add_source, cite
from oneroof.sources.models import Citation, Source, citable

HERE = Path(__file__).parent
# How credible a row of the tables is where nothing else is said of it.
CREDIBILITY = Citation.Credibility.PROBABLE


def fill(by: Viewer) -> Filled:
    """Enter the sources and citations that the viewer's party does not have yet, public, through actions.

    Fill nations and staffing first: what is not there, or is not seen, is not cited. A second filling changes nothing.
    """
    return fill_sources(by) + _citations(by)


def fill_sources(by: Viewer) -> Filled:
    """Enter the sources alone."""
    there = own_sources(by)
    wanted = {row["url"]: row for row in table(HERE / "sources.csv")}
    everybody = release_set(public=True)
    for url, row in wanted.items():
        if url not in there:
            fields = {name: row[name] for name in ("publisher", "title", "language", "reliability", "note")}
            add_source(by, to=everybody, url=url, published_on=day(row["published_on"]), why=WHY, **fields)
    return Filled(len(wanted.keys() - there.keys()), len(wanted.keys() & there.keys()))


def own_sources(by: Viewer) -> dict[str, Source]:
    """The sources of the viewer's party by address."""
    return {source.url: source for source in Source.objects.visible_to(by).filter(owner=by.party).exclude(url="")}


def _citations(by: Viewer) -> Filled:
    """What the tables of nations and the table of citations say, each with its source."""
    found = own_sources(by)
    source_of = {row["key"]: found[row["url"]] for row in table(HERE / "sources.csv")}
    records = _records(by)
    everybody = release_set(public=True)
    there = set(
        Citation.objects.visible_to(by).filter(owner=by.party).values_list("source", "kind", "record", "about", "claim")
    )
    added = unchanged = 0
    for kind, code, about, claim, key, credibility in _said():
        record = records.get((kind, code))
        if record is None:
            continue
        if (source_of[key].pk, kind, record.pk, about, claim) in there:
            unchanged += 1
            continue
        graded = {"about": about, "claim": claim, "credibility": credibility}
        cite(by, record, to=everybody, source=source_of[key], why=WHY, **graded)
        added += 1
    return Filled(added, unchanged)


def _said() -> list[tuple[str, str, str, str, str, int]]:
    """Kind, code of the record, matter, claim, key of the source, credibility; each claim once."""
    told: dict[tuple[str, ...], int] = {}
    known = {party.code: party for party in Party.objects.all()}
    for row in rows("partnerships"):
        word = Partnership.Kind(row["kind"]).value.replace("_", "-")
        body = body_of(row["body"], known)
        period = " to ".join(filter(None, (row["starts_on"], row["ends_on"])))
        claim = ", ".join(filter(None, (f"{word}, {body}", f"from {period}" if period else "", row["note"])))
        told["party", row["party"], f"{word}, {body}", claim, row["source"]] = CREDIBILITY
    for row in rows("coalition_members"):
        word = "lead" if row["lead"] == "yes" else "member"
        told["party", row["party"], f"coalition {row['coalition']}", word, row["source"]] = CREDIBILITY
    for row in table(HERE / "citations.csv"):
        told[row["kind"], row["record"], row["about"], row["claim"], row["source"]] = int(row["credibility"])
    return [(*said, credibility) for said, credibility in told.items()]  # type: ignore[misc]


def _records(by: Viewer) -> dict[tuple[str, str], Any]:
    """The records that the tables cite, by kind and code; the headquarters also by the code of the tables."""
    told: dict[tuple[str, str], Any] = {("party", party.code): party for party in Party.objects.all()}
    known = {code: party for (_kind, code), party in told.items()}
    told["party", "NSATU"] = known[body_of("NSATU", known)]
    told |= {("coalition", coalition.code): coalition for coalition in Coalition.objects.all()}
    for kind in ("liaison_post", "contact_point"):
        visible = citable()[kind].objects.visible_to(by).filter(owner=by.party)
        told |= {(kind, record.code): record for record in visible}
    return told
