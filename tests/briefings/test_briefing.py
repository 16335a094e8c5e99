import re
from pathlib import Path

import pytest

from oneroof.briefings import boundaries, figures
from oneroof.briefings.briefing import TEMPLATES, make_briefing
from oneroof.briefings.names import Names
from oneroof.briefings.reasons import KINDS, cure, explanation, reason
from oneroof.briefings.words import Words
from tests.briefings.pages import Reader, plan, problem

ASKED = problem()
ANSWER = plan(ASKED)
PAGES = {language: make_briefing(ASKED, ANSWER, language) for language in ("en", "uk")}
LIMITS = ["offer", "time", "consent", "stage", "caveat", "route", "leg", "node", "course", "trainees", "fund"]
LIMITS += ["supplier", "lead_time", "whole_units", "worth", "pin"]


@pytest.mark.parametrize("language", PAGES)
def test_the_page_is_well_formed_and_names_its_language(language: str) -> None:
    read = Reader(PAGES[language])
    assert read.open == []
    assert ("html", {"lang": language}) in read.elements


@pytest.mark.parametrize("language", PAGES)
def test_the_page_fetches_nothing_and_runs_nothing(language: str) -> None:
    read = Reader(PAGES[language])
    fetched = ("src", "href", "xlink:href", "srcset", "action")
    links = [v or "" for _, a in read.elements for k, v in a.items() if k in fetched]
    assert [link for link in links if not link.startswith("#")] == []
    assert {tag for tag, _ in read.elements} & {"script", "link", "img", "iframe", "object"} == set()
    assert re.findall(r"url\(|@import|@font-face", PAGES[language]) == []
    assert [k for _, a in read.elements for k in a if k.startswith("on")] == []


@pytest.mark.parametrize("language", PAGES)
def test_every_picture_has_a_finding_and_a_table_twin(language: str) -> None:
    read = Reader(PAGES[language])
    drawn = [name for name, tags in read.sections.items() if "figure" in tags]
    assert drawn == ["map", "timeline", "loads"]
    for name in drawn:
        tags = read.sections[name]
        assert tags.count("figcaption") == tags.count("figure")
        assert "table" in tags[tags.index("details") :]
    pictures = [a for tag, a in read.elements if tag == "svg" and a.get("role") == "img"]
    assert len(pictures) == 8  # map, world, timeline and loads, wide and narrow
    assert [a for a in pictures if not a.get("aria-label")] == []


@pytest.mark.parametrize("language", PAGES)
def test_links_on_the_page_lead_somewhere_and_ids_are_unique(language: str) -> None:
    read = Reader(PAGES[language])
    ids = [a["id"] for _, a in read.elements if "id" in a]
    assert len(ids) == len(set(ids))
    assert {(a["href"] or "")[1:] for tag, a in read.elements if tag == "a"} <= set(ids)
    assert {"header", "nav", "main", "footer"} <= {tag for tag, _ in read.elements}
    assert [tag for tag, _ in read.elements if tag == "h1"] == ["h1"]


@pytest.mark.parametrize("language", PAGES)
def test_the_illustrative_line_and_the_sources_stand_on_top_and_bottom(language: str) -> None:
    words = Words(language)
    tables = words.listed([words.say("table_items"), words.say("table_offers")])
    text = Reader(PAGES[language]).text
    assert text.count(words.say("illustrative", tables=tables)) == 2
    assert text.count(words.say("sources", sources="Ministry; Own count")) == 2
    assert "Ministry: https://example.org/list" in text


def test_a_problem_of_which_nothing_is_illustrative_says_so() -> None:
    asked = problem(illustrative=())
    assert Reader(make_briefing(asked, plan(asked))).text.count("No table is marked as illustrative.") == 2


def test_what_tables_hold_is_escaped() -> None:
    hostile = "<script>alert(1)</script>\"'&"
    asked = problem(guns=hostile)
    text = make_briefing(asked, plan(asked))
    assert "<script" not in text
    assert hostile in Reader(text).text


