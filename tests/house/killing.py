"""Kill a server under write load, start it again, and look whether every promise was kept.

``python -m tests.house.killing --kills 100`` is the long form (`make check-killed`); on PostgreSQL through
``python -m tests.on_postgresql --run tests.house.killing --kills 100``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.house.served import House, house

WRITERS = 4
CSRF = "c" * 32


@dataclass
class Wanted:
    """An item that a client wants to add, under one Idempotency-Key until it is acknowledged."""

    code: str
    key: str
    tries: int = 0


@dataclass
class Load:
    """Clients that add items one after the other, each again with its key until the server says that it is kept."""

    session: str
    address: str = ""
    stopped: threading.Event = field(default_factory=threading.Event)
    acknowledged: dict[str, str] = field(default_factory=dict)  # code -> id
    replayed: int = 0
    retried: int = 0
    wrong: list[str] = field(default_factory=list)
    open: dict[int, Wanted] = field(default_factory=dict)

    def write(self, writer: int) -> None:
        """One client, until it is told to stop; what is not acknowledged then stays in ``open``."""
        while not self.stopped.is_set():
            wanted = self.open.setdefault(writer, Wanted(f"W{writer}-{uuid.uuid4().hex[:12]}", uuid.uuid4().hex))
            try:
                self._ask(writer, wanted)
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(0.01)

    def _ask(self, writer: int, wanted: Wanted) -> None:
        """Send one request; raises OSError, HTTPException or ValueError where the answer did not come whole."""
        self.retried += bool(wanted.tries)
        wanted.tries += 1
        body = {"code": wanted.code, "name": "Tent", "unit": "piece", "tonnes_per_unit": "0.25"}
        headers = {
            "Content-Type": "application/json",
            "Cookie": f"sessionid={self.session}; csrftoken={CSRF}",
            "X-CSRFToken": CSRF,
            "Idempotency-Key": wanted.key,
        }
        connection = http.client.HTTPConnection(urlsplit(self.address).netloc, timeout=30)
        try:
            connection.request("POST", "/api/v1/items", json.dumps(body), headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        if answer.status != 201:
            self.wrong.append(f"{answer.status} {told}")
            self.stopped.set()
            return
        self.replayed += answer.headers.get("Idempotent-Replayed") == "true"
        self.acknowledged[wanted.code] = told["id"]
        del self.open[writer]


@dataclass
class Found:
    """What was promised, what is there, and every promise that was not kept, in words."""

    kills: int
    acknowledged: int
    retried: int
    replayed: int
    items: int
    events: int
    faults: list[str]


def kill_and_look(kept: House, kills: int, seed: int) -> Found:
    """Load, kill, restart, ``kills`` times; then let every client finish, and compare what was told with what is."""
    chance = random.Random(seed)
    if "ONEROOF_OWNER_DATABASE_URL" in kept.env:
        done = kept.run("migrate")
        assert done.returncode == 0, done.stderr
    load = Load("")
    load.address = kept.start()
    load.session = kept.python("tests.house.prepare").strip()
    faults: list[str] = []
    with counting(kept) as count:
        for number in range(kills):
            _burst(load, chance.randint(3, 12), chance.uniform(0, 0.1), kept.kill)
            faults += [*load.wrong, *(f"after kill {number + 1}: {told}" for told in look(count(), load))]
            if faults:
                break
            load.address = kept.start()
        else:
            _burst(load, WRITERS, 0, lambda: None)
            faults += [*load.wrong, *look(count(), load)]
        there = count()
    return Found(
        kills, len(load.acknowledged), load.retried, load.replayed, len(there["items"]), there["number"], faults
    )


@contextmanager
def counting(kept: House) -> Iterator[Callable[[], dict[str, Any]]]:
    """A process of its own that looks at the house's tables whenever it is asked."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.house.count"]
    env = {**kept.env, "DJANGO_SETTINGS_MODULE": "oneroof.settings"}
    with subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as counter:
        assert counter.stdin is not None
        assert counter.stdout is not None

        def count() -> dict[str, Any]:
            counter.stdin.write("\n")
            counter.stdin.flush()
            return dict(json.loads(counter.stdout.readline()))

        yield count
        counter.stdin.close()


def _burst(load: Load, answers: int, more: float, end: Callable[[], None]) -> None:
    """All clients write until so many answers have come and some seconds more; then ``end``, while they still write."""
    load.stopped.clear()
    before = len(load.acknowledged)
    writers = [threading.Thread(target=load.write, args=(number,)) for number in range(WRITERS)]
    for writer in writers:
        writer.start()
    patience = time.monotonic() + 60
    while len(load.acknowledged) < before + answers and not load.wrong and time.monotonic() < patience:
        time.sleep(0.005)
    time.sleep(more)
    end()
    load.stopped.set()
    for writer in writers:
        writer.join()


def look(there: dict[str, Any], load: Load) -> list[str]:
    """Promises that were not kept: lost, doubled, half done, or a journal that is not whole."""
    items, events = there["items"], there["events"]
    faults = [f"acknowledged, but lost: {code}" for code, key in load.acknowledged.items() if items.get(key) != code]
    faults += [f"added twice: {code}" for code, number in Counter(items.values()).items() if number > 1]
    asked = {*load.acknowledged, *(wanted.code for wanted in load.open.values())}
    faults += [f"never asked for: {code}" for code in items.values() if code not in asked]
    faults += [f"record without its event: {key}" for key in items if events.get(key) != 1]
    faults += [f"event without its record: {key}" for key in events if key not in items]
    return faults + [f"the journal: {told}" for told in there["breaks"]]


def main(arguments: list[str]) -> int:
    """The long form: print what was found; 0 where every promise was kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="oneroof-killed-") as folder, house(Path(folder)) as kept:
        found = kill_and_look(kept, chosen.kills, chosen.seed)
    sys.stdout.write(
        f"{found.kills} kills, seed {chosen.seed}: {found.acknowledged:,} acknowledged, {found.retried:,} asked again, "
        f"{found.replayed:,} answered from before; {found.items:,} items, {found.events:,} events; "
        f"{len(found.faults)} promises broken\n"
    )
    for told in found.faults[:20]:
        sys.stdout.write(f"  {told}\n")
    return bool(found.faults)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
