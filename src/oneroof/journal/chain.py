"""How an event becomes bytes and a hash; docs/journal.md has the same in words, and a verifier that shares no code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

START = "0" * 64


def instant(at: datetime) -> str:
    """An instant as text with microseconds, in UTC: ``2024-07-11T09:30:00.000000Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(leaf: Mapping[str, object]) -> bytes:
    """A leaf as JSON with sorted keys and no blanks, in UTF-8.

    Values are text, whole numbers, booleans, null, lists and objects of them: without floats this is RFC 8785's form
    for keys within the Basic Multilingual Plane.
    """
    return json.dumps(leaf, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def leaf_hash(previous: str, leaf: Mapping[str, object]) -> str:
    """SHA-256 over the previous hash, in hexadecimal digits, and the canonical leaf."""
    return hashlib.sha256(previous.encode() + b"\n" + canonical(leaf)).hexdigest()
