"""A small endpoint of an audience that answers as the real one does (docs/audience.md), with what goes wrong."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from examples.serving import serving

KEY = "BPYOXs6gs-AJUC4Lc0vkmMw0YBVu8hlbaJ4cKxNRrjhKUlcFMQrk-cB3PIAOVWzQWyTZQFDMnXkNSKsmoZTsmuM"
OTHER_KEY = "BAOQ1NaFnB_5aRJhpnSyQXAEIkS2CSLzYAe1gGtzLwvtMfNyEuU7qJpzv0EB4vhJDHMnAGQKxSr7uwXKDhTOOG8"
SENTENCE = "If that is right, a message is on its way to you. Confirm it there."
CODE = "123456"


def settings_with(**channels: Any) -> dict[str, Any]:
    """Settings of an audience with these channels."""
    return {
        "site": {
            "name": "Harbour Buses",
            "url": "https://example.com",
            "privacy_url": "https://example.com/privacy",
            "locale": "en",
        },
        "channels": channels,
        "topics": [
            {"name": "line-*", "title": "Line {}", "text": "Delays and detours, as they happen."},
            {"name": "news", "title": "News", "text": "When something new is on the site."},
        ],
        "challenge": None,
    }


ALL = {
    "push": {"key": KEY, "id": "one"},
    "email": {"consent": "I agree."},
    "text": {"consent": "I agree.", "countries": ["US"]},
}


@dataclass
class FakeEndpoint:
    """The endpoint.

    Attributes:
        url: Where it is, once it is served.
        settings: What it says of itself.
        followers: Topics by the follower's token.
        endpoints: The push endpoint by the follower's token.
        said: What it was told, by path, in order: JSON, or a form's fields.
        instead: What it answers in place of what it would, by path.
    """

    url: str = ""
    settings: dict[str, Any] = field(default_factory=lambda: settings_with(**ALL))
    followers: dict[str, list[str]] = field(default_factory=dict)
    endpoints: dict[str, str] = field(default_factory=dict)
    said: list[tuple[str, Any]] = field(default_factory=list)
    instead: dict[str, Response] = field(default_factory=dict)

    @property
    def app(self) -> Starlette:
        """It as a web application."""
        cors = Middleware(
            CORSMiddleware,
            allow_origin_regex=r"http://127\.0\.0\.1:\d+",
            allow_methods=["GET", "POST"],
            allow_headers=["content-type"],
            expose_headers=["retry-after"],
        )
        route = Route("/{path:path}", self._answer, methods=["GET", "POST"])
        return Starlette(routes=[route], middleware=[cors])

    def told(self, path: str) -> list[Any]:
        """What a path was told."""
        return [said for its, said in self.said if its == path]

    async def _answer(self, request: Request) -> Response:
        path, is_json = request.path_params["path"], request.headers.get("content-type") == "application/json"
        if path in self.instead:
            return self.instead[path]
        if request.method == "GET":
            return JSONResponse(self.settings)
        body = (await request.body()).decode()
        if not is_json:
            self.said.append((path, parse_qsl(body)))
            return HTMLResponse(f"<title>Thank you</title><h1>{SENTENCE}</h1>", 202)
        said = json.loads(body)
        self.said.append((path, said))
        answers = {
            "follow": self._follow,
            "renew": self._renew,
            "state": self._state,
            "preferences": self._preferences,
            "confirm": self._confirm,
        }
        return answers[path](said)

    def _follow(self, said: Any) -> Response:
        if said["channel"] != "push":
            return JSONResponse({"message": SENTENCE}, 202)
        endpoint = said["subscription"]["endpoint"]
        token = next((token for token, its in self.endpoints.items() if its == endpoint), None)
        token = token or f"token-{len(self.endpoints)}"
        self.endpoints[token] = endpoint
        self.followers[token] = sorted({*self.followers.get(token, []), *said["topics"]})
        return self._of(token, follower=token)

    def _renew(self, said: Any) -> Response:
        if said["follower"] not in self.followers:
            return problem(404, "This link follows nothing any more.")
        token = f"token-{len(self.endpoints)}"
        self.followers[token] = self.followers.pop(said["follower"])
        self.endpoints[token] = said["subscription"]["endpoint"]
        return self._of(token, follower=token)

    def _state(self, said: Any) -> Response:
        token = said["follower"]
        return self._of(token) if token in self.followers else problem(404, "It follows nothing any more.")

    def _preferences(self, said: Any) -> Response:
        token = said["follower"]
        if token not in self.followers:
            return problem(404, "It follows nothing any more.")
        self.followers[token] = said["topics"]
        answer = self._of(token)
        if not said["topics"]:
            del self.followers[token]
        return answer

    def _confirm(self, said: Any) -> Response:
        if said["code"] != CODE:
            return problem(400, "That is not the code that we sent.")
        return JSONResponse({"follower": "text-token", "topics": ["line-12"], "channel": "text"})

    def _of(self, token: str, **more: str) -> Response:
        state = {"topics": self.followers[token], "channel": "push", "zone": "UTC", "at": ""}
        return JSONResponse({**state, **more})


def problem(status: int, title: str, **headers: str) -> Response:
    """What the endpoint answers that does not do it (RFC 9457)."""
    return JSONResponse({"title": title, "status": status}, status, headers, "application/problem+json")


@contextmanager
def an_endpoint() -> Iterator[FakeEndpoint]:
    """Serve one while the block lasts."""
    endpoint = FakeEndpoint()
    with serving(endpoint.app) as address:
        endpoint.url = f"{address}/"
        yield endpoint
