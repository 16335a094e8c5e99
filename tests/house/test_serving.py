"""The server as an operator meets it: it starts only when it is safe, tells machines how it is, stops in peace."""

import json
import signal
import subprocess
import sys
import threading
import time

import pytest

from tests.house.served import POSTGRESQL, address_of, as_superuser, free_port, get, house

ON_POSTGRESQL = pytest.mark.skipif(not POSTGRESQL, reason="roles are PostgreSQL's")


@pytest.fixture
def kept(tmp_path):
    with house(tmp_path) as made:
        yield made


@pytest.fixture
def ready(tmp_path, migrated):
    with house(tmp_path, like=migrated) as made:
        yield made


def test_a_server_tells_machines_how_it_is_and_nobody_else_how_it_does(ready):
    address = ready.start()

    assert get(f"{address}/healthz")[0] == 200
    assert json.loads(get(f"{address}/healthz")[2]) == {"status": "ok"}
    get(f"{address}/api/v1/items")
    status, headers, body = get(f"{address}/metrics")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert b'oneroof_requests_total{method="GET",status="200"} 1.0' in body
    for name in ("X-Forwarded-For", "Forwarded", "Via"):
        assert get(f"{address}/metrics", {name: "203.0.113.7"})[0] == 404


def test_with_a_token_the_figures_go_to_whoever_has_it(ready):
    address = ready.start(ONEROOF_METRICS_TOKEN="t" * 20)

    assert get(f"{address}/metrics")[0] == 404
    assert get(f"{address}/metrics", {"Authorization": "Bearer wrong"})[0] == 404
    assert get(f"{address}/metrics", {"Authorization": f"Bearer {'t' * 20}"})[0] == 200


def test_several_processes_count_together(ready):
    address = ready.start("--workers", "2")

    for _ in range(8):
        get(f"{address}/api/v1/items")

    assert b'oneroof_requests_total{method="GET",status="200"} 8.0' in get(f"{address}/metrics")[2]


def test_logs_are_json_with_a_request_id_and_without_what_was_asked_for(ready):
    address = ready.start()
    hidden = "00000000-0000-4000-8000-00000000abcd"

    get(f"{address}/api/v1/items/{hidden}?search=HOWITZER")
    get(f"{address}/nowhere/{hidden}")

    assert ready.stop() == 0
    lines = [json.loads(line) for line in ready.log().splitlines() if line.startswith("{")]
    ended = [line for line in lines if line["event"] == "request_finished"]
    assert [(line["request"], line["code"]) for line in ended] == [
        ("GET /api/v1/items/<uuidstr:key>", 404),
        ("GET", 404),
    ]
    assert len({line["request_id"] for line in ended}) == 2
    assert "abcd" not in ready.log()
    assert "HOWITZER" not in ready.log()


def test_a_stopped_server_answers_what_is_under_way_and_ends_with_0(ready):
    address = ready.start()
    answers, refused = [], []

    def ask():
        while not refused:
            try:
                answers.append(get(f"{address}/items/")[0])
            except OSError:
                refused.append(True)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    while len(answers) < 5:
        time.sleep(0.01)
    status = ready.stop()
    for asker in askers:
        asker.join()

    assert status == 0
    assert set(answers) == {200}


def test_a_port_that_is_taken_is_named_with_another(ready):
    address = ready.start()
    port = address.rpartition(":")[2]

    done = ready.run("serve", "--port", port)

    assert done.returncode == 2
    assert f"127.0.0.1:{port} can't be listened at" in done.stderr
    assert f"--port {int(port) + 1}" in done.stderr


def test_health_is_told_in_words_and_by_the_exit_status(kept):
    before = kept.run("health")
    kept.run("migrate")
    after = kept.run("health", "--json")

    assert before.returncode == 1
    assert "Run: oneroof migrate" in before.stdout
    assert (after.returncode, json.loads(after.stdout)) == (0, {"status": "ok", "failing": {}})


def test_a_database_that_does_not_answer_is_said_so(kept):
    kept.env["ONEROOF_DATABASE_URL"] = f"postgresql://nobody@127.0.0.1:{free_port()}/none"

    done = kept.run("serve")

    assert done.returncode == 2
    assert done.stderr.startswith("The database does not answer: ")


def test_without_the_server_packages_planning_works_and_serving_says_what_to_install(kept):
    blocked = (
        "import sys\n"
        "for name in ('django', 'structlog', 'granian', 'dj_database_url', 'psycopg'): sys.modules[name] = None\n"
        "from oneroof.__main__ import main\n"
        "main()\n"
    )

    def run(*arguments):
        command = [sys.executable, "-c", blocked, *arguments]
        return subprocess.run(command, env=kept.env, capture_output=True, text=True, check=False, timeout=60)

    assert run("check", "examples/one-hub-winter").returncode == 0
    for command in ("serve", "migrate", "work", "health", "demonstrate"):
        done = run(command)
        assert (done.returncode, "pip install 'oneroof[server]'" in done.stderr) == (2, True), command


