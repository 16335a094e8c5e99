"""Backups: whole or not at all, verified, and put back exactly."""

import json
import zipfile

import pytest

from tests.house.served import POSTGRESQL, as_superuser, get, house


@pytest.fixture
def kept(tmp_path, with_items):
    """A house with four items of Denmark's."""
    (tmp_path / "home").mkdir()
    with house(tmp_path / "home", like=with_items) as made:
        yield made


@pytest.fixture
def backed_up(kept, tmp_path):
    done = kept.run("backup", str(tmp_path / "one.backup"), "--with-keys")
    assert done.returncode == 0, done.stderr
    return tmp_path / "one.backup"


def held(kept):
    """What a house holds: codes of items, number of events, breaks of the journal."""
    told = json.loads(kept.python("tests.house.count", "once"))
    return sorted(told["items"].values()), told["number"], told["breaks"]


def test_a_backup_is_put_back_exactly_in_another_house(kept, backed_up, tmp_path):
    before = held(kept)
    (tmp_path / "other").mkdir()
    with house(tmp_path / "other") as other:
        done = other.run("restore", str(backed_up), "--with-keys")

        assert done.returncode == 0, done.stderr
        assert f"The journal is whole: {before[1]} events." in done.stdout
        assert held(other) == before
        assert before == (["ITEM-0", "ITEM-1", "ITEM-2", "ITEM-3"], 4, [])
        assert (other.home / "secret-key").read_text() == (kept.home / "secret-key").read_text()
        address = other.start()
        cookie = {"Cookie": f"sessionid={kept.session}"}
        assert len(json.loads(get(f"{address}/api/v1/items", cookie)[2])["results"]) == 4


def test_a_backup_goes_to_its_owner_alone_and_replaces_nothing_unasked(kept, backed_up):
    again = kept.run("backup", str(backed_up))

    assert again.returncode == 2
    assert "is not replaced" in again.stderr
    assert backed_up.stat().st_mode & 0o077 == 0
    assert list(backed_up.parent.glob(".oneroof*")) == []


def test_keys_are_in_a_backup_only_when_asked_for(kept, backed_up, tmp_path):
    kept.run("backup", str(tmp_path / "two.backup"))

    assert "home/secret-key" in zipfile.ZipFile(backed_up).namelist()
    assert sorted(zipfile.ZipFile(tmp_path / "two.backup").namelist()) == ["database", "manifest.json"]


def test_a_house_with_records_is_replaced_with_force_alone(kept, backed_up):
    kept.python("tests.house.add", "2", "LATER")
    later = held(kept)

    refused = kept.run("restore", str(backed_up))
    assert refused.returncode == 2
    assert "add --force" in refused.stderr
    assert held(kept) == later

    done = kept.run("restore", str(backed_up), "--force")
    assert done.returncode == 0, done.stderr
    assert held(kept)[:2] == (["ITEM-0", "ITEM-1", "ITEM-2", "ITEM-3"], 4)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_backup_in_which_one_byte_changed_is_not_restored(kept, backed_up, share):
    before = held(kept)
    changed = bytearray(backed_up.read_bytes())
    changed[int(len(changed) * share)] ^= 1
    backed_up.write_bytes(changed)

    done = kept.run("restore", str(backed_up), "--force")

    assert done.returncode == 2, done.stderr
    assert "not what was written" in done.stderr or "is no backup" in done.stderr
    assert held(kept) == before


def test_a_backup_that_was_cut_off_is_not_restored(kept, backed_up):
    before = held(kept)
    backed_up.write_bytes(backed_up.read_bytes()[:-100])

    done = kept.run("restore", str(backed_up), "--force")

    assert done.returncode == 2
    assert held(kept) == before


def test_nothing_is_restored_under_a_running_server(kept, backed_up):
    kept.start()

    done = kept.run("restore", str(backed_up), "--force")

    assert done.returncode == 2
    assert "Stop it, then restore" in done.stderr


def test_a_backup_is_made_while_the_server_writes(kept, tmp_path):
    kept.start()

    done = kept.run("backup", str(tmp_path / "live.backup"))

    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(POSTGRESQL, reason="there the tables are checked after they are loaded")
def test_a_copy_whose_journal_is_not_whole_is_not_restored(kept, backed_up, tmp_path):
    import sqlite3  # noqa: PLC0415 only here

    file = kept.home / "oneroof.sqlite3"
    with sqlite3.connect(file) as database:
        database.execute("DROP TRIGGER oneroof_event_no_update")
        database.execute("UPDATE oneroof_event SET why = 'another' WHERE position = 2")
    database.close()
    kept.run("backup", str(tmp_path / "forged.backup"))
    kept.run("restore", str(backed_up), "--force")
    before = held(kept)

    done = kept.run("restore", str(tmp_path / "forged.backup"), "--force")

    assert done.returncode == 2
    assert "breaks at position 2" in done.stderr
    assert held(kept) == before


@pytest.mark.skipif(not POSTGRESQL, reason="roles are PostgreSQL's")
def test_a_role_behind_the_walls_makes_no_backup(kept, tmp_path):
    done = kept.run("backup", str(tmp_path / "blind.backup"), ONEROOF_BACKUP_DATABASE_URL="")

    assert done.returncode == 2
    assert "CREATE ROLE oneroof_backup LOGIN BYPASSRLS" in done.stderr
    assert not (tmp_path / "blind.backup").exists()


@pytest.mark.skipif(not POSTGRESQL, reason="there a load can fail half way")
def test_a_restore_that_fails_half_way_changes_nothing(kept, backed_up):
    before = held(kept)
    # The owner may drop its tables, but make none: the old ones are gone when the first new one fails.
    as_superuser("ALTER SCHEMA public OWNER TO postgres", database=kept.database)

    done = kept.run("restore", str(backed_up), "--force")

    assert done.returncode == 2
    assert "nothing was changed" in done.stderr
    assert held(kept) == before
