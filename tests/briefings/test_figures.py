from oneroof.briefings import figures
from tests.briefings.pages import plan, problem

ASKED = problem()
ANSWER = plan(ASKED)


def test_outcomes_are_sorted_by_points_lost() -> None:
    found = figures.outcomes(ASKED, ANSWER)
    assert [(o.key, o.in_time, o.late, o.missing, round(o.lost, 6)) for o in found] == [
        ("R1", 1.0, 0.0, 1.0, 32000.0),
        ("R2", 30.0, 10.0, 10.0, 860.0),
        ("R3", 20.0, 0.0, 0.0, 0.0),
    ]
    assert [o.met for o in found] == [False, False, True]


def test_priorities_count_met_partly_and_not_at_all() -> None:
    found = figures.priorities(figures.outcomes(ASKED, ANSWER))
    assert [(p.priority, p.met, p.partly, p.none, p.count) for p in found] == [
        (1, 0, 1, 0, 1),
        (2, 0, 1, 0, 1),
        (3, 1, 0, 0, 1),
    ]


def test_donors_share_points_by_the_value_they_delivered() -> None:
    found = {d.nation: d for d in figures.donors(ASKED, ANSWER)}
    assert found["DNK"] == figures.Donor("DNK", 2000.0, 0.0, 2000.0, 20.0, 32000.0, 1)
    assert found["DEU"] == figures.Donor("DEU", 400.0, 100.0, 500.0, 50.0, 3140 * 0.75 + 800, 2)
    assert found["JPN"] == figures.Donor("JPN", 100.0, 0.0, 100.0, 10.0, 3140 * 0.25, 1)
    assert sum(d.points for d in found.values()) == 35940.0


def test_loads_put_what_is_full_first_and_name_its_weeks() -> None:
    first = figures.loads(ASKED, ANSWER)[0]
    assert (first.kind, first.key, first.full, first.worth) == ("node", "HUB", [1], 1200.0)
    assert round(first.shares[0], 6) == 0.2


def test_a_package_has_its_goods_and_courses_on_one_row() -> None:
    first = figures.stories(ASKED, ANSWER, figures.outcomes(ASKED, ANSWER))[0]
    assert first.outcome.key == "R1"
    assert [(lane.kind, lane.key, [(b.first, b.last) for b in lane.bars]) for lane in first.lanes] == [
        ("item", "GUN", [(0, 6)]),
        ("course", "CREW", [(0, 14)]),
    ]
    assert (first.due, first.counted) == (35, ((14, 1.0),))
