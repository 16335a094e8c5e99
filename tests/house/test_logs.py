"""What a line of the log says, and what it never says."""

import json
import subprocess
import sys

from oneroof.running.logs import client_address

BEGIN = (
    "import logging, structlog\n"
    "from oneroof.running.logs import configure\n"
    "configure({'level': 'INFO', 'whole_traces': False})\n"
)


def logged(code):
    """The lines that a program logs."""
    done = subprocess.run([sys.executable, "-c", BEGIN + code], capture_output=True, text=True, check=True, timeout=60)
    return [json.loads(line) for line in done.stderr.splitlines()]


def test_a_fault_is_logged_by_its_name_and_place_without_its_words():
    told = logged(
        "try:\n"
        "    raise ValueError('HOWITZER of DNK')\n"
        "except ValueError:\n"
        "    structlog.get_logger('test').exception('request_failed')\n"
        "    logging.getLogger('test').exception('failed')\n"
    )

    assert [(line["event"], line["fault"]) for line in told] == [
        ("request_failed", "ValueError"),
        ("failed", "ValueError"),
    ]
    assert all(line["from"] == ["<string>:5 <module>"] for line in told)
    assert "HOWITZER" not in json.dumps(told)


def test_a_line_break_stays_within_its_line():
    (line,) = logged("structlog.get_logger('test').info('one\\n{\"event\": \"forged\"}', agent='a\\r\\nb')")

    assert line["event"] == 'one\n{"event": "forged"}'
    assert line["level"] == "info"


def test_the_client_is_who_connects_unless_a_proxy_of_ours_says_otherwise(rf, settings):
    request = rf.get("/", REMOTE_ADDR="192.0.2.1", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.7")

    told = []
    for proxies in (0, 1, 2, 3):
        settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
        told.append(client_address(request))

    assert told == ["192.0.2.1", "198.51.100.7", "203.0.113.9", "192.0.2.1"]
