"""How an event becomes bytes and a hash; docs/journal.md has the same in words, with test vectors.

``tools/verify_journal.py`` does the same again and shares no code with this.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

START = "0" * 64


def instant(at: datetime) -> str:
    """An instant as text with microseconds, in UTC: ``2024-07-11T09:30:00.000000Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical_text(value: object) -> str:
    """A value as JSON with sorted keys and no blanks.

    Values are text, whole numbers, booleans, null, lists and objects of them. Without floats this is RFC 8785's form,
    as long as keys stay within the Basic Multilingual Plane (names of fields do).
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(leaf: Mapping[str, object]) -> bytes:
    """A leaf in the canonical form, in UTF-8."""
    return canonical_text(leaf).encode()


def leaf_hash(previous: str, leaf: Mapping[str, object]) -> str:
    """SHA-256 over the previous hash in hexadecimal digits, a line feed, and the canonical leaf."""
    return hash_after(previous, canonical(leaf))


def hash_after(previous: str, leaf: bytes) -> str:
    """The hash of a leaf that is in the canonical form already."""
    return hashlib.sha256(previous.encode("utf-8", "surrogateescape") + b"\n" + leaf).hexdigest()
