"""A real browser for the pages, and houses made once, which tests copy."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from threading import Thread
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, connections
from django.test import Client
from django.test.testcases import QuietWSGIRequestHandler

from tests.house.served import House, house

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
STYLED = (settings.PACKAGE / "static" / "oneroof" / "oneroof.css").exists()


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """One Chromium for the session; skipped where it, or the built styles, are not here."""
    if BROWSER is None or not STYLED:
        pytest.skip("chromium or the built styles are not here; install chromium and run make setup")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 slow, and wanted here alone

    # Playwright keeps an event loop in this thread until the session ends, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=BROWSER, args=QUIET)
        yield browser
        browser.close()


class OneConnection(ThreadedWSGIServer):
    """A server whose threads use the test's own connection: they see what it wrote, and it all goes at its end.

    (A test that commits can't be cleaned up: the journal refuses.)
    """

    def _close_connections(self) -> None:
        """The connection is the test's."""


@pytest.fixture
def server(db: None) -> Iterator[str]:
    """The address of a server of the house on a free port."""
    connection = connections["default"]
    connection.inc_thread_sharing()
    shared = {"default": connection}
    running = OneConnection(("127.0.0.1", 0), QuietWSGIRequestHandler, connections_override=shared)
    running.set_app(WSGIHandler())
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    thread = Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    connection.dec_thread_sharing()


@pytest.fixture
def opened(chromium, server) -> Iterator[Callable[..., object]]:
    """Opens pages: ``opened(client, width=360, dark=True, language="uk", scripts=False)`` is a page with its faults.

    The page's ``faults`` are requests to other hosts, refusals by the content policy and errors in scripts.
    """
    contexts = []

    def open_page(client: Client | None = None, *, width=1280, dark=False, language="en", scripts=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
            reduced_motion="reduce",
        )
        contexts.append(context)
        home = server
        cookies = {settings.LANGUAGE_COOKIE_NAME: language}
        if client is not None and settings.SESSION_COOKIE_NAME in client.cookies:
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": name, "value": value, "url": home} for name, value in cookies.items()])
        page = context.new_page()
        page.home, page.faults = home, []

        def route(call):
            address = urlsplit(call.request.url)
            if address.scheme in ("http", "https", "ws", "wss") and address.netloc != urlsplit(home).netloc:
                page.faults.append(f"request to {call.request.url}")
                return call.abort()
            return call.continue_()

        context.route("**/*", route)
        page.on("pageerror", lambda error: page.faults.append(str(error)))
        page.on("console", lambda line: line.type == "error" and page.faults.append(line.text))
        return page

    yield open_page
    for context in contexts:
        context.close()


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
