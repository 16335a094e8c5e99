"""Why a requirement is not met and what would close it, in the language of the page.

Plans word their explanations in English. Other languages build them anew from the limits and shares that
``explanations.json`` holds, since sentences are not translated word by word.
"""

from __future__ import annotations

from typing import Any

from oneroof.briefings.figures import Outcome
from oneroof.briefings.names import Names

KINDS = {"offer": "offer", "consent": "offer", "stage": "offer", "caveat": "offer", "leg": "leg", "node": "node"}
KINDS |= {"course": "course", "supplier": "supplier", "lead_time": "supplier"}


def explanation(outcome: Outcome, names: Names) -> str:
    """Why the requirement is not met in time."""
    if names.words.language == "en" and outcome.explanation:
        return outcome.explanation
    words = names.words
    lacks = words.amount(outcome.late + outcome.missing)
    shares = [s for s in outcome.shares if s.get("limit")] or [{"limit": outcome.limit}]
    first = shares[0]
    told = {"lacks": lacks, "quantity": words.amount(outcome.quantity), "reason": reason(first, names)}
    share = float(first.get("share") or 0)
    if 0 < share < 0.995:
        text = words.say("because_share", share=words.percent(share, 0), **told)
    else:
        text = words.say("because", **told)
    if len(shares) > 1 and float(shares[1].get("share") or 0) >= 0.1:
        second = words.percent(float(shares[1]["share"]), 0)
        text += " " + words.say("because_second", reason=reason(shares[1], names), share=second)
    return text


def cure(outcome: Outcome, names: Names) -> str:
    """What would close the gap."""
    if names.words.language == "en" and outcome.cure:
        return outcome.cure
    node = names.place(int(names.problem.requirements.node[outcome.index]))
    key = f"cure_{outcome.limit}"
    return names.words.say(key, node=node, stage=_stage(names)) if key in names.words.texts else outcome.cure


def reason(share: dict[str, Any], names: Names) -> str:
    """One limit as a clause; the plain form where nothing in particular is named."""
    words, limit = names.words, str(share["limit"])
    what = names.named(KINDS.get(limit, ""), str(share.get("what") or ""))
    weeks = [int(w) for w in share.get("weeks") or [] if w is not None]
    when = words.weeks(weeks[0], weeks[-1]) if weeks else ""
    key = f"why_{limit}"
    if not what and f"{key}_none" in words.texts:
        key = f"{key}_none"
    return " ".join(words.say(key, what=what, weeks=when, stage=_stage(names)).split()) if key in words.texts else limit


def _stage(names: Names) -> str:
    """The least stage that counts, in words."""
    from_stage = ("offered", "pledged", "committed")[names.problem.min_stage]
    return names.words.say(f"stage_{from_stage}")
