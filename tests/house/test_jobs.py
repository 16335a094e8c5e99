"""Waiting jobs: one worker at a time, again after a death, not for ever."""

from datetime import timedelta

import pytest
from django.utils import timezone

from oneroof.access.viewer import Viewer, looking
from oneroof.journal import jobs
from oneroof.journal.models import Job, KeptAnswer
from oneroof.running import chores, working


@pytest.fixture
def waiting(db):
    jobs.ask("clear_expired")
    return Job.objects.get()


def test_two_workers_never_hold_the_same_job(waiting):
    first, second = jobs.claim(), jobs.claim()

    assert first.id == waiting.pk
    assert second is None


def test_a_job_whose_worker_died_goes_to_another_after_its_lease(waiting):
    dead = jobs.claim()
    later = timezone.now() + jobs.LEASE

    assert jobs.claim() is None
    other = jobs.claim(later)
    assert (other.id, other.attempt) == (dead.id, 2)
    assert [jobs.done(dead), jobs.hold(dead), jobs.failed(dead, "X")] == [False, False, False]
    assert jobs.done(other)
    assert jobs.claim(later + jobs.LEASE) is None


def test_a_worker_that_goes_on_keeps_its_job(waiting):
    job = jobs.claim()
    half = timezone.now() + jobs.LEASE / 2

    assert jobs.hold(job, half)
    assert jobs.claim(half + jobs.LEASE / 2) is None


def test_a_job_that_fails_is_tried_again_with_growing_waits_and_ends_after_five(waiting):
    now, waits = timezone.now(), []
    for _ in range(jobs.MOST_ATTEMPTS):
        job = jobs.claim(now + timedelta(days=1))
        assert jobs.failed(job, "OperationalError")
        held = Job.objects.get()
        waits.append(round((held.due_at - now).total_seconds(), -1))

    assert waits[:4] == [30, 60, 120, 240]
    assert (held.ended_at is not None, held.failure) == (True, "OperationalError")
    assert jobs.claim(now + timedelta(days=2)) is None


def test_a_job_that_kills_each_worker_ends_as_failed(waiting):
    now = timezone.now()
    for number in range(jobs.MOST_ATTEMPTS):
        assert jobs.claim(now + number * jobs.LEASE) is not None

    assert jobs.claim(now + jobs.MOST_ATTEMPTS * jobs.LEASE) is None
    assert Job.objects.get().failure == "the worker died each time"


def test_a_job_of_the_clock_is_asked_for_once_in_its_time(db):
    noon = timezone.now().replace(hour=12, minute=10)
    for moment in (noon, noon + timedelta(minutes=20), noon + timedelta(hours=1)):
        working.ask_what_is_due(moment)

    assert sorted(Job.objects.values_list("kind", flat=True)) == ["back_up", "clear_expired", "clear_expired"]


def test_a_job_that_raises_is_a_failure_with_the_name_of_the_error_alone(db, monkeypatch):
    def fail():
        raise ValueError("HOWITZER of DNK")

    monkeypatch.setitem(working.JOBS, "clear_expired", fail)
    jobs.ask("clear_expired")

    assert working.work(lambda: False, lambda seconds: None, once=True) <= 2
    assert Job.objects.filter(kind="clear_expired", once=None).get().failure == "ValueError"


def test_what_has_expired_goes_and_the_rest_stays(parties, second):
    person = second("DNK", "reader").person
    denmark = Viewer(person=person.pk, party=parties["DNK"].pk, role="reader", parties=(parties["DNK"].pk,))
    with looking(denmark):
        for key, age in (("old", 2), ("young", 0)):
            kept = KeptAnswer.objects.create(person=person.pk, party=parties["DNK"].pk, key=key, asked="x")
            KeptAnswer.objects.filter(pk=kept.pk).update(at=timezone.now() - timedelta(days=age))
    for days in (40, 1):
        jobs.ask("back_up", once=str(days))
        Job.objects.filter(once=str(days)).update(ended_at=timezone.now() - timedelta(days=days))

    chores.clear_expired()

    with looking(denmark):
        assert list(KeptAnswer.objects.values_list("key", flat=True)) == ["young"]
    assert list(Job.objects.values_list("once", flat=True)) == ["1"]