def test_a_worker_carries_out_the_jobs_of_the_clock_once(ready, tmp_path):
    folder = tmp_path / "backups"
    first = ready.run("work", "--once", ONEROOF_BACKUP_FOLDER=str(folder))
    second = ready.run("work", "--once", ONEROOF_BACKUP_FOLDER=str(folder))

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stderr.splitlines()[-1] == "2 jobs done."
    assert second.stderr.splitlines()[-1] == "0 jobs done."
    assert len(list(folder.glob("oneroof-*.backup"))) == 1


def test_a_worker_stops_when_asked(ready):
    command = [sys.executable, "-m", "oneroof", "work"]
    with subprocess.Popen(command, env=ready.env, stderr=subprocess.PIPE, text=True) as worker:
        assert any("OneRoof works" in line for line in worker.stderr)
        worker.send_signal(signal.SIGTERM)
        told = worker.stderr.read()

    assert worker.returncode == 0
    assert told.splitlines()[-1].endswith("done.")


@ON_POSTGRESQL
def test_the_server_waits_for_migrations(kept):
    done = kept.run("serve")

    assert done.returncode == 2
    assert "The database lacks oneroof.0001_initial" in done.stderr
    assert "Run: oneroof migrate" in done.stderr
    assert done.stderr.splitlines()[-1] == "The server did not start."


@ON_POSTGRESQL
def test_the_server_does_not_start_as_superuser(ready):
    done = ready.run("serve", ONEROOF_DATABASE_URL=address_of(ready.database, "postgres"))

    assert done.returncode == 2
    assert "The role postgres is a superuser" in done.stderr
    assert "CREATE ROLE oneroof_app LOGIN NOSUPERUSER NOBYPASSRLS" in done.stderr


@ON_POSTGRESQL
def test_the_server_does_not_start_as_the_owner_of_the_tables(ready):
    done = ready.run("serve", ONEROOF_DATABASE_URL=ready.env["ONEROOF_OWNER_DATABASE_URL"])

    assert done.returncode == 2
    assert "The role oneroof_owner owns" in done.stderr


@ON_POSTGRESQL
def test_the_server_does_not_start_with_a_role_that_row_security_does_not_hold(ready):
    done = ready.run("serve", ONEROOF_DATABASE_URL=ready.env["ONEROOF_BACKUP_DATABASE_URL"])

    assert done.returncode == 2
    assert "ALTER ROLE oneroof_backup NOBYPASSRLS;" in done.stderr


@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("breach", "mend"),
    [
        ("ALTER TABLE oneroof_item NO FORCE ROW LEVEL SECURITY", "ALTER TABLE oneroof_item ENABLE ROW LEVEL SECURITY;"),
        ("ALTER TABLE oneroof_item DISABLE ROW LEVEL SECURITY", "ALTER TABLE oneroof_item ENABLE ROW LEVEL SECURITY;"),
        (
            "ALTER TABLE oneroof_event NO FORCE ROW LEVEL SECURITY",
            "ALTER TABLE oneroof_event FORCE ROW LEVEL SECURITY;",
        ),
        (
            "ALTER TABLE oneroof_checkpoint DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE oneroof_checkpoint ENABLE ROW LEVEL SECURITY;",
        ),
        ("GRANT DELETE ON oneroof_event TO oneroof_app", "REVOKE UPDATE, DELETE, TRUNCATE ON oneroof_event FROM"),
        ("GRANT UPDATE ON oneroof_event TO PUBLIC", "REVOKE UPDATE, DELETE, TRUNCATE ON oneroof_event FROM"),
        ("REVOKE INSERT ON oneroof_event FROM oneroof_app", "run `oneroof migrate`"),
    ],
)
def test_the_server_does_not_start_while_a_wall_is_down(ready, breach, mend):
    as_superuser(breach, database=ready.database)

    done = ready.run("serve")

    assert done.returncode == 2
    assert mend in done.stderr


@ON_POSTGRESQL
def test_the_server_does_not_start_with_a_role_that_can_become_the_owner(ready):
    as_superuser("GRANT oneroof_owner TO oneroof_app")
    try:
        done = ready.run("serve")
    finally:
        as_superuser("REVOKE oneroof_owner FROM oneroof_app")

    assert done.returncode == 2
    assert "REVOKE oneroof_owner FROM oneroof_app;" in done.stderr
