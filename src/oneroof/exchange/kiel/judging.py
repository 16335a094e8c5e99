"""Row by row: is this an in-kind promise with units outstanding, and of how many; if not, why not.

Stages. Early releases of the tracker count a *commitment* when a government has announced it; they ask for no law,
budget or stock behind it. That is a pledge here. Where a part of the row is delivered already, its goods are being
released from stock: that row is committed. Later releases say in a column what is measured: a *commitment* is a pledge,
an *allocation* (delivered or earmarked for delivery) is committed. Nothing is merely ``offered``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from oneroof.exchange.kiel.categories import Category, category_of, slug
from oneroof.exchange.kiel.donors import Donor, donor_of
from oneroof.exchange.kiel.release import Entry, Release

TINY = 1e-9  # units
MOST = 1e12  # units; more is a slip of the pen

# Why a row is left out: a word for counting, and the sentence.
CAUSES: dict[str, str] = {
    "money": "financial aid is money, not goods",
    "no donor": "no donor is named",
    "unknown donor": "the donor is on no list of nations",
    "nothing named": "neither an item nor a number of units is stated",
    "no number": "no number of units is stated",
    "undisclosed": "the number of units is undisclosed",
    "unclear number": "the number of units can't be read without guessing",
    "not positive": "the number of units is not greater than 0",
    "no item": "a number but no item is stated",
    "too many delivered": "more units are delivered than promised; the row contradicts itself",
    "unclear delivery": "the number of units delivered can't be read without guessing",
    "all delivered": "all units are delivered",
    "no goods": "the file holds no goods by unit",
    "not outstanding": "what is outstanding can't be told",
}


@dataclass(frozen=True)
class Judged:
    """A row with what was decided about it; quantities are units of the item."""

    entry: Entry
    cause: str  # '' where it is taken, else a key of CAUSES
    reason: str  # the sentence of the cause, with the row's own words
    note: str  # what a reader should know about a row that is taken
    donor: Donor | None
    offer: str
    item: str  # key of the item, '' where none is made
    category: Category | None
    promised: float
    delivered: float
    stage: str
    price: float | None  # EUR per unit that the release states
    basis: str  # where the price comes from

    @property
    def outstanding(self) -> float:
        """Units promised and not delivered."""
        return self.promised - self.delivered

    @property
    def taken(self) -> bool:
        """Whether the row becomes an offer."""
        return not self.cause

    @property
    def asked(self) -> bool:
        """Whether the tracker says that the recipient asked for this item."""
        return self.entry.number("asked").known == 1 or self.entry.word("asked").casefold() == "yes"


def judge(release: Release) -> list[Judged]:
    """Every row of the release, judged, in its order."""
    seen: Counter[str] = Counter()
    rows_of_activity = Counter(entry.word("activity") for entry in release.entries)
    judged = []
    for entry in release.entries:
        activity = entry.word("activity")
        seen[activity] += 1
        offer = f"{activity[:48]}-{seen[activity]:03d}" if activity else f"row-{entry.row:04d}"
        alone = not activity or rows_of_activity[activity] == 1
        judged.append(_judge(entry, offer, alone, release.usd_per_eur))
    return _with_unique_keys(judged)


def _with_unique_keys(judged: list[Judged]) -> list[Judged]:
    """The same rows; an offer's key that came twice (cut activity IDs) gets the row's number instead."""
    often = Counter(each.offer for each in judged if each.taken)
    return [
        each if often[each.offer] < 2 else Judged(**{**each.__dict__, "offer": f"row-{each.entry.row:04d}-{i}"})
        for i, each in enumerate(judged)
    ]


def _judge(entry: Entry, offer: str, alone: bool, usd_per_eur: float | None) -> Judged:
    """One row."""
    donor = donor_of(entry.word("donor"))
    cause, words = _cause(entry, donor)
    promised, delivered = entry.number("promised").known, entry.number("delivered").known
    item, category, note, stage, price, basis = "", None, "", "", None, ""
    if not cause:
        name = entry.word("item")
        category = category_of(name, f"{entry.word('type')} | {entry.word('sub_type')}")
        item = slug(category.item or name)
        price, basis = _price(entry, promised, alone, usd_per_eur)
        stage, note = _stage(entry), _note(entry)
    reason = CAUSES[cause] + (f": {words}" if words else "") if cause else ""
    return Judged(
        entry,
        cause,
        reason,
        note,
        donor,
        offer if not cause else "",
        item,
        category,
        promised,
        delivered,
        stage,
        price,
        basis,
    )


def _cause(entry: Entry, donor: Donor | None) -> tuple[str, str]:
    """Why a row is left out, with the row's own words; ('', '') where it is taken."""
    if entry.refused:
        return ("not outstanding" if "item" in entry.cells else "no goods"), entry.refused
    if not entry.word("donor"):
        return "no donor", ""
    if entry.word("aid").casefold() == "financial":
        return "money", ""
    promised, delivered, item = entry.number("promised"), entry.number("delivered"), entry.word("item")
    if promised.value is None:
        if promised.cause == "undisclosed":
            return "undisclosed", ""
        if promised.cause == "missing":
            return ("no number", item) if item else ("nothing named", "")
        return "unclear number", f"“{promised.text}”"
    if promised.value > MOST:
        return "unclear number", f"“{promised.text}”"
    if promised.value <= 0:
        return "not positive", promised.text
    if not item:
        return "no item", promised.text
    if donor is None:
        return "unknown donor", f"“{entry.word('donor')}”"
    if delivered.value is None and delivered.cause == "unclear":
        return "unclear delivery", f"“{delivered.text}”"
    if delivered.known < 0 or delivered.known > promised.value + TINY:
        return "too many delivered", f"{delivered.text} of {promised.text}"
    if promised.value - delivered.known <= TINY:
        return "all delivered", ""
    return "", ""


def _stage(entry: Entry) -> str:
    """The stage of a row, by the tracker's own definitions (see the module's text)."""
    measure = entry.word("measure").casefold()
    if measure:
        return "committed" if measure.startswith(("allocation", "deliver", "disburse")) else "pledged"
    delivered = entry.number("delivered")
    begun = delivered.known > 0 or delivered.cause in ("undisclosed", "words")
    return "committed" if begun else "pledged"


def _note(entry: Entry) -> str:
    """Why the outstanding number may be too high."""
    delivered = entry.number("delivered")
    if delivered.cause in ("undisclosed", "words"):
        return f"delivered: “{delivered.text}”; the number outstanding is the most it can be"
    if delivered.cause == "missing":
        aid = entry.word("aid").casefold()
        tail = (
            "the tracker records deliveries of military aid only"
            if aid == "humanitarian"
            else "no delivery is recorded"
        )
        return f"{tail}; the number outstanding is the most it can be"
    return ""


def _price(entry: Entry, promised: float, alone: bool, usd_per_eur: float | None) -> tuple[float | None, str]:
    """EUR per unit as the release states it, and where; (None, '') where it states none."""
    euros = entry.number("price_eur").known
    if euros > 0:
        return euros, "unit price in EUR"
    dollars = entry.number("price_usd").known
    if dollars > 0 and usd_per_eur:
        return dollars / usd_per_eur, "unit price in USD, converted"
    estimate = entry.number("estimate_usd").known
    if estimate > 0 and usd_per_eur:
        return estimate / promised / usd_per_eur, "the tracker's estimate of the row in USD, converted, by unit"
    total = entry.number("total_eur").known
    if total > 0 and alone:
        return total / promised, "value of the activity in EUR, by unit"
    return None, ""
