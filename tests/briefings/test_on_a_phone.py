"""Briefings in a real browser, as wide as a phone: nothing makes the page scroll sideways."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from oneroof.briefings.briefing import make_briefing
from oneroof.planning import tables
from oneroof.planning.plan import Plan
from oneroof.planning.planner import make_plan
from oneroof.planning.problem import Problem

WINTER = Path(__file__).parents[2] / "examples" / "one-hub-winter"
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
MEASURE = """<script>window.addEventListener('load', () => {
  const page = document.documentElement, told = document.createElement('pre')
  told.id = 'widths'
  told.textContent = page.clientWidth + ' ' + page.scrollWidth
  document.body.append(told)
})</script>"""

pytestmark = pytest.mark.skipif(BROWSER is None, reason="chromium is not here; install it to look at pages")


@pytest.fixture(scope="module")
def winter() -> tuple[Problem, Plan]:
    problem = Problem.of(tables.read(WINTER))
    return problem, make_plan(problem)


@pytest.mark.parametrize("language", ["en", "uk"])
def test_a_briefing_does_not_scroll_sideways(winter: tuple[Problem, Plan], language: str, tmp_path: Path) -> None:
    page = make_briefing(*winter, language)
    page = re.sub(r"<meta[^>]*Content-Security-Policy[^>]*>", "", page)  # which would refuse the measuring
    (tmp_path / "page.html").write_text(page.replace("</body>", MEASURE + "</body>"), encoding="utf-8")
    window = ["--window-size=500,1500", "--virtual-time-budget=3000", f"--user-data-dir={tmp_path / 'browser'}"]
    command = [str(BROWSER), *QUIET.split(), *window, "--dump-dom", (tmp_path / "page.html").as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    widths = re.search(r'id="widths">(\d+) (\d+)<', shown)
    assert widths is not None
    assert widths[1] == widths[2]
