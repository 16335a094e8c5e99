"""The examples that ship with the planner: they read without a fault and say true and sourced things."""

import csv
import math
import tomllib
from pathlib import Path

import pycountry
import pytest

from oneroof.planning import tables

EXAMPLES = Path(__file__).parents[1] / "examples"
WASHINGTON = EXAMPLES / "washington-2024"
ALLIES = {"ALB", "BEL", "BGR", "CAN", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA"}
ALLIES |= {"GBR", "GRC", "HRV", "HUN", "ISL", "ITA", "LTU", "LUX", "LVA", "MKD", "MNE"}
ALLIES |= {"NLD", "NOR", "POL", "PRT", "ROU", "SVK", "SVN", "SWE", "TUR", "USA"}
KM_PER_DAY = {"road": 500, "rail": 350, "sea": 600, "air": 9000}  # of the great circle, at most
UNSERVED_ON_PURPOSE = {  # nobody offers the item, or only with a consent still pending
    "R-ART-105-PALLET-DNIPRO",
    "R-ARTILLERY-RADAR-KHARKIV",
    "R-COUNTER-DRONE-SET-KYIV",
    "R-FLIGHT-SIMULATOR-FETESTI",
    "R-GUN-35MM-PALLET-KYIV",
    "R-PONTOON-BRIDGE-SET-DNIPRO",
    "R-TANK-105-PALLET-DNIPRO",
    "R-TANK-120-PALLET-KHARKIV",
}


def rows(table: str, folder: Path = WASHINGTON) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kilometres(a: dict[str, str], b: dict[str, str]) -> float:
    """The great-circle distance."""
    p, q = math.radians(float(a["latitude"])), math.radians(float(b["latitude"]))
    east = math.radians(float(b["longitude"]) - float(a["longitude"]))
    half = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(east / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(half))


def reachable(origin: str, item: dict[str, str], not_via: set[str]) -> set[str]:
    """The nodes that one unit of the item can reach over legs wide enough for it, whatever the days."""
    nodes = {row["node"]: row for row in rows("nodes")}
    unit = float(item["tonnes_per_unit"])
    legs = [
        leg
        for leg in rows("legs")
        if not (item["explosives"] == "yes" and leg["explosives"] == "no")
        and nodes[leg["destination"]]["nation"] not in not_via
        and float(leg["tonnes_per_week"] or "inf") >= unit
        and float(nodes[leg["origin"]]["handling_tonnes_per_week"] or "inf") >= unit
    ]
    found, edge = {origin}, [origin]
    while edge:
        node = edge.pop()
        for leg in legs:
            if leg["origin"] == node and leg["destination"] not in found:
                found.add(leg["destination"])
                edge.append(leg["destination"])
    return found


@pytest.mark.parametrize("name", ["one-hub-winter", "washington-2024"])
def test_an_example_reads_without_a_fault(name: str) -> None:
    read = tables.read(EXAMPLES / name)
    assert read.rows["requirements"]
    assert read.settings["illustrative"]


@pytest.mark.parametrize("name", ["one-hub-winter", "washington-2024"])
def test_rows_of_an_example_are_sorted_by_key_and_end_with_line_feeds(name: str) -> None:
    for path in sorted((EXAMPLES / name).glob("*.csv")):
        text = path.read_bytes().decode("utf-8")
        assert text.endswith("\n"), path.name
        assert "\r" not in text, path.name
        read = tables.read(EXAMPLES / name).rows[path.stem]
        columns = next(csv.reader(text.splitlines()))
        assert [[row[c] for c in columns] for row in read] == list(csv.reader(text.splitlines()))[1:], path.name


@pytest.mark.parametrize("name", ["one-hub-winter", "washington-2024"])
def test_every_nation_is_an_iso_code_or_the_european_union(name: str) -> None:
    codes = {country.alpha_3 for country in pycountry.countries} | {"EUU"}
    assert {row["nation"] for row in rows("nations", EXAMPLES / name)} <= codes


def test_all_32_allies_take_part_and_every_one_offers_something() -> None:
    assert len(ALLIES) == 32
    assert {row["nation"] for row in rows("nations")} >= ALLIES
    assert {row["donor"] for row in rows("offers")} >= ALLIES


def test_the_small_example_is_small() -> None:
    count = {path.stem: len(rows(path.stem, EXAMPLES / "one-hub-winter")) for path in EXAMPLES.glob("one-*/*.csv")}
    assert (count["nodes"], count["legs"], count["items"]) == (5, 8, 6)
    assert (count["offers"], count["requirements"], count["packages"]) == (8, 7, 1)


def test_days_of_a_leg_agree_with_the_distance() -> None:
    nodes = {row["node"]: row for row in rows("nodes")}
    for leg in rows("legs"):
        distance, days = kilometres(nodes[leg["origin"]], nodes[leg["destination"]]), int(leg["days"])
        assert distance <= KM_PER_DAY[leg["mode"]] * days, leg["leg"]
        slack = {"road": 1, "rail": 2, "air": 1, "sea": 4}[leg["mode"]]
        slowest = {"road": 300, "rail": 200, "air": 9000, "sea": 600}[leg["mode"]]
        detour = 3.5 if leg["mode"] == "sea" else 1.0  # round the Cape of Good Hope, not through Suez
        assert days <= distance * detour / slowest + slack, leg["leg"]


def test_cost_of_a_leg_grows_with_distance() -> None:
    nodes = {row["node"]: row for row in rows("nodes")}
    per_kilometre = {"road": 0.12, "rail": 0.06, "sea": 0.02, "air": 0.9}
    for leg in rows("legs"):
        distance = kilometres(nodes[leg["origin"]], nodes[leg["destination"]])
        assert float(leg["cost_per_tonne"]) >= per_kilometre[leg["mode"]] * distance, leg["leg"]


def test_wagons_change_gauge_on_a_leg_of_its_own() -> None:
    gauge = [leg for leg in rows("legs") if leg["destination"] == leg["origin"] + "-1520"]
    assert len(gauge) == 6
    for leg in gauge:
        assert leg["mode"] == "rail"
        assert int(leg["days"]) in (1, 2)
        assert float(leg["tonnes_per_week"]) > 0


def test_nothing_explosive_leaves_hungary() -> None:
    nation = {row["node"]: row["nation"] for row in rows("nodes")}
    leaving = [leg for leg in rows("legs") if nation[leg["origin"]] == "HUN"]
    assert leaving
    assert {leg["explosives"] for leg in leaving} == {"no"}


def test_every_requirement_can_be_reached_from_an_offer_of_every_item_it_needs() -> None:
    items = {row["item"]: row for row in rows("items")}
    substitutes, parts = rows("substitutes"), rows("package_parts")
    usable = [row for row in rows("offers") if row["stage"] != "offered" and row["consent"] != "pending"]
    cache: dict[tuple[str, str, str], set[str]] = {}
    unserved = set()
    for requirement in rows("requirements"):
        if requirement["item"]:
            also = {row["substitute"] for row in substitutes if row["item"] == requirement["item"]}
            needs = [{requirement["item"]} | also]
        else:
            mine = [row for row in parts if row["package"] == requirement["package"] and row["kind"] == "item"]
            needs = [{row["part"]} for row in mine]
        for need in needs:
            hits = 0
            for offer in usable:
                if offer["item"] in need and offer["coalition_only"] in ("", requirement["coalition"]):
                    ask = offer["node"], offer["item"], offer["not_via"]
                    if ask not in cache:
                        cache[ask] = reachable(ask[0], items[ask[1]], set(filter(None, ask[2].split(";"))))
                    hits += requirement["node"] in cache[ask]
            if not hits:
                unserved.add(requirement["requirement"])
    assert unserved == UNSERVED_ON_PURPOSE


def test_every_usable_offer_can_leave_its_node_and_reach_the_recipient_or_a_requirement() -> None:
    items, nation = {row["item"]: row for row in rows("items")}, {row["node"]: row["nation"] for row in rows("nodes")}
    wanted = {row["node"] for row in rows("requirements")}
    for offer in rows("offers"):
        not_via = set(filter(None, offer["not_via"].split(";")))
        found = reachable(offer["node"], items[offer["item"]], not_via)
        assert nation[offer["node"]] == "UKR" or found & wanted, offer["offer"]


def test_pins_hold_offers_and_requirements_of_the_same_item_in_reach() -> None:
    items, offers = {row["item"]: row for row in rows("items")}, {row["offer"]: row for row in rows("offers")}
    requirements = {row["requirement"]: row for row in rows("requirements")}
    parts = {(row["package"], row["part"]) for row in rows("package_parts")}
    for pin in rows("pins"):
        offer, requirement = offers[pin["offer"]], requirements[pin["requirement"]]
        assert offer["item"] == requirement["item"] or (requirement["package"], offer["item"]) in parts
        assert requirement["node"] in reachable(offer["node"], items[offer["item"]], set()), pin["offer"]


def test_sources_name_every_agreement_used_and_every_publisher_listed() -> None:
    text = (WASHINGTON / "SOURCES.md").read_text(encoding="utf-8")
    used = {row["agreement"] for row in rows("offers") if row["agreement"]}
    assert len(used) > 20
    for agreement in used:
        assert agreement in text, agreement
    settings = tomllib.loads((WASHINGTON / "problem.toml").read_text(encoding="utf-8"))
    for source in settings["sources"]:
        assert source.rsplit(" ", 1)[-1] in text, source


def test_sources_account_for_every_table_as_public_or_illustrative() -> None:
    text = (WASHINGTON / "SOURCES.md").read_text(encoding="utf-8")
    settings = tomllib.loads((WASHINGTON / "problem.toml").read_text(encoding="utf-8"))
    for path in WASHINGTON.glob("*.csv"):
        assert f"`{path.stem}`" in text, path.stem
    assert set(settings["illustrative"]) <= {path.stem for path in WASHINGTON.glob("*.csv")}
    for fund in rows("funds"):
        assert f"`{fund['fund']}`" in text, fund["fund"]
