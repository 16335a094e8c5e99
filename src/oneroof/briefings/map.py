"""The map: nodes and flows on recognised borders, and a second one of the world where goods come from overseas."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from oneroof.briefings import boundaries
from oneroof.briefings.figures import FULL, Weekly, weekly_tonnes
from oneroof.briefings.land import FlatSketch, Points, Projection, Sketch
from oneroof.briefings.names import Names
from oneroof.briefings.pictures import NARROW, WIDE, Picture, drawing, element, fitted, number, path, text_width
from oneroof.briefings.words import Words
from oneroof.planning.plan import Plan
from oneroof.planning.problem import Problem

Box = tuple[float, float, float, float]  # left, top, right, bottom

NEAR = 34.0  # degrees from the middle of the requirements: what the first map shows
MOST_FLOWS = 160  # drawn; smaller ones are in the table


@dataclass(frozen=True)
class Flow:
    """Tonnes that a plan moves from one node to another, all legs and weeks together."""

    origin: int
    destination: int
    modes: tuple[str, ...]
    tonnes: float


@dataclass(frozen=True)
class Traffic:
    """What the map shows: flows, tonnes through each node, and how full each was in its fullest week."""

    flows: tuple[Flow, ...]  # largest first
    through: Points  # (nodes,) tonnes that leave or arrive, the larger
    peak: Points  # (nodes,) share of the limit in the fullest week, nan without limit
    full_weeks: tuple[int, ...]  # (nodes,)
    wanted: tuple[int, ...]  # nodes of requirements


@dataclass(frozen=True)
class Frame:
    """A projection fitted to a drawing: ``fit`` puts what is projected in its place."""

    project: Projection
    fit: Projection
    width: float
    height: float

    def places(self, problem: Problem) -> Points:
        """Where the nodes are drawn."""
        return self.project(_degrees(problem))


def traffic(problem: Problem, plan: Plan, weekly: Weekly | None = None) -> Traffic:
    """The traffic of a plan; ``weekly`` is from ``weekly_tonnes``, where it is known already."""
    legs, nodes = problem.legs, problem.nodes
    by_leg, by_node = weekly_tonnes(problem, plan) if weekly is None else weekly
    pairs: dict[tuple[int, int], list[int]] = {}
    for leg in np.flatnonzero(by_leg.any(axis=1)):
        pairs.setdefault((int(legs.origin[leg]), int(legs.destination[leg])), []).append(int(leg))
    flows = [
        Flow(o, d, tuple(sorted({legs.modes[leg] for leg in used})), float(by_leg[used].sum()))
        for (o, d), used in pairs.items()
    ]
    arriving = np.zeros(len(nodes.keys))
    for flow in flows:
        arriving[flow.destination] += flow.tonnes
    limited = np.isfinite(nodes.handling) & (nodes.handling > 0)
    shares = by_node / np.where(limited, nodes.handling, 1.0)[:, None]
    return Traffic(
        tuple(sorted(flows, key=lambda f: (-round(f.tonnes, 6), nodes.keys[f.origin], nodes.keys[f.destination]))),
        np.maximum(arriving, by_node.sum(axis=1)),
        np.where(limited, shares.max(axis=1), np.nan),
        tuple(int(n) for n in np.where(limited, (shares >= FULL).sum(axis=1), 0)),
        tuple(sorted({int(n) for n in problem.requirements.node})),
    )


def azimuthal(longitude: float, latitude: float) -> Projection:
    """Lambert's azimuthal equal-area projection around a point (Snyder 1987, p. 185)."""
    sin0, cos0 = np.sin(np.radians(latitude)), np.cos(np.radians(latitude))

    def project(points: Points) -> Points:
        lam, phi = np.radians(points[:, 0] - longitude), np.radians(points[:, 1])
        cosine = sin0 * np.sin(phi) + cos0 * np.cos(phi) * np.cos(lam)
        k = np.sqrt(2 / np.maximum(1 + cosine, 1e-3))
        x = k * np.cos(phi) * np.sin(lam)
        y = k * (cos0 * np.sin(phi) - sin0 * np.cos(phi) * np.cos(lam))
        return np.column_stack([x, -y])

    return project


