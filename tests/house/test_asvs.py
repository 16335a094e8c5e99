"""The check of docs/asvs.csv finds what it looks for."""

import pytest

from tests.asvs import COLUMNS, faults, rows

LINE = dict(zip(COLUMNS, ("8.2.2", "1", "rows", "met", "docs/asvs.csv", "", "by design"), strict=True))


def test_the_table_has_no_fault() -> None:
    assert faults(rows()) == []


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"reason": ""}, "neither a test nor a reason"),
        ({"test": "tests/house/test_asvs.py::test_that_is_not_there"}, "does not have"),
        ({"test": "tests/house/test_nowhere.py::test_x"}, "which is not there"),
        ({"how": "src/oneroof/nowhere.py"}, "which is not there"),
        ({"how": ""}, "does not say where"),
        ({"state": "planned", "reason": "", "test": "tests/house/test_asvs.py::test_the_table_has_no_fault"}, "why"),
        ({"state": "done"}, "state is 'done'"),
        ({"level": "3"}, "not 1 or 2"),
        ({"requirement": "8.2"}, "no number"),
    ],
)
def test_a_line_with_a_fault_is_found(change: dict[str, str], told: str) -> None:
    assert faults([LINE]) == []
    assert [fault for fault in faults([{**LINE, **change}]) if told in fault] != []


def test_a_requirement_stands_once_and_in_its_order() -> None:
    assert faults([LINE, LINE]) == ["8.2.2: stands 2 times"]
    assert faults([LINE, {**LINE, "requirement": "8.2.1"}]) == ["the requirements are not in their order"]
