"""The page of rules has every constraint, every function that it names, and the limits as they are."""

import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from django.apps import apps

from oneroof.staffing.models import MAY_FOLLOW, Status

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/rules-of-records.md").read_text(encoding="utf-8")
RULES, LIMITS, STEPS = (
    [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in part.splitlines()
        if line.startswith("|") and not line.startswith(("|---", "| what |", "| record |", "| a liaison post that"))
    ]
    for part in PAGE.split("\n## ")[1:]
)
WHERE = [name for row in RULES for name in re.findall(r"`([\w.]+)`", row[2])]


def constraints():
    models = apps.get_app_config("oneroof").get_models()
    return {one.name for model in models for one in model._meta.constraints}


def test_every_constraint_of_the_database_stands_on_the_page():
    assert constraints() - set(WHERE) == set()


def test_every_kind_that_judges_its_fields_stands_on_the_page():
    own = {m.__name__ for m in apps.get_app_config("oneroof").get_models() if "clean" in vars(m)}
    # These two only write what is searched or compared; nothing is refused.
    assert own - {"Node", "Person"} == {name.split(".")[0] for name in WHERE if name.endswith(".clean")} - {
        "NodeForm",
        "LegForm",
    }


def test_whatever_is_named_is_there():
    code = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "src/oneroof").rglob("*.py"))
    known = {*constraints(), *re.findall(r"^def (\w+)", code, re.MULTILINE)}
    classes = set(re.findall(r"^class (\w+)", code, re.MULTILINE))
    lost = [name for name in WHERE if name not in known and name.removesuffix(".clean") not in classes]
    assert lost == []


def test_the_limits_are_as_the_page_has_them():
    for _what, told, name in LIMITS:
        module, _dot, constant = name.strip("`").rpartition(".")
        value = getattr(import_module(module), constant)
        assert int(told.split()[0]) == (value.days if isinstance(value, timedelta) else value), name


def test_the_steps_are_as_the_page_has_them():
    told = {now: set() if then == "nothing more" else set(then.split(", ")) for now, then in STEPS}
    assert told == {str(now): {str(then) for then in MAY_FOLLOW[now]} for now in Status}
