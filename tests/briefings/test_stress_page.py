"""The page about futures, in both languages, with one plan and with two."""

import re
import string
from dataclasses import replace

import pytest

from oneroof.briefings import english, ukrainian
from oneroof.briefings.stress import make_page
from oneroof.briefings.stress_words import ENGLISH, UKRAINIAN
from oneroof.planning.shocks import DEFAULTS, Shock, Shocks
from oneroof.planning.stress import Stress, stress
from tests.briefings.pages import Reader
from tests.planning.carried import problem

LATE = Shocks((Shock("X<Y", "late_leg", "*", 0.2, 1, 4, 9, "guessed & noted"),), False, "delays.csv")


@pytest.fixture(scope="module")
def two() -> Stress:
    """Another candidate stands beside the plain plan, with the same fate."""
    found = stress(problem(due=9, weeks=6), LATE, 60, 1)
    return replace(found, hedged=replace(found.plain, candidate=found.tried[1]))


@pytest.fixture(scope="module")
def one() -> Stress:
    """Nothing goes wrong, so that no candidate is better."""
    return stress(problem(), Shocks((), False, "none.csv"), 5, 1)


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_words_and_none_of_the_briefings() -> None:
    assert ENGLISH.keys() == UKRAINIAN.keys()
    assert {k: fields(t) for k, t in ENGLISH.items()} == {k: fields(t) for k, t in UKRAINIAN.items()}
    assert not ENGLISH.keys() & (english.TEXTS.keys() | ukrainian.TEXTS.keys())


@pytest.mark.parametrize("language", ["en", "uk"])
def test_the_page_is_well_formed_fetches_nothing_and_runs_nothing(two: Stress, one: Stress, language: str) -> None:
    for found in (two, one):
        text = make_page(found, language)
        reader = Reader(text)
        assert reader.open == []
        assert f'<html lang="{language}">' in text
        assert not re.search(r"<script|<link|<img|src=|url\(|https?:", text)
        assert [tags for tags in reader.sections.values() if "figure" in tags and "table" not in tags] == []
        links = re.findall(r'href="#([\w-]+)"', text)
        assert set(links) <= set(re.findall(r'id="([\w-]+)"', text))
        assert text == make_page(found, language)


def test_the_page_tells_both_plans_and_what_was_tried(two: Stress) -> None:
    assert two.is_hedged
    text = make_page(two)
    figures = two.hedged.figures()
    assert f"it is {round(figures['mean_met_in_time'], 1):g} on average" in text
    assert f"best of the {len(two.tried)} candidates tried" in text
    assert "Hedged plan" in text
    assert text.count('class="st-hedged"') >= 4
    assert text.count("(chosen)") == 1


def test_with_one_plan_nothing_is_said_about_hedging(one: Stress) -> None:
    text = make_page(one)
    assert "none did better than the plain plan" in text
    assert 'class="st-hedged"' not in text
    assert "Nothing: no shocks are given" in text


def test_what_the_file_of_shocks_holds_is_escaped_and_named(two: Stress) -> None:
    text = make_page(two)
    assert "X&lt;Y" in text
    assert "guessed &amp; noted" in text
    assert text.count("The shocks come from delays.csv.") == 3


@pytest.mark.parametrize(("language", "words"), [("en", "nobody’s estimate"), ("uk", "нічия не оцінка")])
def test_made_up_shocks_are_marked_on_top_and_bottom(language: str, words: str) -> None:
    text = make_page(stress(problem(), DEFAULTS, 5, 1), language)
    head, foot = text.index("</header>"), text.index("<footer>")
    assert words in text[:head]
    assert words in text[foot:]
