"""Country boundaries on recognised borders: reading them, and finding the country of a point."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "boundaries"

Line = NDArray[np.float64]  # (points, 2) longitude and latitude in degrees
Ring = tuple[int, ...]  # arcs one after another; ~i is arc i backwards
Polygon = tuple[Ring, ...]  # the outer ring, then holes


@dataclass(frozen=True)
class Boundaries:
    """Arcs shared by countries, and every country (ISO 3166-1 alpha-3) as polygons made of them."""

    credit: str
    arcs: tuple[Line, ...]
    countries: dict[str, tuple[Polygon, ...]]

    def outline(self, ring: Ring) -> Line:
        """The points of a ring in order, the first again at the end."""
        pieces = [self.arcs[a] if a >= 0 else self.arcs[~a][::-1] for a in ring]
        return np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])

    def borders(self) -> list[Line]:
        """The arcs that two countries share: land borders without coasts."""
        return [self.arcs[arc] for arc in self.shared()]

    def shared(self) -> list[int]:
        """Which arcs two countries share."""
        owners: dict[int, set[str]] = {}
        for code, polygons in self.countries.items():
            for arc in (a for polygon in polygons for ring in polygon for a in ring):
                owners.setdefault(arc if arc >= 0 else ~arc, set()).add(code)
        return [arc for arc in sorted(owners) if len(owners[arc]) > 1]

    def country_at(self, latitude: float, longitude: float) -> str | None:
        """The country in which a point lies (even-odd rule), None at sea."""
        for code, polygons in self.countries.items():
            rings = [self.outline(ring) for polygon in polygons for ring in polygon]
            if sum(_crossings(ring, latitude, longitude) for ring in rings) % 2:
                return code
        return None


def _crossings(ring: Line, latitude: float, longitude: float) -> int:
    """How often a ray from the point to the east crosses the ring."""
    x, y = ring[:, 0], ring[:, 1]
    spans = (y[:-1] > latitude) != (y[1:] > latitude)
    x0, x1, y0, y1 = x[:-1][spans], x[1:][spans], y[:-1][spans], y[1:][spans]
    return int(np.count_nonzero(longitude < (x1 - x0) * (latitude - y0) / (y1 - y0) + x0))


@cache
def read(resolution: str) -> Boundaries | None:
    """The boundaries at a resolution (``50m`` or ``110m``); None where they were not made (see `make setup`)."""
    path = FOLDER / f"{resolution}.json"
    if not path.is_file():
        return None
    found = json.loads(path.read_text(encoding="utf-8"))
    scale, shift = np.array(found["scale"]), np.array(found["translate"])
    arcs = tuple(np.cumsum(np.array(arc, dtype=np.float64), axis=0) * scale + shift for arc in found["arcs"])
    countries = {
        code: tuple(tuple(tuple(ring) for ring in polygon) for polygon in polygons)
        for code, polygons in found["countries"].items()
    }
    return Boundaries(found["credit"], arcs, countries)
