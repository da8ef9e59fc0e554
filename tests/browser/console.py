"""The console's page in a real browser, with its server played: its own files under the policy, and the API's answers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Request, Route

from jamwire.console.access import HEADERS
from jamwire.console.app import STATIC

SITE = "http://127.0.0.1:8899"
TOKEN = "a-token"
KINDS = {".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript"}
NOW = 1_800_000_000.0

WATCH = """
window.wrong = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => wrong.push(violatedDirective));
addEventListener("error", ({ message }) => wrong.push(message));
addEventListener("unhandledrejection", ({ reason }) => wrong.push(`${reason}`));
"""

OVERVIEW: dict[str, Any] = {
    "deployment": "Jamwire",
    "region": "eu-central-1",
    "local": True,
    "archive": True,
    "inbox": True,
    "now": "2027-01-15T08:00:00.000Z",
    "endpoints": ["contact-form", "contentful", "netlify-blog"],
    "subscribers": ["Cdn", "Rebuild", "Slack", "Sms"],
    "types": ["content.published", "deploy.failed", "deploy.succeeded", "form.submitted"],
    "poll_seconds": 0.05,
}


@dataclass(frozen=True)
class Call:
    """What the page asked."""

    method: str
    path: str
    query: dict[str, str]
    body: Any


Answer = Callable[[Call], Any]
"""What the API answers: a document, or one with its status before it."""


@dataclass
class PlayedConsole:
    """A page of the console and its server.

    Attributes:
        context: The browser's.
        page: The page, once it is open.
        answers: By method and path below `/console/api/`: a document, or what makes one of the call.
        calls: What was asked.
    """

    context: BrowserContext
    answers: dict[str, Any | Answer] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    page: Page = field(init=False)

    def open(self, query: str = "", *, token: str = TOKEN, width: int = 1280, height: int = 860) -> Page:
        """Open a view; waits until it is shown."""
        self.page = self.context.new_page()
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.goto(f"{SITE}/{query and '?' + query}{token and '#token=' + token}")
        self.shown()
        return self.page

    def shown(self) -> None:
        """Wait until the view is shown."""
        self.page.locator("main:not([aria-busy])").wait_for()

    def asked(self, path: str) -> list[Call]:
        """The calls of a path."""
        return [call for call in self.calls if call.path == path]

    def serve(self, route: Route, request: Request) -> None:
        """Answer as the server does."""
        path = urlsplit(request.url).path
        if path.startswith("/console/api/"):
            status, document = self._answer(request)
            route.fulfill(status=status, content_type="application/json", body=json.dumps(document))
            return
        file = STATIC / (path.removeprefix("/console/static/") if path != "/" else "index.html")
        if not file.is_file():
            route.fulfill(status=404)
            return
        headers = {**HEADERS, "content-type": KINDS[file.suffix]}
        route.fulfill(status=200, headers=headers, body=file.read_bytes())

    def _answer(self, request: Request) -> tuple[int, Any]:
        parts = urlsplit(request.url)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        body = json.loads(request.post_data) if request.post_data else None
        call = Call(request.method, parts.path.removeprefix("/console/api/"), query, body)
        self.calls.append(call)
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return 401, {"error": "The token is missing or wrong."}
        answer = self.answers.get(call.path, (404, {"error": f"There is no {call.path}."}))
        answer = answer(call) if callable(answer) else answer
        return answer if isinstance(answer, tuple) else (200, answer)


@contextmanager
def a_console(browser: Browser, **options: Any) -> Iterator[PlayedConsole]:
    """A console whose page nothing may go wrong on; `options` go to the browser's context."""
    context = browser.new_context(**{"locale": "en-GB", "timezone_id": "UTC", **options})
    context.add_init_script(WATCH)
    played = PlayedConsole(context, {"overview": OVERVIEW})
    context.route(f"{SITE}/**", played.serve)
    try:
        yield played
        wrong = [page.evaluate("wrong") for page in context.pages]
        assert not any(wrong), wrong
    finally:
        context.close()
