"""The briefing: one self-contained page about a plan, in English or Ukrainian."""

from __future__ import annotations

import math
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined

from oneroof.briefings import boundaries, figures, map, reasons, strips, timeline
from oneroof.briefings.figures import Bar, Donor, Lane, Load, Outcome, Story
from oneroof.briefings.names import Names
from oneroof.briefings.words import Words
from oneroof.planning.plan import Plan, at_most_by_rank
from oneroof.planning.problem import STAGES, Problem

TEMPLATES = Path(__file__).parent / "templates"
MOST_GAPS, MOST_GAP_ROWS = 12, 300  # shown at once; in the table that opens
MOST_MET_ROWS = 200
MOST_TWIN_ROWS = 150
MOST_DONORS = 60
MOST_SOURCES = 3  # named on top and bottom; all are listed at the end


def make_briefing(problem: Problem, plan: Plan, language: str = "en") -> str:
    """The whole HTML text; the same input gives the same bytes. Raises KeyError for an unknown language."""
    words = Words(language)
    page = Page(problem, plan, words)
    return _template().render(p=page, w=words, names=page.names, problem=problem, summary=plan.summary)


@cache
def _template() -> Any:
    """The page's template; whatever tables hold is escaped."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_compiled(),
    )
    return environment.get_template("briefing.html.j2")


def _compiled() -> FileSystemBytecodeCache | None:
    """Where the compiled template is kept between runs; None where nothing may be written beside it."""
    folder = TEMPLATES / "__pycache__"
    if not folder.is_dir() and os.access(TEMPLATES, os.W_OK):
        folder.mkdir(exist_ok=True)
    return FileSystemBytecodeCache(str(folder)) if os.access(folder, os.W_OK) else None


class Page:
    """Everything that the template shows, section by section."""

    def __init__(self, problem: Problem, plan: Plan, words: Words) -> None:
        self.problem, self.plan, self.words = problem, plan, words
        self.names = Names(problem, words)
        self.outcomes = figures.outcomes(problem, plan)
        self.met = sorted((o for o in self.outcomes if o.met), key=lambda o: o.key)
        self.unmet = [o for o in self.outcomes if not o.met]
        self.priorities = figures.priorities(self.outcomes)
        self.points = sum(o.points for o in self.outcomes)
        self.possible = sum(o.possible for o in self.outcomes)
        self.donors = figures.donors(problem, plan)
        weekly = figures.weekly_tonnes(problem, plan)
        self.loads = figures.loads(problem, plan, weekly)
        self.traffic = map.traffic(problem, plan, weekly)
        self.stories = figures.stories(problem, plan, self.outcomes)
        self.css = (TEMPLATES / "briefing.css").read_text(encoding="utf-8")

    # ---- top ----------------------------------------------------------------------------------
    @property
    def illustrative(self) -> str:
        """Which tables are made up."""
        marked = list(self.problem.illustrative)
        if not marked:
            return self.words.say("illustrative_none")
        present = {name for name, rows in self.problem.tables.rows.items() if rows}
        if present <= set(marked):
            return self.words.say("illustrative_all")
        known = [self.words.texts.get(f"table_{name}", name) for name in marked]
        return self.words.say("illustrative", tables=self.words.listed(known))

    @property
    def sources(self) -> str:
        """Who the facts come from: the first sources by name; the end of the page lists all with their addresses."""
        named = [re.split(r":?\s+https?:", s)[0].rstrip(" .:") for s in self.problem.sources]
        if not named:
            return self.words.say("sources_none")
        rest = len(named) - MOST_SOURCES
        told = [*named[:MOST_SOURCES], self.words.say("sources_more", n=rest)] if rest > 0 else named
        return self.words.say("sources", sources="; ".join(told))

    @property
    def horizon(self) -> str:
        """The weeks planned, with their dates."""
        problem, words = self.problem, self.words
        weeks = words.count("weeks", problem.weeks)
        return words.say(
            "horizon", weeks=weeks, start=words.date(problem.start), end=words.date(problem.date(problem.days - 1))
        )

    @property
    def lead(self) -> str:
        """The finding in a sentence."""
        words, count = self.words, len(self.outcomes)
        if not count:
            return words.say("lead_empty")
        if not self.unmet:
            return words.say("lead_all", count=words.count("requirements", count) if words.language == "en" else count)
        met = words.amount(len(self.met))
        return words.say("lead", met=met, count=words.count("requirements", count), share=self.share(self.points))

    @property
    def status(self) -> str:
        """How the run ended."""
        status, asked = str(self.plan.summary.get("status", "")), self.plan.summary.get("asked_gap")
        if status == "optimal" and asked is not None:
            return self.words.say("status_optimal", asked=self.words.percent(float(asked), 2))
        key = "status_optimal_unstated" if status == "optimal" else f"status_{status}"
        return self.words.texts.get(key, status)

    def share(self, points: float) -> str:
        """Points as a share of all possible."""
        return self.words.percent(points / self.possible if self.possible else 0.0)

    def figure(self, name: str) -> float | None:
        """A number of the summary, None where it states none."""
        value = self.plan.summary.get(name)
        return None if value is None else float(value)

    @property
    def tiles(self) -> list[tuple[str, str, str]]:
        """The headline figures: name, value, note."""
        words, plan = self.words, self.plan
        partly, none = sum(p.partly for p in self.priorities), sum(p.none for p in self.priorities)
        tonnes = sum(float(row["tonnes"]) for row in plan.tables["deliveries"])
        giving = sum(d.requirements > 0 for d in self.donors)
        met = words.say("fig_met_value", met=words.amount(len(self.met)), count=words.amount(len(self.outcomes)))
        points = {"points": words.compact(self.points), "possible": words.compact(self.possible)}
        deliveries = words.count("deliveries", len(plan.tables["deliveries"]))
        donors = words.count("from_donors", giving)
        found = [
            (
                words.say("fig_met"),
                met,
                words.say("fig_met_note", partly=words.amount(partly), none=words.amount(none)),
            ),
            (words.say("fig_points"), self.share(self.points), words.say("fig_points_note", **points)),
            (
                words.say("fig_tonnes"),
                f"{words.whole(tonnes)} {words.say('tonne')}",
                words.say("fig_tonnes_note", deliveries=deliveries, donors=donors),
            ),
        ]
        if self.bound:
            gap = words.say("fig_gap_value", gap=self.bound["gap"])
            found.append((words.say("fig_gap"), gap, words.say("fig_gap_note", **self.bound)))
        return found

    @property
    def bound(self) -> dict[str, str]:
        """Bound, objective and gap in words; nothing where the summary has no bound."""
        bound, objective, gap = self.figure("bound"), self.figure("objective"), self.figure("gap")
        if bound is None or objective is None or gap is None:
            return {}
        compact = self.words.compact
        return {"bound": compact(bound), "objective": compact(objective), "gap": self.words.percent(max(gap, 0.0), 2)}

    # ---- gaps ---------------------------------------------------------------------------------
    @property
    def gaps_title(self) -> str:
        """The finding about the gaps."""
        if not self.unmet:
            return self.words.say("gaps_none")
        worst = self.unmet[0]
        lost = self.share(max(0.0, self.possible - self.points))
        return self.words.say("gaps_title", lost=lost, what=self.names.bare(worst.index), node=self.where(worst))

    @property
    def gaps(self) -> list[Outcome]:
        """The gaps shown at once."""
        return self.unmet[:MOST_GAPS]

    @property
    def more_gaps(self) -> list[Outcome]:
        """The gaps in the table that opens."""
        return self.unmet[MOST_GAPS:MOST_GAP_ROWS]

    @property
    def gaps_left(self) -> int:
        """Gaps that only gaps.csv holds."""
        return max(0, len(self.unmet) - MOST_GAP_ROWS)

    def where(self, outcome: Outcome) -> str:
        """The node of a requirement."""
        return self.names.place(int(self.problem.requirements.node[outcome.index]))

    def why(self, outcome: Outcome) -> str:
        """Why there is a gap."""
        return reasons.explanation(outcome, self.names)

    def cure(self, outcome: Outcome) -> str:
        """What would close it."""
        return reasons.cure(outcome, self.names)

    def parts(self, outcome: Outcome) -> str:
        """In time, late and missing, those that are not nothing."""
        words = self.words
        told = [
            words.say(f"part_{name}", n=words.amount(value))
            for name, value in (("in_time", outcome.in_time), ("late", outcome.late), ("missing", outcome.missing))
            if round(value, 2) > 0
        ]
        return ", ".join(told)

    # ---- map ----------------------------------------------------------------------------------
    @property
    def map_title(self) -> str:
        """The finding of the map: the node, other than where requirements lie, that carries most."""
        through, words = self.traffic.through, self.words
        passing = [n for n in range(len(through)) if n not in self.traffic.wanted and through[n] > 0]
        middle = [n for n in passing if any(f.destination == n for f in self.traffic.flows)] or passing
        if not middle:
            return words.say("map_title_plain")
        most = min(middle, key=lambda n: (-round(float(through[n]), 6), self.problem.nodes.keys[n]))
        total = sum(float(row["tonnes"]) for row in self.plan.tables["deliveries"]) or 1.0
        told = {"node": self.names.place(most), "tonnes": words.whole(float(through[most]))}
        told["share"] = words.percent(min(1.0, float(through[most]) / total), 0)
        if self.traffic.full_weeks[most]:
            return words.say("map_title_full", weeks=words.count("weeks", self.traffic.full_weeks[most]), **told)
        return words.say("map_title", **told)

    @property
    def map(self) -> Any:
        """The map near the requirements."""
        return map.region_map(self.problem, self.traffic, self.words, self.map_title)

    @property
    def world_title(self) -> str:
        """The finding of the world map."""
        _, overseas = map.near_nodes(self.problem, self.traffic)
        flows = [f for f in self.traffic.flows if f.origin in overseas]
        if not flows:
            return self.words.say("map")
        tonnes = {n: sum(f.tonnes for f in flows if f.origin == n and f.destination not in overseas) for n in overseas}
        most = max(sorted(tonnes), key=lambda n: tonnes[n])
        return self.words.say("world_title", tonnes=self.words.whole(sum(tonnes.values())), node=self.names.place(most))

    @property
    def world(self) -> Any:
        """The map of flows from overseas."""
        return map.world_map(self.problem, self.traffic, self.words, self.world_title)

    @property
    def flows_left(self) -> int:
        """Flows that the map does not draw."""
        return max(0, len(self.traffic.flows) - map.MOST_FLOWS)

    @property
    def credit(self) -> str:
        """Whose boundaries these are; in words where there are none."""
        land = boundaries.read("50m")
        return self.words.say("map_credit", credit=land.credit) if land else self.words.say("map_no_borders")

    @property
    def busy_nodes(self) -> list[int]:
        """Nodes in use, the busiest first."""
        through = self.traffic.through
        used = [n for n in range(len(through)) if through[n] > 0]
        return sorted(used, key=lambda n: (-round(float(through[n]), 6), n))

    def modes(self, flow: map.Flow) -> str:
        """How a flow travels."""
        return ", ".join(self.words.say(f"mode_{mode}") for mode in flow.modes)

    def node_limit(self, node: int) -> str:
        """The weekly limit of a node."""
        limit = float(self.problem.nodes.handling[node])
        return self.words.amount(limit) if math.isfinite(limit) else self.words.say("no_limit")

    def node_peak(self, node: int) -> str:
        """How full the fullest week of a node is."""
        peak = float(self.traffic.peak[node])
        return self.words.percent(peak, 0) if math.isfinite(peak) else "–"

    # ---- timeline -----------------------------------------------------------------------------
    @property
    def shown(self) -> list[Story]:
        """What the timeline draws."""
        return timeline.chosen(self.problem, self.stories)

    @property
    def timeline_title(self) -> str:
        """The finding of the timeline."""
        shown = self.shown
        if not shown:
            return self.words.say("timeline_none")
        missed = sum(not s.outcome.met for s in shown)
        if not missed:
            return self.words.say("timeline_title_good", shown=len(shown))
        return self.words.say("timeline_title", late=missed, shown=len(shown))

    @property
    def timeline(self) -> Any:
        """The picture."""
        return timeline.timeline(self.problem, self.shown, self.words, self.timeline_title)

    @property
    def bars(self) -> list[tuple[Story, Any, Any]]:
        """The bars drawn: story, lane, bar."""
        return [(story, lane, bar) for story in self.shown for lane in story.lanes for bar in lane.bars]

    def bar_amount(self, lane: Lane, bar: Bar) -> str:
        """How many units or persons a bar stands for."""
        if bar.kind == "course":
            return f"{self.words.amount(bar.quantity)} {self.words.say('persons')}"
        unit = self.problem.items.units[self.names.indices["item"][lane.key]]
        return f"{self.words.amount(bar.quantity)} {self.words.unit(unit)}"

    # ---- loads --------------------------------------------------------------------------------
    @property
    def tightest(self) -> list[Load]:
        """The loads that are drawn."""
        return self.loads[: strips.MOST]

    @property
    def loads_title(self) -> str:
        """The finding about loads."""
        words = self.words
        if not self.loads:
            return words.say("loads_none")
        worst = self.loads[0]
        name = self.names.load(worst)
        if not worst.full:
            return words.say("loads_title_loose", name=name, peak=words.percent(max(worst.shares), 0))
        weeks = words.count("of_weeks", self.problem.weeks)
        return words.say("loads_title", name=name, full=words.amount(len(worst.full)), weeks=weeks)

    @property
    def strips(self) -> Any:
        """The picture."""
        return strips.strips(self.problem, self.tightest, self.words, self.loads_title)

    def full_weeks(self, load: Load) -> str:
        """The weeks in which it is full, as stretches."""
        told = [str(a) if a == b else f"{a}–{b}" for a, b in strips.runs(load.full)]
        return ", ".join(told) or self.words.say("none")

    # ---- pledges ------------------------------------------------------------------------------
    @property
    def pledges(self) -> list[dict[str, Any]]:
        """The next pledges with their names."""
        item, place = self.names.indices["item"], self.names.indices["node"]
        return [
            {
                "rank": row["rank"],
                "what": self.names.item(item[row["item"]], float(row["quantity"])),
                "node": self.names.place(place[row["node"]]),
                "date": self.words.date(row["from"]),
                "worth": float(row["worth"] or 0),
                "at_most": at_most,
                "estimate": float(row["estimate"]) if row["estimate"] else None,
            }
            for row, at_most in zip(self.plan.tables["next_pledges"], at_most_by_rank(self.plan), strict=True)
        ]

    @property
    def pledges_title(self) -> str:
        """The finding about pledges."""
        found = self.pledges
        if not found:
            return self.words.say("pledges_none")
        told = {key: found[0][key] for key in ("what", "node", "date")}
        worth = found[0]["worth"]
        key = "pledges_title" if found[0]["at_most"] is None else "pledges_title_at_least"
        return self.words.say(key, worth=self.words.compact(worth), share=self.share(worth), **told)

    def added(self, pledge: dict[str, Any]) -> str:
        """What a pledge adds, as a range where the search with it left some way to what it can add at most."""
        worth = self.words.compact(pledge["worth"], short=True)
        most = pledge["at_most"]
        return worth if most is None else f"{worth} – {self.words.compact(most, short=True)}"

    # ---- donors -------------------------------------------------------------------------------
    @property
    def donors_title(self) -> str:
        """The finding about donors: the one that carries most, or the few that carry half."""
        words, total = self.words, sum(d.points for d in self.donors)
        if not self.donors or not total:
            return words.say("donors_none") if not self.donors else words.say("donors")
        few: list[Donor] = []
        for donor in self.donors[:4]:
            few.append(donor)
            if sum(d.points for d in few) >= total / 2:
                break
        share = words.percent(sum(d.points for d in few) / total, 0)
        named = [self.names.nation(d.nation) for d in few]
        if len(few) == 1:
            return words.say("donors_title", donor=named[0], share=share)
        return words.say("donors_title_more", donors=words.listed(named), share=share)

    @property
    def least_stage(self) -> str:
        """The stage from which on offers count."""
        return STAGES[self.problem.min_stage]

    @property
    def run(self) -> str:
        """Solver, version, time and transport costs."""
        summary, words = self.plan.summary, self.words
        return words.say(
            "run_text",
            solver=summary.get("solver", "–"),
            version=summary.get("oneroof_version", "–"),
            seconds=words.amount(self.figure("seconds") or 0.0),
            cost=words.compact(self.figure("transport_cost") or 0.0),
            currency=self.problem.currency,
        )

    # ---- met ----------------------------------------------------------------------------------
    @property
    def completed(self) -> dict[str, str]:
        """The last day on which units of each requirement count."""
        return {row["requirement"]: row["served_on"] for row in self.plan.tables["served"]}

    most_met_rows = MOST_MET_ROWS
    most_twin_rows = MOST_TWIN_ROWS
    most_donors = MOST_DONORS
