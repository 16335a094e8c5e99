"""The page about futures: how often each requirement is met in time, by the plain plan and by the hedged one."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from oneroof.briefings.briefing import TEMPLATES
from oneroof.briefings.names import Names
from oneroof.briefings.stress_pictures import Share, Spread, shares, spreads
from oneroof.briefings.stress_words import TEXTS
from oneroof.briefings.words import Words
from oneroof.planning.hedging import Candidate
from oneroof.planning.shocks import LATE, Shock
from oneroof.planning.stress import Fate, Stress

MOST_BARS = 24
MOST_TRIED = 5  # shown at once, the best first and the plain plan
BAND = (("low", 5), ("high", 95))  # the nine futures of ten in the middle
_DEFAULT_NOTE = "illustrative default, nobody's estimate"


def make_page(stress: Stress, language: str = "en") -> str:
    """The whole HTML text; the same figures give the same bytes. Raises KeyError for an unknown language."""
    words = Words(language)
    words.texts = {**words.texts, **TEXTS[language]}
    page = Page(stress, words)
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    return environment.get_template("stress.html.j2").render(p=page, w=words, problem=stress.problem)


class Page:
    """Everything that the template shows."""

    def __init__(self, stress: Stress, words: Words) -> None:
        self.stress, self.words, self.names = stress, words, Names(stress.problem, words)
        self.css = (TEMPLATES / "briefing.css").read_text(encoding="utf-8")
        self.plain, self.hedged = stress.plain, stress.hedged
        self.is_hedged = stress.is_hedged
        self.figures, self.hedged_figures = stress.plain.figures(), stress.hedged.figures()
        self.scale = max(abs(self.plain.candidate.tally.objective), 1.0)
        self.count = len(stress.problem.requirements.keys)
        self.share, self.hedged_share = self.plain.outcomes.met.mean(axis=0), self.hedged.outcomes.met.mean(axis=0)

    most_bars, most_tried = MOST_BARS, MOST_TRIED

    @property
    def marking(self) -> str:
        """What is made up: shocks, and tables of the problem."""
        words, made_up = self.words, list(self.stress.problem.illustrative)
        source = self.stress.shocks.source
        told = [words.say("st_made_up") if self.stress.shocks.illustrative else words.say("st_given", source=source)]
        if made_up:
            known = [words.texts.get(f"table_{name}", name) for name in made_up]
            told.append(words.say("illustrative", tables=words.listed(known)))
        return " ".join(told)

    @property
    def subtitle(self) -> str:
        """How many futures, which seed."""
        futures = self.words.amount(len(self.plain.outcomes.cost))
        return self.words.say("st_subtitle", futures=futures, seed=self.stress.seed)

    @property
    def lead(self) -> str:
        """The finding in two sentences."""
        words, told = self.words, self.figures
        planned, mean = words.amount(told["undisturbed_met_in_time"]), words.amount(round(told["mean_met_in_time"], 1))
        first = words.say("st_lead", planned=planned, count=words.count("requirements", self.count), mean=mean)
        if not self.is_hedged:
            return f"{first} {words.say('st_lead_same', tried=words.amount(len(self.stress.tried)))}"
        hedged = words.amount(round(self.hedged_figures["mean_met_in_time"], 1))
        return f"{first} {words.say('st_lead_hedged', hedged=hedged)}"

    @property
    def tiles(self) -> list[tuple[str, str, str]]:
        """The headline figures: name, value, note."""
        words, a, b = self.words, self.figures, self.hedged_figures
        met, mean = words.amount(round(b["mean_met_in_time"], 1)), self.part(b["mean_objective"])
        if not self.is_hedged:
            planned = words.amount(a["undisturbed_met_in_time"])
            return [
                (words.say("st_fig_met"), met, words.say("st_fig_met_note_same", count=self.count, planned=planned)),
                (words.say("st_fig_mean"), mean, words.say("st_fig_mean_note_same")),
                (words.say("st_fig_low"), self.part(a["objective_5_percent"]), words.say("st_fig_low_note")),
            ]
        gain, error = self.stress.gain
        plain = words.amount(round(a["mean_met_in_time"], 1))
        better = words.percent(float((self.stress.gains > 0).mean()), 0)
        note = words.say("st_fig_wins_note", error=words.percent(2 * error / self.scale, 2), share=better)
        return [
            (words.say("st_fig_met"), met, words.say("st_fig_met_note", plain=plain, count=self.count)),
            (words.say("st_fig_mean"), mean, words.say("st_fig_mean_note", plain=self.part(a["mean_objective"]))),
            (words.say("st_fig_wins"), self.signed(gain / self.scale), note),
            (words.say("st_fig_costs"), self.signed(self.stress.cost / self.scale), words.say("st_fig_costs_note")),
        ]

    def part(self, value: float) -> str:
        """An objective as a share of the plain plan's with nothing going wrong."""
        return self.signed(value / self.scale, 1)

    def signed(self, share: float, digits: int = 2) -> str:
        """A share as a percentage, with a minus where it is negative."""
        told = self.words.percent(abs(share), digits)
        return f"−{told}" if share < 0 and round(share, digits + 2) else told

    # ---- pictures -------------------------------------------------------------------------------
    @property
    def at_risk(self) -> list[int]:
        """Requirements that a plan meets with nothing going wrong, not in every future; most points at risk first."""
        q = self.stress.problem.requirements
        planned = np.array(self.plain.candidate.tally.met) | np.array(self.hedged.candidate.tally.met)
        least = np.minimum(self.share, self.hedged_share)
        found = [r for r in range(self.count) if planned[r] and least[r] < 1]
        risk = (1 - self.share) * q.points * q.quantity
        return sorted(found, key=lambda r: (-round(float(risk[r]), 6), q.keys[r]))

    @property
    def bars_title(self) -> str:
        """The finding about single requirements."""
        if not self.at_risk:
            return self.words.say("st_bars_none")
        r = self.at_risk[0]
        share = self.words.percent(float(self.share[r]), 0)
        key = self.stress.problem.requirements.keys[r]
        return self.words.say("st_bars_title", what=self.names.bare(r), key=key, share=share)

    @property
    def bars(self) -> Any:
        """The picture of shares met in time."""
        rows = [
            Share(self.names.wanted(r), self.where(r), float(a), float(b) if self.is_hedged else None)
            for r, a, b in ((r, self.share[r], self.hedged_share[r]) for r in self.at_risk[:MOST_BARS])
        ]
        return shares(rows, self.words, self.words.say("st_bars"))

    def where(self, r: int) -> str:
        """Where and by when a requirement is due."""
        q, words = self.stress.problem.requirements, self.words
        due = words.date(self.stress.problem.date(q.due[r]))
        return words.say("st_where", node=self.names.place(int(q.node[r])), due=due)

    def name(self, r: int) -> str:
        """A requirement: what, where and its key."""
        q = self.stress.problem.requirements
        return f"{self.names.wanted(r)}, {self.names.place(int(q.node[r]))}"

    @property
    def spread_title(self) -> str:
        """The finding about the spread."""
        low, high = (self.part(self.figures[f"objective_{q}_percent"]) for q in (5, 95))
        if not self.is_hedged:
            return self.words.say("st_spread_title", low=low, high=high)
        hedged = {f"hedged_{name}": self.part(self.hedged_figures[f"objective_{q}_percent"]) for name, q in BAND}
        return self.words.say("st_spread_title_hedged", low=low, high=high, **hedged)

    @property
    def spread(self) -> Any:
        """The picture of the objective over the futures."""
        rows = [self._spread("st_plain", self.plain)]
        rows += [self._spread("st_hedged", self.hedged)] if self.is_hedged else []
        return spreads(rows, self.words, self.words.say("st_spread"))

    def _spread(self, name: str, fate: Fate) -> Spread:
        """The objective of one plan."""
        values, told = fate.outcomes.objective / self.scale, fate.figures()
        low, mean, high, plan = (
            told[key] / self.scale
            for key in ("objective_5_percent", "mean_objective", "objective_95_percent", "undisturbed_objective")
        )
        return Spread(self.words.say(name), tuple(values.tolist()), low, mean, high, plan)

    @property
    def spread_rows(self) -> list[list[str]]:
        """The spread in figures: name, 5 %, 50 %, 95 %, mean, nothing going wrong."""
        keys = [*(f"objective_{q}_percent" for q in (5, 50, 95)), "mean_objective", "undisturbed_objective"]
        told = [("st_plain", self.figures)] + ([("st_hedged", self.hedged_figures)] if self.is_hedged else [])
        return [[self.words.say(name), *(self.part(figures[key]) for key in keys)] for name, figures in told]

    # ---- tables ---------------------------------------------------------------------------------
    @property
    def rows(self) -> list[list[tuple[str, str, bool]]]:
        """Every requirement: label, text and whether it is a number, cell by cell; the first is its name."""
        q, words = self.stress.problem.requirements, self.words
        a, b = self.plain, self.hedged
        found = []
        for r in [*self.at_risk, *(r for r in range(self.count) if r not in set(self.at_risk))]:
            in_time = words.amount(a.candidate.tally.in_time[r])
            planned = words.say("st_of", n=in_time, count=words.amount(q.quantity[r]))
            cells = [
                (words.say("requirement"), f"{q.keys[r]}: {self.name(r)}", False),
                (words.say("due"), words.date(self.stress.problem.date(q.due[r])), False),
                (words.say("st_planned"), planned, True),
            ]
            for end, share, fate in (("", self.share, a), ("_hedged", self.hedged_share, b)):
                if end and not self.is_hedged:
                    continue
                cells += [
                    (words.say(f"st_share{end}"), words.percent(float(share[r]), 0), True),
                    (words.say(f"st_units{end}"), words.amount(fate.outcomes.in_time[:, r].mean()), True),
                    (words.say(f"st_points{end}"), words.compact(fate.outcomes.points[:, r].mean(), short=True), True),
                ]
            found.append(cells)
        return found

    @property
    def tried(self) -> list[tuple[str, bool, str, str, str]]:
        """Candidates, the best first: name, whether chosen, objective undisturbed and on average, met as planned."""
        best_first = sorted(self.stress.tried, key=lambda one: -one.mean)
        plain = self.plain.candidate
        if plain not in best_first[:MOST_TRIED]:
            best_first.remove(plain)
            best_first.insert(MOST_TRIED - 1, plain)
        return [
            (
                self.candidate(one),
                one is self.hedged.candidate,
                self.part(one.tally.objective),
                self.part(one.mean),
                self.words.amount(sum(one.tally.met)),
            )
            for one in best_first
        ]

    @property
    def tried_intro(self) -> str:
        """How the choice was made."""
        futures, tried = len(self.plain.outcomes.cost), len(self.stress.tried)
        name = self.candidate(self.hedged.candidate)
        return self.words.say("st_tried_intro", name=name, futures=self.words.amount(futures), tried=tried)

    def candidate(self, one: Candidate) -> str:
        """The name of a candidate in the language of the page."""
        told = []
        for part in one.name.split(", "):
            found = re.search(r"([\d.]+) %", part)
            word = part.split(" ")[0] + ("_q" if part.startswith("early with") else "")
            q = self.words.percent(float(found[1]) / 100, 1) if found else ""
            told.append(self.words.say(f"st_name_{word}", q=q) if q else self.words.say(f"st_name_{word}"))
        return "; ".join(told)

    @property
    def shocks(self) -> list[tuple[str, str, str, str, str, str]]:
        """The shocks: key, kind, target, chance, size, note."""
        return [self._shock(shock) for shock in self.stress.shocks.rows]

    def _shock(self, shock: Shock) -> tuple[str, str, str, str, str, str]:
        """One row."""
        words = self.words
        sizes = {name: words.amount(getattr(shock, name)) for name in ("low", "likely", "high")}
        note = words.say("st_default_note") if shock.note == _DEFAULT_NOTE else shock.note
        return (
            shock.key,
            words.say(f"st_{shock.kind}"),
            shock.target,
            words.percent(shock.probability, 1),
            words.say("st_days" if shock.kind == LATE else "st_weeks", **sizes),
            note,
        )
