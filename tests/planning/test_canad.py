"""Published multicommodity instances (CANAD, Crainic, Frangioni and Gendron 2001) as one week of deliveries.

Every arc is a leg of one day, so a way has at most six legs; the judge is a linear program of flows by number of legs.
Fixed costs have no place in the planning model and serve only to check that the files are read rightly.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from oneroof.planning.problem import Problem
from oneroof.planning.solve import Search
from oneroof.planning.tables import Tables
from tests.planning.tiny import date, read
from tests.shared import SHARED, needs_shared

CANAD = SHARED / "data" / "benchmarks" / "canad"
NAMES = ("c33", "c35", "c36", "c41")
POINTS = 500.0  # per unit: more than six of the dearest arcs cost
HOPS = 6

pytestmark = needs_shared


@dataclass(frozen=True)
class Instance:
    """A network: arcs (from, to, cost, capacity, fixed cost) and commodities (origin, destination, quantity)."""

    nodes: int
    arcs: NDArray[np.int64]  # (arcs, 5); nodes count from 0
    commodities: NDArray[np.int64]  # (commodities, 3)


def read_instance(path: Path) -> Instance:
    """A .dow file: MULTIGEN.DAT, sizes, arcs (from, to, cost, capacity, fixed cost, two unused), commodities."""
    head, *lines = path.read_text().splitlines()
    assert head.startswith("MULTIGEN.DAT")
    numbers = [[int(word) for word in line.split()] for line in lines if line.strip()]
    nodes, arcs, commodities = numbers[0]
    assert len(numbers) == 1 + arcs + commodities
    ends = np.array(numbers[1 : 1 + arcs])[:, :5] - np.array([1, 1, 0, 0, 0])
    return Instance(nodes, ends, np.array(numbers[1 + arcs :]) - np.array([1, 1, 0]))


def incidence(nodes: int, arcs: NDArray[np.int64]) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    """(nodes, arcs) which arcs leave and which enter each node."""
    one, place = np.ones(len(arcs)), np.arange(len(arcs))
    shape = nodes, len(arcs)
    return sparse.csr_matrix((one, (arcs[:, 0], place)), shape), sparse.csr_matrix((one, (arcs[:, 1], place)), shape)


def strong_relaxation(x: Instance) -> float:
    """The linear relaxation of the fixed-charge design problem with a cut for every arc and commodity."""
    arcs, goods = len(x.arcs), len(x.commodities)
    leave, enter = incidence(x.nodes, x.arcs)
    balance = sparse.hstack([sparse.kron(sparse.eye(goods), leave - enter), sparse.csr_matrix((goods * x.nodes, arcs))])
    supply = np.zeros((goods, x.nodes))
    supply[np.arange(goods), x.commodities[:, 0]] += x.commodities[:, 2]
    supply[np.arange(goods), x.commodities[:, 1]] -= x.commodities[:, 2]
    opened = sparse.kron(x.commodities[:, 2:], sparse.eye(arcs))
    weak = sparse.hstack(
        [sparse.kron(np.ones((1, goods)), sparse.eye(arcs)), -sparse.diags(x.arcs[:, 3].astype(float))]
    )
    strong = sparse.hstack([sparse.eye(goods * arcs), -opened])
    found = linprog(
        np.concatenate([np.tile(x.arcs[:, 2], goods), x.arcs[:, 4]]),
        A_ub=sparse.vstack([weak, strong]).tocsr(),
        b_ub=np.zeros(arcs + goods * arcs),
        A_eq=balance.tocsr(),
        b_eq=supply.ravel(),
        bounds=[(0, None)] * (goods * arcs) + [(0, 1)] * arcs,
    )
    return float(found.fun)


def best_week(x: Instance) -> tuple[float, float]:
    """The most that points less cost can be with ways of at most six arcs, and the cost there."""
    arcs, goods = len(x.arcs), len(x.commodities)
    leave, enter = incidence(x.nodes, x.arcs)
    flows = goods * HOPS * arcs  # by commodity, number of legs before, arc
    layer = sparse.kron(sparse.eye(HOPS + 1, HOPS), leave) - sparse.kron(sparse.eye(HOPS + 1, HOPS, -1), enter)
    balance = sparse.kron(sparse.eye(goods), layer).tocsc()  # rows by commodity, legs ridden, node
    rows = (np.arange(goods)[:, None] * (HOPS + 1) + np.arange(HOPS + 1)) * x.nodes
    begin = rows[:, 0] + x.commodities[:, 0]
    arrive = (rows + x.commodities[:, 1:2]).ravel()
    one, count = np.ones, goods * (HOPS + 1)
    start = sparse.csc_matrix((-one(goods), (begin, np.arange(goods))), (balance.shape[0], goods))
    end = sparse.csc_matrix((one(count), (arrive, np.arange(count))), (balance.shape[0], count))
    on_arc = sparse.kron(one((1, goods * HOPS)), sparse.eye(arcs))
    cost = np.concatenate([np.tile(x.arcs[:, 2], goods * HOPS), np.zeros(goods + count)]).astype(float)
    gain = np.concatenate([np.zeros(flows + goods), np.full(count, POINTS)])
    found = linprog(
        cost - gain,
        A_ub=sparse.hstack([on_arc, sparse.csr_matrix((arcs, goods + count))]).tocsr(),
        b_ub=x.arcs[:, 3],
        A_eq=sparse.hstack([balance, start, end]).tocsr(),
        b_eq=np.zeros(balance.shape[0]),
        bounds=[(0, None)] * flows + [(0, int(q)) for q in x.commodities[:, 2]] + [(0, None)] * count,
    )
    assert found.status == 0
    return -float(found.fun), float(cost @ found.x)


def one_week(x: Instance) -> Tables:
    """The instance as a problem: an item, an offer and a requirement for every commodity."""
    place = {"nation": "DEU", "kind": "hub", "latitude": 50, "longitude": 20}
    kind = {"unit": "tonne", "tonnes_per_unit": 1, "value_per_unit": 0, "whole_units": "no"}
    rows: dict[str, list[dict[str, object]]] = {"nations": [{"nation": "DEU"}]}
    rows["nodes"] = [{"node": f"N{i}"} | place for i in range(x.nodes)]
    rows["legs"] = [
        {"leg": f"L{i}", "origin": f"N{a}", "destination": f"N{b}", "mode": "road", "days": 1}
        | {"cost_per_tonne": cost, "tonnes_per_week": capacity}
        for i, (a, b, cost, capacity, _) in enumerate(x.arcs.tolist())
    ]
    goods = list(enumerate(x.commodities.tolist()))
    rows["items"] = [{"item": f"I{i}"} | kind for i, _ in goods]
    rows["offers"] = [
        {"offer": f"O{i}", "donor": "DEU", "item": f"I{i}", "quantity": q, "node": f"N{a}", "stage": "committed"}
        for i, (a, _, q) in goods
    ]
    rows["requirements"] = [
        {"requirement": f"R{i}", "item": f"I{i}", "quantity": q, "node": f"N{b}", "due": date(6), "priority": 1}
        | {"points_per_unit": POINTS}
        for i, (_, b, q) in goods
    ]
    return read({"weeks": 1}, rows)


@pytest.mark.parametrize("name", NAMES)
def test_files_are_read_rightly(name: str) -> None:
    with (CANAD / "canad_verified.csv").open() as file:
        known = {row["instance"]: row for row in csv.DictReader(file) if row["kind"] == "strong LP relaxation"}
    stated = float(known[f"{name}.dow"]["objective"])
    assert strong_relaxation(read_instance(CANAD / f"{name}.dow")) == pytest.approx(stated, rel=1e-9)


@pytest.mark.parametrize("name", NAMES)
def test_bound_and_objective_meet_the_optimum_of_published_instances(name: str) -> None:
    instance = read_instance(CANAD / f"{name}.dow")
    best, cost = best_week(instance)
    found = Search(Problem.of(one_week(instance))).run(1e-7, time_limit=60)
    assert cost > 0
    assert found.bound == pytest.approx(best, abs=1e-6 * cost)  # a millionth of the cost, not only of the points
    assert found.objective == pytest.approx(best, abs=1e-6 * cost)
