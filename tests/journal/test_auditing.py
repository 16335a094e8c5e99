"""``oneroof audit``: what it finds, signs, hands out and parts."""

import json
import stat

import pytest
from django.conf import settings
from django.db import connection

from oneroof.access.models import Person
from oneroof.access.viewer import looking
from oneroof.journal.actions import HOUSE, checkpoint
from oneroof.journal.checkpoints import make_key, private_key
from oneroof.journal.errors import Refused
from oneroof.journal.models import Checkpoint, Event
from oneroof.journal.rows import every_row
from oneroof.journal.verifying import walk
from tests.commands.prompt import oneroof
from tests.journal.conftest import owner, unguard
from tests.journal.verifier import alone


def execute(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_whole_journal_is_called_whole(busy):
    with owner():
        assert oneroof("audit", "checkpoint").status == 0
        answer = oneroof("audit", "verify")
        told = json.loads(oneroof("audit", "verify", "--json").out)

    assert answer.status == 0
    assert "16 events in 2 chains and 2 checkpoints verified" in answer.out
    assert (told["whole"], told["events"], told["chains"]) == (True, 16, {"DNK": 12, "NLD": 4})


def test_a_change_is_told_with_its_place_its_reason_and_the_cure(busy):
    with owner():
        unguard()
        execute("UPDATE oneroof_event SET why = 'Never said' WHERE position = 3")
        answer = oneroof("audit", "verify")
        told = json.loads(oneroof("audit", "verify", "--json").out)

    assert answer.status == 2
    assert "Chain DNK, position 3" in answer.out
    assert "Restore the journal from a backup" in " ".join(answer.out.split())
    assert sorted((f["party"], f["position"]) for f in told["faults"]) == [("DNK", 3), ("NLD", 3)]


def test_a_cut_tail_is_found_by_a_checkpoint_that_was_kept_elsewhere(busy, tmp_path):
    kept = tmp_path / "DNK.checkpoint"
    with owner():
        assert oneroof("audit", "checkpoint", "--party", "DNK", "--out", kept).status == 0
        unguard()
        unguard("oneroof_checkpoint")
        execute("DELETE FROM oneroof_event WHERE position > 9")
        execute("DELETE FROM oneroof_checkpoint")
        without, with_it = oneroof("audit", "verify"), oneroof("audit", "verify", "--checkpoint", kept)

    assert (without.status, with_it.status) == (0, 2)
    assert "cut off at the end would go unseen" in without.out
    assert "the chain ends at position 9" in with_it.out


def test_a_checkpoint_that_was_changed_proves_nothing(busy, tmp_path):
    kept = tmp_path / "DNK.checkpoint"
    with owner():
        oneroof("audit", "checkpoint", "--party", "DNK", "--out", kept)
        kept.write_text(kept.read_text().replace('"position":12', '"position":11'))
        answer = oneroof("audit", "verify", "--checkpoint", kept)

    assert answer.status == 2
    assert "its signature does not fit" in " ".join(answer.err.split())


def test_what_is_handed_out_is_verified_by_the_one_file(busy, tmp_path, capsys):
    chain, kept, key = (tmp_path / name for name in ("DNK.jsonl", "DNK.checkpoint", "key.pem"))
    with owner():
        for command, file in (("export", chain), ("checkpoint", kept)):
            assert oneroof("audit", command, "--party", "DNK", "--out", file).status == 0
        assert oneroof("audit", "key", "--out", key).status == 0

    assert alone.run([str(chain), "--checkpoint", str(kept), "--key", str(key)]) == 0
    assert "12 events" in capsys.readouterr().out


def test_a_party_that_is_not_there_is_told(busy):
    with owner():
        answer = oneroof("audit", "export", "--party", "XXX")
    assert answer.status == 2
    assert "no party has that code" in answer.err


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no roles")
def test_a_role_that_sees_a_part_verifies_nothing(busy):
    answer = oneroof("audit", "verify")
    assert answer.status == 2
    assert "ONEROOF_OWNER_DATABASE_URL" in answer.err


def test_the_key_is_made_once_and_its_owner_alone_reads_it(tmp_path, monkeypatch):
    place = tmp_path / "checkpoint-key"
    make_key(place)
    first = place.read_bytes()
    make_key(place)

    assert (place.read_bytes(), stat.S_IMODE(place.stat().st_mode)) == (first, 0o600)
    assert [file.name for file in tmp_path.iterdir()] == ["checkpoint-key"]
    monkeypatch.setattr(settings, "CHECKPOINT_KEY", place)
    place.chmod(0o640)
    with pytest.raises(Refused, match="chmod 600"):
        private_key()


def test_nothing_is_signed_that_does_not_fit_the_last_checkpoint(busy, denmark):
    with looking(denmark):
        checkpoint(denmark.party)
    with owner():
        unguard()
        execute("DELETE FROM oneroof_event WHERE position > 9")
        with pytest.raises(Refused, match="it was changed"):
            checkpoint(denmark.party)


def test_a_name_is_parted_from_events_which_stay_whole(busy, denmark):
    with looking(denmark):
        person = Person.objects.get(pk=denmark.person)
        name, email = person.name, person.email
        before = list(Event.objects.filter(actor=person.pk).values_list("hash", flat=True).order_by("pk"))
    with owner():
        answer = oneroof("audit", "part-name", email, "--why", "Asked for it")
        assert answer.status == 0
        person.refresh_from_db()
        assert name not in (person.name, person.email)
        assert email.split("@")[0] not in person.email
        assert not person.is_active
        assert list(Event.objects.filter(actor=person.pk).values_list("hash", flat=True).order_by("pk")) == before
        last = Event.objects.filter(chain=HOUSE).order_by("-position").first()
        assert (last.verb, name in str(last.after), email in str(last.before)) == ("part_name", False, False)
        assert walk(every_row(), {}).faults == []


def test_a_checkpoint_is_seen_by_its_own_party_alone(busy, denmark, netherlands):
    for viewer in (denmark, netherlands):
        with looking(viewer):
            checkpoint(viewer.party)
    with looking(denmark):
        seen = set(Checkpoint.objects.values_list("chain", flat=True))
    assert seen == ({denmark.party} if connection.vendor == "postgresql" else {denmark.party, netherlands.party})
