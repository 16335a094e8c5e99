"""Threads of compiled code that wait for each other awake."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from numba import njit

from oneroof.planning.meeting import tell, wait_for
from oneroof.planning.problem import Floats, Ints

STEPS = 2_000


@njit(nogil=True)
def ask(asked, answered, note):  # type: ignore[no-untyped-def]
    """Write a number, wait for the answer to it, and add the answers up."""
    total = 0.0
    for step in range(1, STEPS + 1):
        note[0] = step
        tell(asked, step)
        wait_for(answered, step)
        total += note[1]
    return total


@njit(nogil=True)
def answer(asked, answered, note):  # type: ignore[no-untyped-def]
    """Double every number."""
    for step in range(1, STEPS + 1):
        wait_for(asked, step)
        note[1] = 2.0 * note[0]
        tell(answered, step)


def flags() -> tuple[Ints, Ints, Floats]:
    return np.zeros(64, np.int64), np.zeros(64, np.int64), np.zeros(2)


def met() -> float:
    """What two threads come to together."""
    room = flags()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(answer, *room)
        total = float(ask(*room))
        other.result()
    return total


def test_each_thread_sees_what_the_other_wrote_before_it_told() -> None:
    assert met() == STEPS * (STEPS + 1)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system does not tie threads to cores")
def test_two_threads_meet_on_one_core_too() -> None:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        assert met() == STEPS * (STEPS + 1)
    finally:
        os.sched_setaffinity(0, cores)
