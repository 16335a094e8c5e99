"""A small sound problem with every table, as text; tests change it and write it to a folder."""

from pathlib import Path

TOML = 'name = "Small"\nstart = 2025-01-06\nweeks = 26\ntrainees_per_week = 40\nillustrative = ["offers"]\n'

CSV = {
    "nations": "nation,name\nDEU,Germany\nPOL,Poland\nUKR,Ukraine\nEUU,European Union\n",
    "nodes": (
        "node,name,nation,kind,latitude,longitude,handling_tonnes_per_week\n"
        "KIEL,Kiel,DEU,port,54.3,10.1,\nRZE,Rzeszów,POL,hub,50.1,22,900\nKYIV,Kyiv,UKR,site,50.45,30.52,\n"
        "LODZ,Łódź,POL,training,51.8,19.5,\n"
    ),
    "legs": (
        "leg,origin,destination,mode,days,tonnes_per_week,cost_per_tonne,explosives,opens,closes\n"
        "L1,KIEL,RZE,rail,2,400,35,yes,,\nL2,RZE,KYIV,road,1,250.5,80,no,2025-01-10,2025-05-01\n"
    ),
    "items": (
        "item,name,unit,tonnes_per_unit,value_per_unit,explosives,whole_units,supply_class,nsn\n"
        "GEN,Generator,each,1.8,21000,no,yes,NATO VII,0115013186302\nGEN2,Small generator,each,0.9,9000,,,,\n"
        "FUEL,Fuel,tonne,1,900,no,no,NATO III,\n"
    ),
    "substitutes": "item,substitute,units_per_unit,preference\nGEN,GEN2,2,0.8\n",
    "packages": "package,name\nTEAM,Power team\n",
    "package_parts": "package,kind,part,quantity\nTEAM,item,GEN,4\nTEAM,course,C1,12\n",
    "coalitions": "coalition,name,leads\nENERGY,Energy,DEU;POL\n",
    "requirements": (
        "requirement,item,package,quantity,node,due,latest,priority,coalition,points_per_unit\n"
        "R1,GEN,,40,KYIV,2025-04-01,2025-06-01,1,ENERGY,\nR2,,TEAM,2,KYIV,2025-05-01,,2,,5000\n"
    ),
    "offers": (
        "offer,donor,item,quantity,node,available_from,available_until,stage,consent,consent_from,coalition_only,"
        "not_via,agreement\n"
        'O1,DEU,GEN,25,KIEL,2025-01-06,2025-06-01,committed,granted,2025-02-01,ENERGY,EUU,"MoU 1, 2025"\n'
        "O2,DEU,GEN2,10,KIEL,,,pledged,,,,,\n"
    ),
    "courses": (
        "course,name,node,days,seats,first_start,last_start,every_days,language\n"
        "C1,Repair,LODZ,21,16,2025-01-13,2025-04-07,28,Ukrainian\n"
    ),
    "funds": (
        "fund,donor,amount,available_from,available_until,coalition_only\nF1,EUU,2500000,2025-01-06,2025-06-30,ENERGY\n"
    ),
    "suppliers": (
        "supplier,name,item,node,unit_price,lead_days,units_per_week,available_from\nS1,Genset,GEN,KIEL,23500,60,10,\n"
    ),
    "pins": "offer,requirement,quantity\nO1,R1,5\n",
}


def write_small(folder: Path, csv: dict[str, str] | None = None, toml: str = TOML) -> Path:
    """The small problem, or a changed one, as a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "problem.toml").write_bytes(toml.encode())
    for name, text in (CSV if csv is None else csv).items():
        (folder / f"{name}.csv").write_bytes(text.encode())
    return folder
