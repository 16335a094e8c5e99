"""A house for demonstration: filled once, new links each time, never by mistake."""

import re

from tests.house.served import get, house

LINK = re.compile(r"^ +(http://127\.0\.0\.1:8000/link/\S+/)$", re.MULTILINE)


def test_a_house_is_filled_once_and_its_links_are_new_each_time(tmp_path, migrated):
    plan = tmp_path / "plan"
    plan.mkdir()
    (plan / "briefing.html").write_text("<!doctype html><title>Plan</title>")
    (tmp_path / "home").mkdir()
    with house(tmp_path / "home", like=migrated) as kept:
        first = kept.run("demonstrate", "--plan", str(plan), ONEROOF_DEMONSTRATION="True")
        second = kept.run("demonstrate", ONEROOF_DEMONSTRATION="True")

        assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
        added = re.findall(r"^(\w+): (\d+) records added, (\d+) there before\.$", first.stdout, re.MULTILINE)
        assert {name for name, *_counts in added} == {"nations", "staffing", "sources", "catalogue", "logistics"}
        assert all(int(new) > 0 for _name, new, _old in added)
        again = re.findall(r"^(\w+): (\d+) records added, (\d+) there before\.$", second.stdout, re.MULTILINE)
        assert [int(new) for _name, new, _old in again] == [0, 0, 0, 0, 0]
        links = LINK.findall(first.stdout), LINK.findall(second.stdout)
        assert len(links[0]) == len(links[1]) >= 10
        assert not set(links[0]) & set(links[1])
        assert (kept.home / "plan/briefing.html").read_text() == (plan / "briefing.html").read_text()
        address = kept.start(ONEROOF_DEMONSTRATION="True")
        assert get(links[1][0].replace("http://127.0.0.1:8000", address))[0] == 200


def test_a_house_that_is_not_for_demonstration_gets_no_invented_people(tmp_path, migrated):
    with house(tmp_path, like=migrated) as kept:
        done = kept.run("demonstrate")

    assert done.returncode == 2
    assert "ONEROOF_DEMONSTRATION=True" in done.stderr
