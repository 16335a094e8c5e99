"""Who a donor of the tracker is, and from where its goods enter the reference network."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from oneroof.exchange.kiel.layout import plain
from oneroof.planning.faults import Fault, ProblemError
from oneroof.planning.tables import Row

KINDS = ("depot", "hub", "port", "railhead", "airfield")  # where goods wait, best first
SITES = ("UKR-KYIV", "UKR-LVIV")  # where the recipient receives, best first: Kyiv is reached from every donor


@dataclass(frozen=True)
class Donor:
    """A nation as the tracker spells it, and the nodes from which it ships, best first."""

    nation: str
    name: str
    nodes: tuple[str, ...]
    reason: str  # why these nodes, where they are another nation's


@cache
def spellings() -> dict[str, Donor]:
    """Plain spelling -> donor, from donors.csv."""
    content = resources.files(__package__).joinpath("donors.csv").read_text(encoding="utf-8")
    return {
        row["spelling"]: Donor(row["nation"], row["name"], tuple(row["nodes"].split(";")), row["reason"])
        for row in csv.DictReader(io.StringIO(content, newline=""))
    }


def donor_of(spelling: str) -> Donor | None:
    """The donor that a spelling names; accents, case and punctuation do not matter."""
    return spellings().get(plain(spelling).replace("ü", "u"))


class Network:
    """Nations, nodes and legs of a reference scenario."""

    def __init__(self, folder: Path) -> None:
        self.nations = _rows(folder, "nations")
        self.nodes = _rows(folder, "nodes")
        self.legs = _rows(folder, "legs")
        self._kinds = {row["node"]: row["kind"] for row in self.nodes}
        self._leaves = {row["origin"] for row in self.legs}

    def shipping_node(self, donor: Donor) -> tuple[str, str]:
        """The node from which a donor ships and why: its own where there is one, else the nearest sensible one."""
        for node in donor.nodes:
            if node in self._kinds:
                return node, donor.reason
        own = [row["node"] for row in self.nodes if row["nation"] == donor.nation and row["node"] in self._leaves]
        own = [node for node in own if self._kinds[node] in KINDS]
        if own:
            return min(own, key=lambda node: (KINDS.index(self._kinds[node]), node)), donor.reason
        hubs = sorted(node for node, kind in self._kinds.items() if kind == "hub")
        place = hubs[0] if hubs else sorted(self._kinds)[0]
        return place, f"the network has no node of {donor.name} nor the nearest one known; the goods start at {place}"

    def receiving_node(self) -> str:
        """The recipient's node of all requirements (illustrative: the tracker names none)."""
        for node in SITES:
            if node in self._kinds:
                return node
        ours = sorted((row["kind"] != "site", row["node"]) for row in self.nodes if row["nation"] == "UKR")
        return ours[0][1] if ours else sorted(self._kinds)[-1]


def _rows(folder: Path, table: str) -> list[Row]:
    """A table of the reference scenario; raises ProblemError where it is missing."""
    path = folder / f"{table}.csv"
    if not path.is_file():
        reason = f"the network in {folder} has no such table"
        raise ProblemError([Fault(table, 1, "", "", reason, "Install the package again, or give a whole network.")])
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [{name: (cell or "").strip() for name, cell in row.items()} for row in csv.DictReader(file)]
