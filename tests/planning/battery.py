"""A small problem with one thing of every kind, to plan, break and compare."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from oneroof.planning import tables
from oneroof.planning.problem import Problem

SETTINGS = """name = "One battery"
start = 2025-01-06
weeks = 12
trainees_per_week = 20
illustrative = ["offers"]
"""
TABLES = {
    "nations": """nation,name
DEU,Germany
POL,Poland
SVK,Slovakia
UKR,Ukraine
USA,United States of America
""",
    "nodes": """node,name,nation,kind,latitude,longitude,handling_tonnes_per_week
Depot,Depot,DEU,depot,51,10,
Hub,Hub,POL,hub,50,22,60
Other,Other hub,SVK,hub,49,21,
Site,Site,UKR,site,49.8,24,
Works,Works,POL,supplier,52,19,
School,School,DEU,training,50,11,
""",
    "legs": """leg,origin,destination,mode,days,tonnes_per_week,cost_per_tonne,explosives,opens,closes
Depot-Hub,Depot,Hub,rail,2,50,10,,,
Hub-Site,Hub,Site,road,1,40,5,,,2025-03-21
Depot-Other,Depot,Other,rail,3,30,12,,,
Other-Site,Other,Site,road,2,20,6,,,
Depot-Site,Depot,Site,air,1,4,100,no,,
Works-Hub,Works,Hub,road,1,,3,,,
""",
    "items": """item,name,unit,tonnes_per_unit,value_per_unit,explosives,whole_units
Gun,Howitzer,each,4,1000,no,yes
Old gun,Older howitzer,each,3,400,no,yes
Round,Round,each,0.05,2,yes,yes
Fuel,Fuel,tonne,1,1,no,no
""",
    "substitutes": """item,substitute,units_per_unit,preference
Gun,Old gun,2,0.5
""",
    "packages": """package,name
Battery,Artillery battery
""",
    "package_parts": """package,kind,part,quantity
Battery,item,Gun,2
Battery,course,Gunnery,6
""",
    "coalitions": """coalition,name,leads
Artillery,Artillery,USA
""",
    "requirements": """requirement,item,package,quantity,node,due,latest,priority,coalition,points_per_unit
R-battery,,Battery,2,Site,2025-02-24,2025-03-24,1,Artillery,
R-gun,Gun,,4,Site,2025-02-10,2025-03-10,2,,
R-fuel,Fuel,,30.5,Site,2025-02-03,2025-03-03,3,,7
R-round,Round,,200,Site,2025-02-03,2025-03-03,1,,
R-local,Fuel,,5,Depot,2025-02-03,2025-03-03,5,,
""",
    "offers": """offer,donor,item,quantity,node,available_from,available_until,stage,consent,consent_from,\
coalition_only,not_via
O-gun,DEU,Gun,5,Depot,2025-01-08,,committed,,,,
O-old,USA,Old gun,6,Depot,,,pledged,,,,POL
O-fuel,DEU,Fuel,40,Depot,,2025-02-14,pledged,,,,
O-round,USA,Round,150,Depot,,,pledged,granted,2025-01-20,,
O-art,USA,Gun,1,Depot,,,pledged,,,Artillery,
O-pending,DEU,Gun,2,Depot,,,pledged,pending,,,
O-hint,DEU,Gun,2,Depot,,,offered,,,,
""",
    "courses": """course,name,node,days,seats,first_start,last_start,every_days
Gunnery,Gunnery,School,14,8,2025-01-13,2025-03-17,7
""",
    "funds": """fund,donor,amount,available_from,available_until,coalition_only
F-open,DEU,500,,,
F-art,USA,3000,2025-01-10,2025-03-01,Artillery
""",
    "suppliers": """supplier,name,item,node,unit_price,lead_days,units_per_week,available_from
S-round,Rounds,Round,Works,3,10,40,2025-01-10
S-gun,Guns,Gun,Works,900,21,1,
""",
    "pins": """offer,requirement,quantity
O-gun,R-gun,1
""",
}


def write_battery(folder: Path, changes: Mapping[str, str] | None = None, settings: str = SETTINGS) -> Path:
    """Write the problem with the changed tables; the folder."""
    folder.mkdir(parents=True)
    (folder / "problem.toml").write_text(settings, encoding="utf-8")
    for name, text in {**TABLES, **(changes or {})}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def battery(folder: Path, changes: Mapping[str, str] | None = None, settings: str = SETTINGS) -> Problem:
    """The problem with the changed tables."""
    return Problem.of(tables.read(write_battery(folder, changes, settings)))


def put(table: str, old: str, new: str) -> dict[str, str]:
    """One table with one text in place of another, which must be there once."""
    assert TABLES[table].count(old) == 1, f"{old!r} stands {TABLES[table].count(old)} times in {table}"
    return {table: TABLES[table].replace(old, new)}


def without(table: str, key: str) -> dict[str, str]:
    """One table without the row that starts with the key."""
    rows = TABLES[table].splitlines(keepends=True)
    kept = [row for row in rows if not row.startswith(f"{key},")]
    assert len(kept) < len(rows)
    return {table: "".join(kept)}
