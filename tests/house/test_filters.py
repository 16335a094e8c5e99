"""The list of filters that ``make check-walls`` takes out is read off the source, and its exceptions are kept short."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

import oneroof
from tests.house.filters import Holes, filters
from tests.house.second_walls import OWN, SECOND_WALLS

SOURCE = Path(oneroof.__file__).parent
KNOWN = filters(SOURCE)
PLANTED = """
class Pages:
    def both(self, one, other): return [one.objects.visible_to(self), *(
        two.objects
        .visible_to(self) for two in [other])]

def asked(viewer, record):
    return viewer.sees(record), viewer.sees(record)
"""


def test_each_filter_has_a_name_of_its_own():
    assert len({one.name for one in KNOWN}) == len(KNOWN) > 100


def test_a_call_is_known_by_its_name_even_where_two_stand_on_a_line(tmp_path):
    file = tmp_path / "oneroof" / "planted" / "pages.py"
    file.parent.mkdir(parents=True)
    file.write_text(PLANTED)
    known = filters(tmp_path / "oneroof")
    holes = Holes(known)
    told = []

    class Kind:
        @property
        def objects(self):
            return self

        def visible_to(self, _viewer=None):
            told.append(holes.place(sys._getframe(1)))

        sees = visible_to

    planted = {}
    exec(compile(PLANTED, str(file), "exec"), planted)
    planted["Pages"]().both(Kind(), Kind())
    planted["asked"](Kind(), None)

    assert told == [one.name for one in known]
    assert told == [
        "planted/pages.py Pages.both one.objects.visible_to(self)",
        "planted/pages.py Pages.both two.objects.visible_to(self)",
        "planted/pages.py asked viewer.sees(record)",
        "planted/pages.py asked viewer.sees(record) #2",
    ]


@pytest.mark.parametrize("name", sorted(SECOND_WALLS))
def test_what_may_be_taken_out_unnoticed_is_there_with_its_reason_and_its_test(name):
    second = SECOND_WALLS[name]
    file, _colons, test = second.test.partition("::")

    assert name in {one.name for one in KNOWN}
    assert second.why
    assert f"def {test.partition('[')[0]}(" in (SOURCE.parents[1] / file).read_text()


@pytest.mark.parametrize("name", sorted(name for name, second in SECOND_WALLS.items() if second.why == OWN))
def test_what_is_said_to_ask_for_own_rows_alone_names_the_owner(name):
    one = next(one for one in KNOWN if one.name == name)
    below = (SOURCE / one.file).read_text().splitlines()[one.line - 1 : one.line + 1]

    assert "owner=viewer.party" in "".join(below) or "owner=by.party" in "".join(below)
