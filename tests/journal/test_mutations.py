"""Whatever is changed in a chain, both verifiers find it with the last checkpoint: 10,000 mutations drawn by seed."""

import random
import uuid

import pytest
from django.db import DataError, IntegrityError, connection, transaction

from oneroof.access.viewer import looking
from oneroof.journal.chain import START, hash_after
from oneroof.journal.rows import Row, as_line, every_row, leaf_bytes, rows_after
from oneroof.journal.verifying import walk
from tests.journal.conftest import owner, unguard
from tests.journal.verifier import alone

SEED = 20240711
IN_MEMORY, IN_DATABASE = 10_000, 150


@pytest.fixture
def chain(busy, denmark):
    with looking(denmark):
        return rows_after(denmark.party, 0, up_to=10**9)


def rechained(rows):
    """The rows with positions and hashes made anew, as somebody with every right on the machine could."""
    made, previous = [], START
    for position, row in enumerate(rows, 1):
        row = row._replace(position=position, previous=previous)
        row = row._replace(hash=hash_after(previous, leaf_bytes(row)))
        made.append(row)
        previous = row.hash
    return made


def flipped(rows, draw):
    """One byte of one column is another."""
    place, column = draw.randrange(len(rows)), draw.choice(Row._fields)
    value = getattr(rows[place], column)
    if column == "position":
        value = draw.choice([-value, value + 1, value + 256, 0, str(value) + "x"])
    elif value is None:
        value = str(uuid.UUID(int=draw.getrandbits(128)))
    elif value == "":
        value = chr(draw.randrange(1, 0x500))
    else:
        letters = bytearray(value.encode())
        letters[draw.randrange(len(letters))] ^= draw.randrange(1, 256)
        value = letters.decode("utf-8", "surrogateescape")
    return [*rows[:place], rows[place]._replace(**{column: value}), *rows[place + 1 :]]


def deleted(rows, draw):
    """A few events are gone, not all of them at the end."""
    gone = draw.sample(range(len(rows) - 1), draw.randint(1, 3))
    return [row for place, row in enumerate(rows) if place not in gone]


def inserted(rows, draw):
    """An event stands twice, or one that nobody wrote stands between others; the rest moves on by one or stays."""
    place, new = draw.randrange(len(rows)), draw.choice(rows)
    new = new._replace(id=str(uuid.UUID(int=draw.getrandbits(128))), position=place + 1)
    new = new._replace(hash=hash_after(new.previous, leaf_bytes(new)))
    later = [row._replace(position=row.position + 1) for row in rows[place:]] if draw.random() < 0.5 else rows[place:]
    return [*rows[:place], new, *later]


def reordered(rows, draw):
    """Two events have changed places, with or without their positions."""
    first, second = sorted(draw.sample(range(len(rows)), 2))
    made = list(rows)
    made[first], made[second] = made[second], made[first]
    if draw.random() < 0.5:
        made = [row._replace(position=place) for place, row in enumerate(made, 1)]
    return made


def truncated(rows, draw):
    """The last events are gone."""
    return rows[: -draw.randint(1, len(rows) - 1)]


def made_anew(rows, draw):
    """After another mutation all hashes are made anew."""
    while True:
        rough = draw.choice([flipped, deleted, inserted, reordered])(rows, draw)
        try:
            made = rechained(rough)
        except (TypeError, UnicodeError):
            continue
        if made != rows:
            return made


MUTATIONS = [flipped, flipped, deleted, inserted, reordered, truncated, made_anew]


def found_by_the_house(rows, mark):
    return bool(walk(rows, {mark.chain: {mark.position: [(mark.hash, "the last checkpoint")]}}).faults)


def found_alone(lines, mark):
    try:
        alone.verify_chain(lines, {mark.position: mark.hash})
    except alone.Wrong:
        return True
    return False


