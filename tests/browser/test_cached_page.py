"""A page that the browser has kept: whether it has been updated since it was made."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser, Page

from lambdas.contracts.event import timestamp
from tests.browser.site import SCRIPT

PAGE = """<!doctype html><html lang="en"><title>A page</title>
<script type="module" src="/jamwire-live.js" data-jamwire-url="ws://127.0.0.1:{port}/" data-jamwire-key="da2-key"
  data-jamwire-state="http://localhost:{port}/state/"></script>
<p id="updated" data-jamwire-updated hidden>New</p><a href="/other/">Other</a><a href="/page/">Page</a></html>"""
LIFETIME = "max-age=600"


@dataclass
class Site:
    """A site whose pages a browser may keep, and its state.

    Attributes:
        made: Headers that say when pages were made.
        policy: Where pages may connect to.
        updated_at: When its page was updated, unix seconds.
        pages: How often the page was asked for.
        states: How often the state was.
    """

    made: dict[str, str] = field(default_factory=dict)
    policy: str = "http: ws:"
    updated_at: float = 0.0
    pages: int = 0
    states: int = 0
    port: int = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def state(self) -> bytes:
        update = {"id": "u", "type": "cdn.invalidated", "time": timestamp(self.updated_at)}
        return json.dumps({"schema": 1, "updates": [{**update, "paths": ["/page/"], "tags": []}]}).encode()


def handler(site: Site) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            now = {"date": formatdate(usegmt=True)}
            if self.path == "/jamwire-live.js":
                self.answer("text/javascript", SCRIPT, now)
            elif self.path == "/state/site.json":
                site.states += 1
                cors = {
                    "access-control-allow-origin": "*",
                    "access-control-expose-headers": "Date, ETag, Age",
                }
                self.answer("application/json", site.state, {**now, **cors, "cache-control": "max-age=0"})
            elif self.path in ("/page/", "/other/"):
                site.pages += self.path == "/page/"
                policy = {"content-security-policy": f"connect-src {site.policy}"}
                headers = {**(site.made or now), **policy, "cache-control": LIFETIME}
                self.answer("text/html; charset=utf-8", PAGE.format(port=site.port).encode(), headers)
            else:
                self.send_error(404)

        def answer(self, kind: str, body: bytes, headers: dict[str, str]) -> None:
            self.send_response_only(200)  # without a date
            for name, value in {"content-type": kind, "content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.port = server.server_port
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page that has been visited once, and left."""
    page = browser.new_context().new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.context.close()
    assert wrong == []


def until(page: Page, true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        page.wait_for_timeout(50)


def visit_twice(page: Page, site: Site) -> None:
    """Open the page, leave it, and come back to what the browser has kept; until it has read the state twice."""
    page.goto(f"{site.address}/page/")
    assert page.is_hidden("#updated")
    page.click("text=Other")
    page.wait_for_url("**/other/")
    so_far = site.states
    page.click("text=Page")
    page.wait_for_url("**/page/")
    until(page, lambda: site.states >= so_far + 3)  # the other page may have read it once more
    assert site.pages == 1


def made(ago: float, **headers: str) -> dict[str, str]:
    return {"date": formatdate(time.time() - ago, usegmt=True), **headers}


def test_page_from_the_cache_is_old_where_it_was_updated_since(page: Page, site: Site) -> None:
    site.made, site.updated_at = made(60), time.time() - 30
    visit_twice(page, site)
    page.wait_for_selector("#updated", state="visible")


@pytest.mark.parametrize(
    ("ago", "headers"), [(10, {}), (60, {"age": "50"})], ids=["by its origin", "by an edge"]
)
def test_page_from_the_cache_is_new_where_it_was_answered_later(
    page: Page, site: Site, ago: float, headers: dict[str, str]
) -> None:
    site.made, site.updated_at = made(ago, **headers), time.time() - 30
    visit_twice(page, site)
    assert page.is_hidden("#updated")


def test_page_that_may_not_look_takes_itself_for_new(page: Page, site: Site) -> None:
    site.made, site.updated_at, site.policy = made(60), time.time() - 30, "http://localhost:* ws:"
    visit_twice(page, site)
    assert page.is_hidden("#updated")
