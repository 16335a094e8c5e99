"""The database itself refuses to change what happened."""

import pytest
from django.db import DatabaseError, connection, transaction

from oneroof.access.viewer import looking
from oneroof.journal.actions import checkpoint
from oneroof.journal.append_only import REFUSAL
from tests.journal.conftest import owner

CHANGES = [
    "UPDATE {table} SET hash = 'x'",
    "UPDATE {table} SET position = position + 1 WHERE position > 0",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE position = (SELECT max(position) FROM {table})",
]
ONLY_POSTGRESQL = [
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "SET LOCAL session_replication_role = replica; DELETE FROM {table}",
    "INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET hash = 'x'",
    "MERGE INTO {table} t USING {table} s ON t.id = s.id WHEN MATCHED THEN DELETE",
]
ONLY_SQLITE = [
    "INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE position > 0",
    "REPLACE INTO {table} SELECT * FROM {table} WHERE position > 0",
    "UPDATE OR REPLACE {table} SET position = 1",
    "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT (id) DO UPDATE SET hash = 'x'",
]


def attempts():
    return [*CHANGES, *(ONLY_POSTGRESQL if connection.vendor == "postgresql" else ONLY_SQLITE)]


def refused(statement):
    with pytest.raises(DatabaseError) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(told.value)


@pytest.mark.parametrize("table", ["oneroof_event", "oneroof_checkpoint"])
def test_even_the_owner_of_the_tables_changes_and_deletes_nothing(busy, denmark, table):
    with looking(denmark):
        checkpoint(denmark.party)
    with owner():
        answers = {statement: refused(statement.format(table=table)) for statement in attempts()}

    assert {statement for statement, answer in answers.items() if REFUSAL not in answer} == set()


def test_the_application_has_no_right_to_change_or_delete(busy, denmark):
    with looking(denmark):
        answers = {statement: refused(statement.format(table="oneroof_event")) for statement in attempts()}

    allowed = REFUSAL if connection.vendor == "sqlite" else "permission denied"
    assert {statement for statement, answer in answers.items() if allowed not in answer} == set()


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has no hidden row number")
def test_a_row_is_not_replaced_by_its_hidden_row_number(busy):
    columns = "rowid, id, chain, position, at, actor, party, role, action, verb, kind, record"
    rest = '"before", "after", why, "release", previous, hash'
    copied = columns.replace(", id, chain, position", ", 'another', chain, 99")
    assert REFUSAL in refused(
        f"INSERT OR REPLACE INTO oneroof_event ({columns}, {rest}) SELECT {copied}, {rest} FROM oneroof_event LIMIT 1"
    )
