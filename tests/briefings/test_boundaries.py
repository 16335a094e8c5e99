import pytest

from oneroof.briefings import boundaries

PLACES = {
    "Simferopol": (44.95, 34.10, "UKR"),
    "Sevastopol": (44.60, 33.55, "UKR"),
    "Donetsk": (48.00, 37.80, "UKR"),
    "Kyiv": (50.45, 30.52, "UKR"),
    "Krasnodar": (45.03, 38.97, "RUS"),
    "Rzeszów": (50.04, 22.00, "POL"),
    "Kyrenia": (35.30, 33.40, "CYP"),
}


@pytest.mark.parametrize("resolution", ["50m", "110m"])
def test_the_boundaries_are_there(resolution: str) -> None:
    land = boundaries.read(resolution)
    assert land is not None, "run make setup: it fetches and writes the boundaries"
    assert len(land.countries) > 170


@pytest.mark.parametrize("resolution", ["50m", "110m"])
@pytest.mark.parametrize("place", PLACES)
def test_every_place_lies_in_its_country_and_crimea_in_ukraine(resolution: str, place: str) -> None:
    latitude, longitude, country = PLACES[place]
    land = boundaries.read(resolution)
    assert land is not None
    assert land.country_at(latitude, longitude) == country


def test_a_point_at_sea_lies_in_no_country() -> None:
    land = boundaries.read("50m")
    assert land is not None
    assert land.country_at(43.0, 34.0) is None


def test_no_land_border_is_drawn_across_crimea() -> None:
    land = boundaries.read("50m")
    assert land is not None
    low, high = (33.0, 44.3), (36.0, 46.3)
    inside = [line for line in land.borders() if ((line > low) & (line < high)).all(axis=1).any()]
    assert inside == []


def test_missing_boundaries_are_none(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(boundaries, "FOLDER", tmp_path)
    boundaries.read.cache_clear()
    assert boundaries.read("50m") is None
    boundaries.read.cache_clear()