def equal_earth(points: Points) -> Points:
    """The Equal Earth projection (Šavrič, Patterson and Jenny 2018)."""
    a, b, c, d = 1.340264, -0.081106, 0.000893, 0.003796
    lam, theta = np.radians(points[:, 0]), np.arcsin(np.sqrt(3) / 2 * np.sin(np.radians(points[:, 1])))
    slope = 9 * d * theta**8 + 7 * c * theta**6 + 3 * b * theta**2 + a
    x = 2 * np.sqrt(3) * lam * np.cos(theta) / (3 * slope)
    return np.column_stack([x, -(d * theta**9 + c * theta**7 + b * theta**3 + a * theta)])


def fitted_frame(projection: Projection, shown: Points, width: float, least: float, most: float) -> Frame:
    """The frame that shows all points, its height between ``least`` and ``most`` of its width."""
    flat = projection(shown)
    low, high = flat.min(axis=0), flat.max(axis=0)
    span = np.maximum(high - low, 0.02)
    margin = 0.07 * width
    height = float(np.clip(width * span[1] / span[0], least * width, most * width))
    scale = min((width - 2 * margin) / span[0], (height - 2 * margin) / span[1])
    middle = (low + high) / 2

    def fit(points: Points) -> Points:
        return (points - middle) * scale + np.array([width / 2, height / 2])

    return Frame(lambda points: fit(projection(points)), fit, width, height)


def near_nodes(problem: Problem, found: Traffic) -> tuple[list[int], list[int]]:
    """Nodes in use near the requirements, and those overseas."""
    used = sorted(set(found.wanted) | {n for f in found.flows for n in (f.origin, f.destination)})
    if not used:
        used = list(range(len(problem.nodes.keys)))
    degrees = np.radians(_degrees(problem))
    lam, phi = degrees[:, 0], degrees[:, 1]
    unit = np.column_stack([np.cos(phi) * np.cos(lam), np.cos(phi) * np.sin(lam), np.sin(phi)])
    middle = unit[list(found.wanted) or used].mean(axis=0)
    middle /= np.linalg.norm(middle)
    far = np.degrees(np.arccos(np.clip(unit @ middle, -1, 1))) > NEAR
    return [n for n in used if not far[n]], [n for n in used if far[n]]


def region_map(problem: Problem, found: Traffic, words: Words, name: str) -> Picture:
    """The map of the nodes near the requirements."""
    near, overseas = near_nodes(problem, found)
    if not near:
        return Picture()
    shown = _degrees(problem)[near]
    middle = (shown.min(axis=0) + shown.max(axis=0)) / 2
    projection = azimuthal(float(middle[0]), float(middle[1]))
    land = boundaries.read("50m")
    sketch = Sketch(land, projection) if land else None
    flows = [f for f in found.flows if f.origin in near and f.destination in near][:MOST_FLOWS]
    entries = {f.destination for f in found.flows if f.origin in overseas and f.destination in near}

    def draw(width: float, least: float, most: float, labels: int, size: float) -> Markup:
        frame = fitted_frame(projection, shown, width, least, most)
        shapes = _background(sketch, frame, problem)
        at = frame.places(problem)
        shapes += _flows(flows, at, width / WIDE)
        shapes += _marks(problem, found, at, near)
        shapes += _labels(problem, found, at, near, entries, frame, words, labels, size)
        return drawing(frame.width, frame.height, name, shapes)

    return Picture(draw(WIDE, 0.5, 0.75, 30, 12.5), draw(NARROW, 0.9, 1.25, 11, 11.5))


