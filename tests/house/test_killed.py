"""Kill -9 of the server under load: what was acknowledged stays, nothing is half done, a retry doubles nothing."""

from pathlib import Path

from tests.house.killing import kill_and_look
from tests.house.served import house


def test_a_killed_server_has_kept_what_it_acknowledged_and_no_half_of_anything(tmp_path: Path) -> None:
    with house(tmp_path) as kept:
        found = kill_and_look(kept, kills=5, seed=1)

    assert found.faults == []
    assert found.acknowledged >= 5 * 3
    assert found.items == found.events >= found.acknowledged
    assert found.retried > 0
