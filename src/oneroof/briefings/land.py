"""Land and borders of a map as path data: projected once for all drawings, and only what a drawing shows is cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from oneroof.briefings.boundaries import Boundaries
from oneroof.briefings.pictures import path

Points = NDArray[np.float64]  # (points, 2)
Projection = Callable[[Points], Points]  # longitude, latitude in degrees -> x to the east, y to the south, any unit
Box = tuple[float, float, float, float]  # left, top, right, bottom

FAR_SOUTH = -58.0  # degrees: land all of which lies beyond is not drawn on the world map
BESIDE = 20.0  # units around a drawing in which borders are still drawn
LEAST = 1.5  # units below which an outline is too small to see
ROUND = 60.0  # widths of the drawing beyond which an outline lies around the far side of the globe


class Sketch:
    """Boundaries in a projection without an edge; drawings differ only in how they fit it in (see Frame)."""

    def __init__(self, land: Boundaries, projection: Projection) -> None:
        self.land = land
        first = np.cumsum([0, *(len(arc) for arc in land.arcs)])
        joined = projection(np.concatenate(land.arcs))
        self.arcs = np.split(joined, first[1:-1])
        self.low, self.high = (
            bound.reduceat(joined, first[:-1], axis=0) for bound in (np.minimum, np.maximum)
        )  # (arcs, 2)

    def outlines(self, fit: Projection, width: float, height: float) -> Iterator[tuple[str, str]]:
        """The path of every ring that can be seen, with its country."""
        low, high = fit(self.low), fit(self.high)
        seen = (high > 0).all(axis=1) & (low < [width, height]).all(axis=1)
        thin: dict[int, Points] = {}
        for code, polygons in sorted(self.land.countries.items()):
            for ring in (ring for polygon in polygons for ring in polygon):
                arcs = [a if a >= 0 else ~a for a in ring]
                if _is_hidden(low[arcs].min(axis=0), high[arcs].max(axis=0), width, height):
                    continue
                for a in arcs:
                    if a not in thin:
                        fitted = fit(self.arcs[a])
                        thin[a] = thinned(fitted) if seen[a] else fitted[[0, -1]]
                pieces = [thin[a] if a >= 0 else thin[~a][::-1] for a in ring]
                outline = np.concatenate([pieces[0], *(piece[1:] for piece in pieces[1:])])
                yield code, ring_path(outline, width, height)

    def borders(self, fit: Projection, width: float, height: float) -> str:
        """The path of the borders that lie in the drawing."""
        low, high = fit(self.low), fit(self.high)
        near = (high > -BESIDE).all(axis=1) & (low < np.array([width, height]) + BESIDE).all(axis=1)
        lines = (thinned(fit(self.arcs[a])) for a in self.land.shared() if near[a])
        return "".join(_line_path(line, width, height) for line in lines)


class FlatSketch(Sketch):
    """Boundaries in a projection with an edge at 180 degrees: what crosses it is drawn on both sides."""

    def __init__(self, land: Boundaries, projection: Projection) -> None:
        super().__init__(land, projection)
        self.rings: list[tuple[str, Points]] = []
        for code, polygons in sorted(land.countries.items()):
            for ring in (ring for polygon in polygons for ring in polygon):
                points = land.outline(ring).copy()
                points[:, 0] = np.degrees(np.unwrap(np.radians(points[:, 0])))
                if points[:, 1].max() < FAR_SOUTH:
                    continue
                low, high = points[:, 0].min(), points[:, 0].max()
                for shift in (-360.0, 0.0, 360.0):
                    if low + shift < 180 and high + shift > -180:
                        self.rings.append((code, projection(points + np.array([shift, 0.0]))))

    def outlines(self, fit: Projection, width: float, height: float) -> Iterator[tuple[str, str]]:
        """The path of every ring that can be seen, with its country."""
        for code, ring in self.rings:
            outline = fit(ring)
            if not _is_hidden(outline.min(axis=0), outline.max(axis=0), width, height):
                yield code, ring_path(thinned(outline), width, height)


def thinned(line: Points) -> Points:
    """The line without points that lie within one unit of the last one kept; both ends stay."""
    kept = [0]
    x, y = line[:, 0].tolist(), line[:, 1].tolist()
    last_x, last_y = x[0], y[0]
    for i in range(1, len(x) - 1):
        if abs(x[i] - last_x) + abs(y[i] - last_y) > 1.0:
            kept.append(i)
            last_x, last_y = x[i], y[i]
    return line[[*kept, len(x) - 1]]


def _is_hidden(low: Points, high: Points, width: float, height: float) -> bool:
    """Whether what lies between two corners is outside a drawing or too small to see."""
    if (high < 0).any() or low[0] > width or low[1] > height:
        return True
    return bool((high - low).max() < LEAST)


def ring_path(points: Points, width: float, height: float) -> str:
    """A ring as a path, cut to the drawing; nothing for what lies outside or is too small to see."""
    low, high = points.min(axis=0), points.max(axis=0)
    if _is_hidden(low, high, width, height) or (high - low).max() > ROUND * width:
        return ""
    box = (-4.0, -4.0, width + 4, height + 4)
    if (low >= box[:2]).all() and (high <= box[2:]).all():
        return path(points.tolist(), closed=True) if len(points) > 2 else ""
    cut = clipped(points.tolist(), box)
    return path(cut, closed=True) if len(cut) > 2 else ""


def clipped(points: list[list[float]], box: Box) -> list[list[float]]:
    """A polygon cut to a box (Sutherland and Hodgman 1974)."""
    for axis_, edge, sign in ((0, box[0], 1), (0, box[2], -1), (1, box[1], 1), (1, box[3], -1)):
        kept: list[list[float]] = []
        before = points[-1] if points else []
        for here in points:
            was, now = sign * (before[axis_] - edge) >= 0, sign * (here[axis_] - edge) >= 0
            if was != now:
                t = (edge - before[axis_]) / (here[axis_] - before[axis_])
                kept.append([b + t * (h - b) for b, h in zip(before, here, strict=True)])
            if now:
                kept.append(here)
            before = here
        points = kept
    return points


def _line_path(line: Points, width: float, height: float) -> str:
    """The parts of a line that lie in the drawing."""
    inside = ((line > -BESIDE) & (line < np.array([width + BESIDE, height + BESIDE]))).all(axis=1)
    cuts = np.flatnonzero(np.diff(inside.astype(int))) + 1
    runs = zip(np.split(line, cuts), np.split(inside, cuts), strict=True)
    return "".join(path(run.tolist(), closed=False) for run, seen in runs if seen[0] and len(run) > 1)