def world_map(problem: Problem, found: Traffic, words: Words, name: str) -> Picture:
    """The map of flows from overseas; empty where there are none."""
    _, overseas = near_nodes(problem, found)
    flows = [f for f in found.flows if f.origin in overseas or f.destination in overseas]
    if not flows:
        return Picture()
    ends = sorted({n for f in flows for n in (f.origin, f.destination)})
    land = boundaries.read("110m")
    sketch = FlatSketch(land, equal_earth) if land else None
    shown = np.concatenate([_degrees(problem)[ends], [[-100.0, 5.0], [60.0, 62.0]]])

    def draw(width: float, least: float, most: float, labels: int, size: float) -> Markup:
        frame = fitted_frame(equal_earth, shown, width, least, most)
        shapes = _background(sketch, frame, problem)
        at = frame.places(problem)
        shapes += _flows(flows, at, width / WIDE, bend=0.22)
        shapes += _marks(problem, found, at, ends)
        shapes += _labels(problem, found, at, overseas, set(), frame, words, labels, size)
        return drawing(frame.width, frame.height, name, shapes)

    return Picture(draw(WIDE, 0.3, 0.45, 16, 12.5), draw(NARROW, 0.5, 0.8, 7, 11.5))


def _degrees(problem: Problem) -> Points:
    """Longitude and latitude of the nodes."""
    return np.column_stack([problem.nodes.longitude, problem.nodes.latitude])


def _background(sketch: Sketch | None, frame: Frame, problem: Problem) -> list[Markup]:
    """Sea, land, the recipient's land, borders."""
    shapes = [element("rect", width=frame.width, height=frame.height, class_="sea", rx="4")]
    if sketch is None:
        return shapes
    nations = [problem.nodes.nations[n] for n in problem.requirements.node]
    recipient = {max(sorted(set(nations)), key=nations.count)} if nations else set()
    paths = {"land": "", "recipient": ""}
    for code, outline in sketch.outlines(frame.fit, frame.width, frame.height):
        paths["recipient" if code in recipient else "land"] += outline
    shapes += [element("path", d=path_, class_=class_) for class_, path_ in paths.items() if path_]
    borders = sketch.borders(frame.fit, frame.width, frame.height)
    return [*shapes, element("path", d=borders, class_="border")] if borders else shapes


def _flows(flows: list[Flow], at: Points, scale: float, bend: float = 0.08) -> list[Markup]:
    """Curves as wide as their tonnes, the small ones first; arrows on those wide enough to read."""
    shapes = []
    most = max((f.tonnes for f in flows), default=1.0)
    for flow in reversed(flows):
        a, b = at[flow.origin], at[flow.destination]
        if np.allclose(a, b):
            continue
        width = (1.0 + 8.5 * (flow.tonnes / most) ** 0.7) * max(scale, 0.6)
        aside = np.array([-(b - a)[1], (b - a)[0]]) * bend
        if bend > 0.1:  # overseas: ships sail round the south, aircraft fly over the north
            aside = np.array([0.0, np.linalg.norm(b - a) * bend * (1 if "sea" in flow.modes else -1)])
        c = (a + b) / 2 + aside
        curve = "M{} {}Q{} {} {} {}".format(*(number(v) for v in (*a, *c, *b)))
        dash = {"stroke_dasharray": f"{number(2.2 * width)} {number(width)}"} if flow.modes == ("sea",) else {}
        shapes.append(element("path", d=curve, class_="flow", stroke_width=float(width), **dash))
        if flow.tonnes > 0.1 * most and np.linalg.norm(b - a) > 30:
            shapes.append(_arrow(a, c, b, float(width)))
    return shapes


def _arrow(a: Points, c: Points, b: Points, width: float) -> Markup:
    """A head in the middle of a curve."""
    middle, along = (a + 2 * c + b) / 4, (b - a) / np.linalg.norm(b - a)
    across = np.array([-along[1], along[0]]) * (width / 2 + 3)
    corners = (middle + along * (width / 2 + 6), middle + across, middle - across)
    return element("path", d=path(corners, closed=True), class_="arrow")