def test_the_same_input_gives_the_same_bytes() -> None:
    again = problem()
    assert make_briefing(again, plan(again), "uk") == PAGES["uk"]


def test_the_page_says_the_headline_figures() -> None:
    text = Reader(PAGES["en"]).text
    assert "1 of 3 requirements are met in full and in time. The plan reaches 52.2% of the points possible." in text
    assert "80 t 4 deliveries from 3 donors" in text
    assert "at most 0.4% No plan can pass 35.1 thousand points after transport costs" in text
    assert "2 × Howitzer at Rzeszów from 13 Jan 2025 would add 31 thousand points, 45.1% of all possible" in text
    assert "Rzeszów is the tightest: full in 1 of 8 weeks" in text


def test_reasons_in_english_are_those_of_the_plan() -> None:
    text = Reader(PAGES["en"]).text
    assert "Requirement R2 lacks 20 of 50: node Rzeszów is full. 20 t a week more would close it." in text


def test_reasons_in_ukrainian_are_made_anew() -> None:
    text = Reader(PAGES["uk"]).text
    assert "Бракує 20 з 50: вузол Rzeszów повний на тижнях 1–3 (80 % ціни)." in text
    assert "Також: ще немає згоди на передачу третій стороні: O4 (Rounds, Німеччина) (20 %)." in text
    assert "Бракує 1 з 2: більше цього ще ніхто не запропонував." in text
    assert "lacks" not in text


@pytest.mark.parametrize("limit", LIMITS)
def test_every_limit_has_a_reason_and_a_cure_in_both_languages(limit: str) -> None:
    for language in PAGES:
        names = Names(ASKED, Words(language))
        share = {"limit": limit, "what": "X", "weeks": [1, 2], "share": 1.0}
        assert reason(share, names) != limit
        assert f"cure_{limit}" in names.words.texts
        assert "  " not in reason({**share, "what": "", "weeks": []}, names)
    assert set(KINDS) <= set(LIMITS)


def test_a_gap_without_a_structured_explanation_still_has_its_limit_in_words() -> None:
    names = Names(ASKED, Words("uk"))
    outcome = figures.outcomes(ASKED, ANSWER)[0]
    assert explanation(outcome, names) == "Бракує 1 з 2: більше цього ще ніхто не запропонував."
    assert cure(outcome, names) == "Обіцянка такого предмета закрила б потребу."


def test_the_map_says_so_when_there_are_no_boundaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundaries, "FOLDER", tmp_path)
    boundaries.read.cache_clear()
    text = Reader(make_briefing(ASKED, ANSWER)).text
    boundaries.read.cache_clear()
    assert "Boundary data are not installed, so the map shows no borders." in text
    assert "Rzeszów" in text


def test_light_and_dark_text_has_enough_contrast() -> None:
    css = (TEMPLATES / "briefing.css").read_text(encoding="utf-8")
    themes = css.split("prefers-color-scheme: dark")[:2]
    light, dark = (dict(re.findall(r"--(\w+): (#\w{6})", block)) for block in themes)
    for theme in (light, dark):
        for ink in ("ink", "soft", "link"):
            for paper in ("paper", "raised"):
                assert _contrast(theme[ink], theme[paper]) >= 4.5, (ink, paper)
        for shape in ("blue", "purple", "full"):
            assert _contrast(theme[shape], theme["paper"]) >= 3, shape


def _contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2, relative luminance)."""
    lights = []
    for colour in (one, other):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        lights.append(0.2126 * r + 0.7152 * g + 0.0722 * b)
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_an_empty_plan_makes_a_page_too() -> None:
    nothing = plan(ASKED)
    for table in nothing.tables.values():
        table.clear()
    read = Reader(make_briefing(ASKED, nothing))
    assert read.open == []
    assert "Nothing is delivered in this plan." in read.text
