"""Houses made once, which tests copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.house.served import House, house


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with its tables and nothing in them."""
    with house(tmp_path_factory.mktemp("migrated")) as made:
        done = made.run("migrate")
        assert done.returncode == 0, done.stderr
        yield made


@pytest.fixture(scope="session")
def with_items(migrated: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house with three parties, one of Denmark's people, signed in, and four items of Denmark's."""
    with house(tmp_path_factory.mktemp("with-items"), like=migrated) as made:
        made.session = made.python("tests.house.prepare").strip()
        made.python("tests.house.add", "4")
        yield made