def _marks(problem: Problem, found: Traffic, at: Points, nodes: list[int]) -> list[Markup]:
    """A disc where requirements are, a gauge where there is a limit, else a dot."""
    shapes = []
    for n in sorted(nodes, key=lambda n: (found.through[n], n)):
        x, y = float(at[n][0]), float(at[n][1])
        peak = float(found.peak[n])
        if n in found.wanted:
            shapes.append(element("circle", cx=x, cy=y, r=5.5, class_="wanted"))
        elif np.isfinite(peak) and found.through[n] > 0:
            height = 12 * min(1.0, peak)
            class_ = "gauge-full" if peak >= FULL else "gauge-fill"
            shapes.append(element("rect", x=x - 5, y=y - 6, width=10.0, height=12.0, class_="gauge"))
            shapes.append(element("rect", x=x - 5, y=y + 6 - height, width=10.0, height=height, class_=class_))
            shapes.append(element("rect", x=x - 5, y=y - 6, width=10.0, height=12.0, class_="gauge-frame"))
        else:
            shapes.append(element("circle", cx=x, cy=y, r=2.8, class_="dot"))
    return shapes


def _labels(
    problem: Problem,
    found: Traffic,
    at: Points,
    nodes: list[int],
    entries: set[int],
    frame: Frame,
    words: Words,
    most: int,
    size: float,
) -> list[Markup]:
    """Names of the nodes that matter most, where they cover neither a mark nor another name."""
    taken: list[Box] = [(float(x) - 6, float(y) - 7, float(x) + 6, float(y) + 7) for x, y in at[nodes]]
    order = sorted(
        nodes, key=lambda n: (n not in found.wanted, found.full_weeks[n] == 0, -round(float(found.through[n]), 6), n)
    )
    shapes: list[Markup] = []
    for n in order:
        if len(shapes) == most:
            break
        whole = Names(problem, words).place(n).split(",")[0]
        after = ""
        if np.isfinite(found.peak[n]) and found.through[n] > 0 and n not in found.wanted:
            after += f" {words.percent(float(found.peak[n]), 0)}"
        if n in entries:
            after += f" · {words.say('map_overseas')}"
        strong = n in found.wanted or found.full_weeks[n] > 0
        for room in (240, 120, 76) if n in found.wanted else (190,):
            text = fitted(whole, room, size) + after
            width = text_width(text, size) * (1.06 if strong else 1.0)
            if place := _free_place(at[n], width, size, taken, frame):
                break
        if place is None:
            continue
        taken.append(place)
        before = place[2] < at[n][0]  # stands left of its mark: let it end there, however wide it is drawn
        anchor = {"text_anchor": "end"} if before else {}
        class_ = "label strong" if strong else "label"
        x, y = place[2] if before else place[0], place[3] - 0.28 * size
        shapes.append(element("text", text, x=x, y=y, class_=class_, font_size=size, **anchor))
    return shapes


def _free_place(at: Points, width: float, size: float, taken: list[Box], frame: Frame) -> Box | None:
    """The first of eight places around a point that is free and inside the frame."""
    x, y, h = float(at[0]), float(at[1]), 1.15 * size
    corners = [
        (x + 8, y - h / 2),
        (x - 8 - width, y - h / 2),
        (x - width / 2, y - 8 - h),
        (x - width / 2, y + 8),
        (x + 6, y - 5 - h),
        (x + 6, y + 5),
        (x - 6 - width, y - 5 - h),
        (x - 6 - width, y + 5),
    ]
    for left, top in corners:
        box = (left, top, left + width, top + h)
        if box[0] < 2 or box[1] < 2 or box[2] > frame.width - 2 or box[3] > frame.height - 2:
            continue
        if not any(box[0] < t[2] and t[0] < box[2] and box[1] < t[3] and t[1] < box[3] for t in taken):
            return box
    return None
