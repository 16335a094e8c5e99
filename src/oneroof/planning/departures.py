"""What is lost when donors leave: figures by donor and pair, as tables, JSON and text."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from oneroof.planning.faults import ProblemError
from oneroof.planning.plan import PlanFault, printed, replacing

COLUMNS = (
    "nations", "names", "offers", "funds", "points_lost", "objective_lost", "relaxed_objective_lost",
    "requirements_met_before", "requirements_met_after", "requirements_hit",
)  # fmt: skip
HIT_COLUMNS = (
    "nations", "requirement", "in_time_before", "in_time_after", "late_before", "late_after", "missing_before",
    "missing_after", "points_before", "points_after", "instead",
)  # fmt: skip
FILES = ("continuity.csv", "requirements.csv", "continuity.json", "continuity.txt")
MOST = 5  # requirements that the text names for each departure
TINY = 1e-6

Two = tuple[float, float]


@dataclass(frozen=True)
class Hit:
    """A requirement that fares differently; pairs are before and after, None where only its sources change."""

    requirement: str
    in_time: Two | None
    late: Two | None
    missing: Two | None
    points: Two
    instead: tuple[str, ...]  # who brings what in place of what is gone, in words

    def as_dict(self) -> dict[str, Any]:
        """The hit for programs."""
        return {
            "requirement": self.requirement,
            "in_time": self.in_time and list(self.in_time),
            "late": self.late and list(self.late),
            "missing": self.missing and list(self.missing),
            "points": list(self.points),
            "instead": list(self.instead),
        }

    def sentence(self) -> str:
        """The hit in words."""
        parts = [
            f"{name} {printed(two[0])} -> {printed(two[1])}"
            for name, two in (("in time", self.in_time), ("late", self.late), ("missing", self.missing))
            if two and abs(two[0] - two[1]) > TINY
        ]
        gain = self.points[1] - self.points[0]
        if abs(gain) > TINY:
            parts.append(f"{gain:+,.0f} points")
        told = f"{self.requirement}: {', '.join(parts) or 'the same units, from others'}."
        return " ".join([told, *(f"{one}." for one in self.instead[:2])])


@dataclass(frozen=True)
class Loss:
    """What is lost without some nations."""

    nations: tuple[str, ...]
    names: tuple[str, ...]
    offers: int
    funds: int
    points: float  # lost, by the plans in whole units
    objective: float  # lost, by the plans in whole units
    relaxed: float  # of the relaxed objective lost
    relaxed_after: float
    met_before: int  # requirements met in time
    met_after: int
    hits: tuple[Hit, ...]

    @property
    def worse(self) -> list[Hit]:
        """Requirements that lose points."""
        return [hit for hit in self.hits if hit.points[1] < hit.points[0] - TINY]

    def as_dict(self) -> dict[str, Any]:
        """The loss for programs."""
        return {
            "nations": list(self.nations),
            "names": list(self.names),
            "offers": self.offers,
            "funds": self.funds,
            "points_lost": self.points,
            "objective_lost": self.objective,
            "relaxed_objective_lost": self.relaxed,
            "requirements_met_in_time": [self.met_before, self.met_after],
            "requirements": [hit.as_dict() for hit in self.hits],
        }

    def sentence(self) -> str:
        """The loss in words."""
        who = " and ".join(self.names)
        worse = self.worse
        if not worse and self.points <= TINY:
            return f"Without {who} nothing is lost: others bring the same."
        most = ", ".join(f"{hit.requirement} ({hit.points[1] - hit.points[0]:+,.0f})" for hit in worse[:MOST])
        more = f" and {len(worse) - MOST} more" if len(worse) > MOST else ""
        return (
            f"Without {who}: {self.points:,.0f} points lost, {self.met_before} -> {self.met_after} requirements met in "
            f"time, {len(worse)} worse off{': ' if worse else ''}{most}{more}."
        )


@dataclass(frozen=True)
class Continuity:
    """What is lost when each donor leaves, and when the worst pairs do; donors first, the worst first."""

    name: str
    currency: str
    plan: dict[str, float]  # figures of the plan that nobody has left
    losses: tuple[Loss, ...]
    complete: bool  # whether every donor and pair was tried
    seconds: float
    illustrative: tuple[str, ...] = ()
    gone: str = ""  # why there were no workers any more, where that ended it

    def as_dict(self) -> dict[str, Any]:
        """Everything for programs."""
        return {
            "name": self.name,
            "currency": self.currency,
            "complete": self.complete,
            "seconds": self.seconds,
            "illustrative": list(self.illustrative),
            "figures": "points and objective are of plans in whole units, relaxed_objective of plans with fractions",
            "plan": self.plan,
            "losses": [loss.as_dict() for loss in self.losses],
        }

    def sentences(self) -> list[str]:
        """The losses in words, the worst first."""
        told = [
            f"“{self.name}” reaches {self.plan['points']:,.0f} points in whole units and meets "
            f"{int(self.plan['requirements_met_in_time'])} of {int(self.plan['requirements'])} requirements in time."
        ]
        told += [f"Illustrative, not real: {', '.join(self.illustrative)}."] if self.illustrative else []
        stopped = "It was stopped before every donor and pair was tried."
        told += [] if self.complete else [f"{stopped} {self.gone}".rstrip()]
        return told + [loss.sentence() for loss in self.losses]

    def write(self, folder: Path, force: bool = False) -> None:
        """Write it as tables, JSON and text."""
        write_continuity(self, folder, force)


def write_continuity(continuity: Continuity, folder: Path, force: bool = False) -> None:
    """Write continuity.csv, requirements.csv, continuity.json and continuity.txt into a new folder, all or none.

    Raises ProblemError where the folder exists; ``force`` replaces it where it holds nothing but such files.
    """
    folder = Path(folder)
    refuse(folder, force)
    with replacing(folder) as fresh:
        _csv(fresh / FILES[0], COLUMNS, [_row(loss) for loss in continuity.losses])
        _csv(fresh / FILES[1], HIT_COLUMNS, [_hit(loss, hit) for loss in continuity.losses for hit in loss.hits])
        told = json.dumps(continuity.as_dict(), ensure_ascii=False, indent=2, allow_nan=False)
        (fresh / FILES[2]).write_text(told + "\n", encoding="utf-8")
        (fresh / FILES[3]).write_text("\n".join(continuity.sentences()) + "\n", encoding="utf-8")


def refuse(folder: Path, force: bool) -> None:
    """ProblemError where writing would destroy something else than an earlier continuity."""
    if not folder.exists():
        return
    strange = [] if not folder.is_dir() else sorted(path.name for path in folder.iterdir() if path.name not in FILES)
    if not folder.is_dir() or strange:
        reason = "is no folder that continuity wrote, and is not replaced"
    elif not force and any(folder.iterdir()):
        reason = "exists and is not replaced"
    else:
        return
    cure = "Choose another folder." if strange or not folder.is_dir() else "Choose another folder, or add --force."
    raise ProblemError([PlanFault("plan", 0, "", str(folder), reason, cure)])


def _row(loss: Loss) -> list[str]:
    """A row of continuity.csv."""
    return [
        ";".join(loss.nations), "; ".join(loss.names), str(loss.offers), str(loss.funds), printed(loss.points),
        printed(loss.objective), printed(loss.relaxed), str(loss.met_before), str(loss.met_after), str(len(loss.worse)),
    ]  # fmt: skip


def _hit(loss: Loss, hit: Hit) -> list[str]:
    """A row of requirements.csv."""
    pairs = (hit.in_time, hit.late, hit.missing, hit.points)
    cells = [cell for two in pairs for cell in ((printed(two[0]), printed(two[1])) if two else ("", ""))]
    return [";".join(loss.nations), hit.requirement, *cells, " ".join(f"{one}." for one in hit.instead)]


def _csv(path: Path, names: tuple[str, ...], rows: list[list[str]]) -> None:
    """A CSV file as plans have it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode())