def test_both_verifiers_find_10_000_mutations(chain):
    draw, mark = random.Random(SEED), chain[-1]
    assert not found_by_the_house(chain, mark)
    assert not found_alone([as_line(row) for row in chain], mark)

    missed = []
    for number in range(IN_MEMORY):
        mutation = draw.choice(MUTATIONS)
        rows = mutation(chain, draw)
        if rows == chain:
            continue
        lines = [as_line(row) for row in rows]
        if not found_by_the_house(rows, mark) or not found_alone(lines, mark):
            missed.append((number, mutation.__name__))
    assert missed == []


def test_the_verifier_of_one_file_finds_every_byte_that_was_changed(chain):
    draw, mark = random.Random(SEED), chain[-1]
    whole = b"".join(as_line(row) for row in chain)
    missed = []
    for _ in range(2000):
        text = bytearray(whole)
        place, by = draw.randrange(len(text)), draw.randrange(1, 256)
        text[place] ^= by
        if not found_alone(bytes(text).splitlines(keepends=True), mark):
            missed.append((place, by))
    cut = [end for end in range(len(whole)) if not found_alone(whole[:end].splitlines(keepends=True), mark)]
    assert (missed, cut) == ([], [])


def rows_now():
    return list(every_row())


def change_in_database(row, column, value):
    """Write a changed value past every guard."""
    kind = {"position": "bigint", "at": "timestamptz"}.get(column, "")
    if connection.vendor == "postgresql":
        key = {"id", "chain", "actor", "party", "action", "record"}
        kind = kind or ("uuid" if column in key else "json" if column in {"before", "after", "release"} else "text")
        statement = f"UPDATE oneroof_event SET {column} = %s::{kind} WHERE id = %s"
        return statement, [value, row.id]
    if column in {"id", "chain", "actor", "party", "action", "record"} and value is not None:
        value = value.replace("-", "")
    if column == "at":
        value = value.replace("T", " ").replace("Z", "")
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape")
        return f'UPDATE oneroof_event SET "{column}" = CAST(%s AS text) WHERE id = %s', [value, row.id.replace("-", "")]
    return f'UPDATE oneroof_event SET "{column}" = %s WHERE id = %s', [value, row.id.replace("-", "")]


def mutate(chain, draw):
    """One mutation of the table; raises DataError, IntegrityError or ValueError where the column can't hold it."""
    key = chain[0].chain if connection.vendor == "postgresql" else chain[0].chain.replace("-", "")
    place = draw.randrange(len(chain))
    one, other = chain[place], chain[place - 1]
    mutation = draw.choice(["flip", "flip", "delete", "swap", "cut"])
    with transaction.atomic(), connection.cursor() as cursor:
        if mutation == "flip":
            pairs = zip(chain, flipped(chain, draw), strict=True)
            old, new = next((a, b) for a, b in pairs if a != b)
            column = next(c for c in Row._fields if getattr(old, c) != getattr(new, c))
            cursor.execute(*change_in_database(old, column, getattr(new, column)))
        elif mutation == "swap":
            for row, position in ((one, 0), (other, one.position), (one, other.position)):
                cursor.execute(*change_in_database(row, "position", position))
        else:
            sign = ">=" if mutation == "cut" else "="
            cursor.execute(f"DELETE FROM oneroof_event WHERE chain = %s AND position {sign} %s", [key, place + 1])
    return mutation


def test_what_is_changed_in_the_database_itself_is_found(chain):
    draw, mark = random.Random(SEED), chain[-1]
    known = {mark.chain: {mark.position: [(mark.hash, "the last checkpoint")]}}
    done, missed = 0, []
    with owner():
        unguard()
        before = rows_now()
        assert walk(before, known).faults == []
        while done < IN_DATABASE:
            with transaction.atomic():
                try:
                    mutation = mutate(chain, draw)
                except (DataError, IntegrityError, ValueError):
                    continue
                after = rows_now()
                done += after != before
                if after != before and not walk(after, known).faults:
                    missed.append((done, mutation))
                transaction.set_rollback(True)
    assert missed == []
