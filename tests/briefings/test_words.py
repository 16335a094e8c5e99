import re
import string

import pytest

from oneroof.briefings import english, ukrainian
from oneroof.briefings.words import Words


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_keys() -> None:
    assert english.TEXTS.keys() == ukrainian.TEXTS.keys()
    assert english.PLURALS.keys() == ukrainian.PLURALS.keys()


def test_both_languages_fill_in_the_same_values() -> None:
    assert {k: _fields(t) for k, t in english.TEXTS.items()} == {k: _fields(t) for k, t in ukrainian.TEXTS.items()}


def test_plurals_have_every_form_of_their_language() -> None:
    assert {frozenset(forms) for forms in english.PLURALS.values()} == {frozenset({"one", "other"})}
    assert {frozenset(forms) for forms in ukrainian.PLURALS.values()} == {frozenset({"one", "few", "many", "other"})}


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "1 тиждень"), (3, "3 тижні"), (5, "5 тижнів"), (11, "11 тижнів"), (21, "21 тиждень"), (1.5, "1,5 тижня")],
)
def test_ukrainian_weeks_take_the_form_of_their_number(n: float, text: str) -> None:
    assert Words("uk").count("weeks", n) == text


def test_english_weeks_take_the_form_of_their_number() -> None:
    assert [Words("en").count("weeks", n) for n in (1, 2)] == ["1 week", "2 weeks"]


def test_dates_and_numbers_follow_the_language() -> None:
    assert Words("en").date("2024-07-11") == "11\u00a0Jul\u00a02024"
    assert Words("uk").date("2024-07-11") == "11\u00a0лип.\u00a02024"
    assert Words("en").amount(1234.5) == "1,234.5"
    assert Words("uk").amount(1234.5) == "1\u00a0234,5"
    assert Words("en").compact(1_234_567) == "1.2 million"
    assert Words("uk").compact(1_234_567) == "1,2 мільйона"


def test_a_share_is_never_rounded_to_all_or_nothing() -> None:
    words = Words("en")
    assert [words.percent(s, 0) for s in (0.0, 0.001, 0.5, 0.999, 1.0)] == ["0%", "< 1%", "50%", "99%", "100%"]


def test_nations_are_named_in_ukrainian() -> None:
    words = Words("uk")
    assert [words.nation(c, "?") for c in ("DNK", "UKR", "EUU", "XXX")] == [
        "Данія",
        "Україна",
        "Європейський Союз",
        "?",
    ]
    assert Words("en").nation("DNK", "Denmark") == "Denmark"


def test_the_ukrainian_apostrophe_is_the_right_one() -> None:
    texts = [*ukrainian.TEXTS.values(), *ukrainian.UNITS.values()]
    texts += [form for forms in ukrainian.PLURALS.values() for form in forms.values()]
    assert [t for t in texts if re.search("['`ʼ]", t)] == []


def test_words_that_the_glossary_rules_out_are_not_used() -> None:
    uk = " ".join(ukrainian.TEXTS.values()).casefold()
    assert [w for w in ("партнер", "поставка", "гриф", "проект") if w in uk] == []
    en = " ".join(english.TEXTS.values()).casefold()
    assert [w for w in ("demand", "supply", "shipment", "beneficiary", "infeasible") if w in en] == []


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(KeyError):
        Words("xx")
