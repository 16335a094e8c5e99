"""What an import took, what it left out and why, and its sums beside the release's own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from oneroof.exchange.kiel.judging import CAUSES, Judged
from oneroof.exchange.kiel.making import CITATION, NOT_ASKED, PRIORITIES, WEEKS, Made, start_of
from oneroof.exchange.kiel.readings import printed
from oneroof.exchange.kiel.release import Agreement, Release


@dataclass(frozen=True)
class Report:
    """The report of one import; ``lines`` says it in words, ``as_json`` as plain values, ``as_markdown`` in full."""

    release: Release
    judged: tuple[Judged, ...]
    made: Made

    @property
    def taken(self) -> tuple[Judged, ...]:
        """The rows that became offers."""
        return tuple(each for each in self.judged if each.taken)

    @property
    def left_out(self) -> tuple[Judged, ...]:
        """The rows that did not."""
        return tuple(each for each in self.judged if not each.taken)

    @property
    def donors(self) -> int:
        """Donors with an offer, as the release spells them."""
        return len({each.entry.word("donor") for each in self.taken})

    def causes(self) -> list[tuple[str, int]]:
        """Cause and number of rows left out, most frequent first."""
        return sorted(Counter(each.cause for each in self.left_out).items(), key=lambda pair: (-pair[1], pair[0]))

    def stated_value(self) -> tuple[float, int]:
        """EUR of the outstanding units at prices that the release states, and the number of rows without one."""
        priced = [each.price * each.outstanding for each in self.taken if each.price is not None]
        return sum(priced), len(self.taken) - len(priced)

    def lines(self) -> list[str]:
        """The report in plain words, a sentence a line."""
        every, taken, left = len(self.judged), len(self.taken), len(self.left_out)
        start = start_of(self.release)
        said = [
            f"Ukraine Support Tracker, {self.release.title}, until {self.release.last_day} "
            f"({self.release.last_day_from}).",
            f"{every:,} rows = {taken:,} taken as offers of {_counted(self.donors, 'donor')} + {left:,} left out.",
        ]
        said += [f"Left out: {_counted(number, 'row')}, because {CAUSES[cause]}." for cause, number in self.causes()]
        if taken:
            said += self._about_offers()
        else:
            said.append(
                "No row states units that are promised and not delivered: the problem has no offers, its plan is empty."
            )
        said.append(f"The plan starts on {start} and covers {WEEKS} weeks.")
        said += _agreement_lines(self.release.agreements)
        said += self.release.notes
        if self.release.unread:
            sheets = ", ".join(f"{name} ({_counted(rows, 'row')})" for name, rows in self.release.unread)
            said.append(f"Not read, as they hold no bilateral aid: {sheets}.")
        said.append("Every row stands in origin/rows.csv with its reason; the full report is origin/report.md.")
        return said

    def _about_offers(self) -> list[str]:
        """Lines on offers, stages, values, requirements and ports of departure."""
        euros, unpriced = self.stated_value()
        stages = Counter(each.stage for each in self.taken)
        asked = [want for want in self.made.wanted if want.asked]
        most = sum(bool(each.note) for each in self.taken)
        moved = [f"{nation} from {node}" for nation, (node, why) in sorted(self.made.nodes.items()) if why]
        said = [
            "Stages: " + ", ".join(f"{number} {stage}" for stage, number in sorted(stages.items())) + ".",
            f"{most} offers state no number delivered: what is outstanding there is the most it can be.",
            f"Outstanding at the prices of the release: {euros / 1e9:,.3f} billion euros; {_counted(unpriced, 'row')} "
            "without a price have the illustrative value of their category.",
            f"{len(asked)} requirements hold what the tracker says the recipient asked for, "
            f"{len(self.made.wanted) - len(asked)} (illustrative) the rest of what was promised.",
        ]
        if self.release.usd_per_eur:
            said.append(f"Dollars convert at {self.release.usd_per_eur:g} to the euro ({self.release.rate_from}).")
        else:
            said.append("The release states no rate of the dollar: prices in dollars are not used.")
        if moved:
            said.append(f"Donors without a node of their own in the network ship: {', '.join(moved)}.")
        return said

    def as_json(self) -> dict[str, Any]:
        """The report as plain values, ready for JSON; the same release gives the same values."""
        euros, unpriced = self.stated_value()
        return {
            "release": self.release.title,
            "files": self.release.names,
            "last_day": self.release.last_day.isoformat(),
            "last_day_from": self.release.last_day_from,
            "start": start_of(self.release).isoformat(),
            "weeks": WEEKS,
            "rows": {"all": len(self.judged), "taken": len(self.taken), "left_out": len(self.left_out)},
            "left_out": [{"cause": c, "reason": CAUSES[c], "rows": number} for c, number in self.causes()],
            "donors": self.donors,
            "offers": len(self.taken),
            "requirements": {
                "asked": sum(want.asked for want in self.made.wanted),
                "illustrative": sum(not want.asked for want in self.made.wanted),
            },
            "outstanding_value_eur": round(euros, 2),
            "rows_without_price": unpriced,
            "usd_per_eur": self.release.usd_per_eur,
            "usd_per_eur_from": self.release.rate_from,
            "sums": [
                {
                    "what": a.what,
                    "unit": a.unit,
                    "from_rows": round(a.ours, 6),
                    "stated": round(a.stated, 6),
                    "stated_in": a.where,
                    "agrees": a.agrees,
                }
                for a in self.release.agreements
            ],
            "recognised": [{"in": w, "field": f, "title": t} for w, f, t in self.release.recognised],
            "not_used": [{"in": w, "title": t} for w, t in self.release.unknown],
            "not_read": [{"in": w, "rows": rows} for w, rows in self.release.unread],
            "shipping_nodes": [
                {"nation": nation, "node": node, "reason": why}
                for nation, (node, why) in sorted(self.made.nodes.items())
            ],
            "notes": self.release.notes,
            "illustrative": self.made.tables.settings["illustrative"],
            "citation": CITATION,
        }

    def as_markdown(self) -> str:
        """The full report: the lines, then every sum, requirement and recognised column."""
        parts = [f"# Import of the Ukraine Support Tracker, {self.release.title}", ""]
        parts += [f"- {line}" for line in self.lines()]
        parts += ["", "## Sums over the rows beside the release's own", ""]
        parts += _table(
            ("what", "unit", "from the rows", "stated", "where", "same"),
            [
                (a.what, a.unit, _figure(a.ours), _figure(a.stated), a.where, _yes(a.agrees))
                for a in self.release.agreements
            ],
        )
        parts += ["", "## Requirements", "", _priorities(), ""]
        parts += _table(
            ("requirement", "quantity", "priority", "due (illustrative)", "node (illustrative)", "rows"),
            [
                (w.key, printed(w.quantity), w.priority, w.due, w.node, ", ".join(str(e.entry.row) for e in w.rows))
                for w in self.made.wanted
            ],
        )
        parts += ["", "## Rows left out", ""]
        parts += _table(
            ("in", "row", "donor", "item", "reason"),
            [(e.entry.file, e.entry.row, e.entry.word("donor"), e.entry.word("item"), e.reason) for e in self.left_out],
        )
        parts += ["", "## Columns that were recognised", ""]
        parts += _table(("in", "field", "title"), list(self.release.recognised))
        parts += ["", "## Files", ""]
        parts += _table(("file", "SHA-256"), list(self.release.names.items()))
        parts += ["", "## Citation", "", CITATION, ""]
        return "\n".join(parts)


def _priorities() -> str:
    """The map from importance to priority, in words."""
    words = {2.0: "very important", 1.0: "important", 0.0: "less important", None: "importance not stated"}
    asked = "; ".join(f"{words[grade]}: {priority}" for grade, priority in PRIORITIES.items())
    return f"Priority of an item that the recipient asked for, by its importance: {asked}. Not asked for: {NOT_ASKED}."


def _agreement_lines(agreements: list[Agreement]) -> list[str]:
    """The main sums, and how many of the others agree; those that differ one by one."""
    if not agreements:
        return ["The release states no totals to compare the sums with."]
    said = [
        f"Sum over the rows, {a.what}: {_figure(a.ours)} {a.unit}; {a.where} states {_figure(a.stated)}: "
        f"{'the same' if a.agrees else 'DIFFERENT'}."
        for a in agreements
        if a.what.startswith("all donors") or a.unit == "rows"
    ]
    others = [a for a in agreements if not (a.what.startswith("all donors") or a.unit == "rows")]
    if others:
        same = sum(a.agrees for a in others)
        said.append(f"Of {len(others)} more sums by donor and by weapon, {same} are the same as the release states.")
        said += [
            f"Different: {a.what}: {_figure(a.ours)} {a.unit}, {a.where} states {_figure(a.stated)}."
            for a in others
            if not a.agrees
        ][:10]
    return said


def _figure(value: float) -> str:
    """A figure with thousands separators, at most 6 decimals."""
    whole, _, rest = printed(value).partition(".")
    return f"{int(whole):,}" + (f".{rest}" if rest else "")


def _counted(number: int, word: str) -> str:
    """A number with its word."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _yes(value: bool) -> str:
    """Truth as a word."""
    return "yes" if value else "no"


def _table(header: tuple[str, ...], rows: list[tuple[Any, ...]]) -> list[str]:
    """The lines of a Markdown table."""
    if not rows:
        return ["None."]
    shown = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    lines = ["| " + " | ".join(cells) + " |" for cells in [list(header), *shown]]
    return [lines[0], "|" + "---|" * len(header), *lines[1:]]
