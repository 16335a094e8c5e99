#!/usr/bin/env python3
"""Verify a chain of OneRoof's journal, with nothing but Python's standard library.

    python3 verify_journal.py CHAIN.jsonl --checkpoint FILE [FILE ...] --key KEY.pem

CHAIN.jsonl   the events of one chain, as `oneroof audit export` or the page "Log" gives them
FILE          checkpoints of that chain, as they were given to you over time; the oldest are worth the most
KEY.pem       the house's public key, got on another way than the rest, and kept

This file shares no code with the application: it was written from docs/journal.md. Without a checkpoint it finds every
change but two: events cut off at the end, and a chain written anew from the changed place on.
Exit status: 0 the chain is whole, 2 it is not or a file can't be read, 1 a fault of this program.
"""

import argparse
import base64
import hashlib
import json
import sys

START = "0" * 64
EVENT_FIELDS = [
    "action", "actor", "after", "at", "before", "chain", "id", "kind", "party", "position", "record", "release",
    "role", "verb", "why",
]  # fmt: skip
LINE_FIELDS = ["event", "hash", "previous"]
CHECKPOINT_FIELDS = ["at", "chain", "format", "hash", "key", "position", "signature"]
FORMAT = "oneroof checkpoint 1"


class Wrong(Exception):
    """Something does not fit; the text says what and where."""


# Ed25519, RFC 8032, section 5.1 and its example in section 6: slow and plain, for verification alone.

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def recovered_x(y, sign):
    """The x of a point from its y and the lowest bit of x; None where there is no such point."""
    if y >= P:
        return None
    squared = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    if squared == 0:
        return None if sign else 0
    x = pow(squared, (P + 3) // 8, P)
    if (x * x - squared) % P:
        x = x * ROOT % P
    if (x * x - squared) % P:
        return None
    return P - x if x & 1 != sign else x


def added(a, b):
    """The sum of two points in extended coordinates (X, Y, Z, T)."""
    m, n = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    t, z = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = n - m, z - t, z + t, n + m
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(number, point):
    """A point taken a number of times."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = added(total, point)
        point = added(point, point)
        number >>= 1
    return total


def same(a, b):
    """Whether two points are one."""
    return (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0


def point_of(text):
    """The point that 32 bytes stand for, or None."""
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    x = recovered_x(y, sign)
    return None if x is None else (x, y, 1, x * y % P)


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (recovered_x(BASE_Y, 0), BASE_Y, 1, recovered_x(BASE_Y, 0) * BASE_Y % P)


def signature_fits(public, message, signature):
    """Whether an Ed25519 signature (64 bytes) of a message fits a public key (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, r = point_of(public), point_of(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if key is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % ORDER
    return same(times(s, BASE), added(r, times(h, key)))


# The canonical form, and what stands in it.


def no_float(text):
    """The journal holds no floats."""
    raise ValueError(f"{text} is no whole number")


# Made once: a million lines are read and written with them.
READER = json.JSONDecoder(parse_float=no_float, parse_constant=no_float)
WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def canonical(value):
    """Sorted keys, no blanks, UTF-8."""
    return WRITER.encode(value).encode("utf-8")


def parsed(line):
    """A line of canonical JSON as an object. Raises ValueError where it is not in the canonical form."""
    value = READER.decode(line.decode("utf-8"))
    if canonical(value) != line:
        raise ValueError("it is not in the canonical form")
    return value


def parsed_entry(line):
    """A line of a chain as (event, its canonical bytes, hash, previous hash).

    Raises ValueError, KeyError or TypeError where it is no event, or is not in the canonical form: the event is written
    once, for that and for its hash.
    """
    entry = READER.decode(line.decode("utf-8"))
    event = entry["event"]
    if sorted(entry) != LINE_FIELDS or sorted(event) != EVENT_FIELDS:
        raise ValueError("it has other fields than an event")
    text = canonical(event)
    rest = canonical({"hash": entry["hash"], "previous": entry["previous"]})
    if b'{"event":' + text + b"," + rest[1:] != line:
        raise ValueError("it is not in the canonical form")
    return event, text, entry["hash"], entry["previous"]


def verify_chain(lines, checkpoints):
    """Verify the lines of a chain (bytes) against checkpoints ({position: hash}); gives (chain, length, last hash).

    Raises Wrong at the first thing that does not fit.
    """
    chain, position, previous = None, 0, START
    for number, line in enumerate(lines, 1):
        place = f"line {number}, position {position + 1}"
        if not line.endswith(b"\n"):
            raise Wrong(f"{place}: the line is cut off. The file is not whole: get it again.")
        try:
            event, text, told, before = parsed_entry(line[:-1])
        except (ValueError, KeyError, TypeError) as wrong:
            raise Wrong(f"{place}: this is no event as the journal writes them ({wrong}).") from wrong
        if type(event["position"]) is not int or event["position"] != position + 1:
            raise Wrong(f"{place}: the event here has position {event['position']}. One was deleted, added or moved.")
        if chain is not None and event["chain"] != chain:
            raise Wrong(f"{place}: the event belongs to another chain, {event['chain']}.")
        if before != previous:
            raise Wrong(f"{place}: the previous hash is not that of the event before. One was deleted or changed.")
        digest = hashlib.sha256(previous.encode("ascii") + b"\n" + text).hexdigest()
        if digest != told:
            raise Wrong(f"{place}: the hash does not fit the event {event['id']}. The event or its hash was changed.")
        chain, position, previous = event["chain"], position + 1, digest
        if checkpoints.get(position, digest) != digest:
            raise Wrong(f"{place}: a checkpoint gives this position another hash. The chain was made anew.")
    later = [place for place in checkpoints if place > position]
    if later:
        raise Wrong(f"the chain ends at position {position}, but a checkpoint signs {max(later)}. The end was cut off.")
    return chain, position, previous


def public_key(text):
    """The 32 bytes of an Ed25519 key in PEM."""
    body = "".join(line for line in text.split("\n") if line and not line.startswith("-----"))
    try:
        raw = base64.b64decode(body, validate=True)
    except ValueError as wrong:
        raise Wrong("the key is no PEM file. Ask the house for the file of `oneroof audit key`.") from wrong
    if len(raw) != 44 or not raw.startswith(bytes.fromhex("302a300506032b6570032100")):
        raise Wrong("the key is no Ed25519 public key. Ask the house for the file of `oneroof audit key`.")
    return raw[12:]


def verify_checkpoint(line, keys):
    """The fields of a checkpoint (bytes) that is signed by one of the keys. Raises Wrong."""
    try:
        fields = parsed(line)
        if sorted(fields) != CHECKPOINT_FIELDS or fields["format"] != FORMAT or type(fields["position"]) is not int:
            raise ValueError("it has other fields than a checkpoint")
        signature = bytes.fromhex(fields["signature"])
        if signature.hex() != fields["signature"]:
            raise ValueError("its signature is written in another way")
    except (ValueError, TypeError, AttributeError) as wrong:
        raise Wrong(f"this is no checkpoint of the form {FORMAT!r} ({wrong}).") from wrong
    key = next((k for k in keys if hashlib.sha256(k).hexdigest()[:16] == fields["key"]), None)
    if key is None:
        raise Wrong(f"it was signed by key {fields['key']}, which is none of those given. Name its file with --key.")
    message = canonical({name: value for name, value in fields.items() if name != "signature"})
    if not signature_fits(key, message, signature):
        raise Wrong("its signature does not fit: it was changed after signing, or never signed.")
    return fields


def known_hashes(files, keys):
    """The hashes that checkpoint files give, {chain: {position: hash}}. Raises Wrong."""
    known = {}
    for name in files:
        with open(name, "rb") as file:
            lines = [line for line in file.read().split(b"\n") if line.strip()]
        if not lines:
            raise Wrong(f"{name} is empty, but a checkpoint is one line. Take the file you were given.")
        for number, line in enumerate(lines, 1):
            try:
                fields = verify_checkpoint(line, keys)
            except Wrong as wrong:
                raise Wrong(f"{name} line {number}: {wrong}") from wrong
            given = known.setdefault(fields["chain"], {}).setdefault(fields["position"], fields["hash"])
            if given != fields["hash"]:
                raise Wrong(f"{name} line {number}: two signed checkpoints give this position different hashes. "
                            "The house has shown two histories.")  # fmt: skip
    return known


def run(arguments):
    """Verify what the command line names; the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("chain", help="CHAIN.jsonl")
    parser.add_argument("--checkpoint", nargs="+", default=[], metavar="FILE")
    parser.add_argument("--key", nargs="+", default=[], metavar="KEY.pem")
    asked = parser.parse_args(arguments)
    try:
        keys = []
        for name in asked.key:
            with open(name, encoding="ascii") as file:
                keys.append(public_key(file.read()))
        known = known_hashes(asked.checkpoint, keys)
        with open(asked.chain, "rb") as file:
            first = file.readline()
            file.seek(0)
            try:
                name = json.loads(first)["event"]["chain"] if first else None
            except (ValueError, KeyError, TypeError):
                name = None
            marks = known.get(name, {}) if first else next(iter(known.values()), {})
            chain, length, last = verify_chain(file, marks)
        if known and chain is not None and chain not in known:
            raise Wrong(f"{asked.chain} is chain {chain}, but the checkpoints are of {', '.join(sorted(known))}.")
    except (Wrong, OSError, UnicodeError) as wrong:
        print(f"NOT WHOLE: {asked.chain}: {wrong}")
        print("Keep this file and your checkpoints, and ask the house for an explanation.")
        return 2
    print(f"Whole: chain {chain}, {length} events, last hash {last}.")
    if marks:
        print(f"It fits {len(marks)} signed checkpoint(s), the latest at position {max(marks)}.")
    else:
        print("No checkpoint was given: events cut off at the end, or a chain made anew, would go unseen.")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
