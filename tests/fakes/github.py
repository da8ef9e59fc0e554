"""GitHub's end of webhooks: it delivers, keeps what it has delivered for three days, and delivers again when asked to.

As documented: GitHub REST API reference, "Repository webhook deliveries"; "Using pagination in the REST API".
"""

import datetime as dt
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from lambdas.clients.http import HttpResponse
from lambdas.contracts.http_request import HttpRequest

KEPT_SECONDS = 3 * 86_400
REDELIVERED_AFTER = 2
"""Seconds from the request for a redelivery to the redelivery."""

API = "https://api.github.com/repos/acme/site/hooks"
URL = "https://hub.example/code"
TOKEN = "github_pat_1"


@dataclass
class FakeGitHub:
    """One repository with some webhooks, of which one leads to the endpoint.

    Attributes:
        now: Unix seconds.
        endpoint: What the endpoint answers a delivery with this guid.
        urls: Where each webhook leads to, by its id.
        limited: How GitHub answers while it is busy.
        deliveries: What it keeps, the newest first.
        requests: Method and path of each request.
        asked: Guids that it was asked for.
    """

    now: float
    endpoint: Callable[[str], int] = lambda guid: 200
    urls: dict[int, str] = field(default_factory=lambda: {1: "https://ci.example/", 2: URL})
    limited: HttpResponse | None = None
    deliveries: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def deliver(self, guid: str, *, redelivery: bool = False) -> None:
        """Call the endpoint once."""
        status = self.endpoint(guid)
        made_at = self.now + (REDELIVERED_AFTER if redelivery else 0)
        at = dt.datetime.fromtimestamp(made_at, dt.UTC).isoformat(timespec="milliseconds")
        self.deliveries.insert(
            0,
            {
                "id": 1000 + len(self.deliveries) + len(self.asked),
                "guid": guid,
                "delivered_at": at.replace("+00:00", "Z"),
                "redelivery": redelivery,
                "duration": 0.1,
                "status": "OK" if status == 200 else "failed to connect",
                "status_code": status,
                "event": "push",
                "action": None,
            },
        )

    def answered(self, guid: str) -> list[int]:
        """What each attempt at a delivery was answered, the oldest first."""
        return [kept["status_code"] for kept in reversed(self.deliveries) if kept["guid"] == guid]

    def send(self, request: HttpRequest) -> HttpResponse:
        """Answer a request to the API."""
        self.requests.append((request.method, request.url.path))
        if self.limited:
            return self.limited
        if request.headers["authorization"] != f"Bearer {TOKEN}":
            return HttpResponse(401, body=b'{"message": "Bad credentials"}')
        path = request.url.path.removeprefix("/repos/acme/site/hooks")
        query = {name: values[0] for name, values in parse_qs(request.url.query).items()}
        if (request.method, path) == ("GET", ""):
            hooks = [{"id": id, "active": True, "config": {"url": url}} for id, url in self.urls.items()]
            return HttpResponse(200, body=json.dumps(hooks).encode())
        if (request.method, path) == ("GET", "/2/deliveries"):
            return self._page(int(query["per_page"]), query.get("cursor", ""))
        if request.method == "POST" and (asked := re.fullmatch(r"/2/deliveries/(\d+)/attempts", path)):
            return self._redeliver(int(asked[1]))
        return HttpResponse(404, body=b'{"message": "Not Found"}')

    def _kept(self) -> list[dict[str, Any]]:
        oldest = dt.datetime.fromtimestamp(self.now - KEPT_SECONDS, dt.UTC).isoformat()
        return [kept for kept in self.deliveries if kept["delivered_at"] > oldest]

    def _page(self, size: int, cursor: str) -> HttpResponse:
        """A page begins with the delivery that its cursor names, whatever has come in meanwhile."""
        kept = self._kept()
        start = next((n for n, one in enumerate(kept) if cursor == f"v1_{one['id']}"), 0)
        page, rest = kept[start : start + size], kept[start + size :]
        headers = (
            {"link": f'<{API}/2/deliveries?per_page={size}&cursor=v1_{rest[0]["id"]}>; rel="next"'}
            if rest
            else {}
        )
        return HttpResponse(200, headers, json.dumps(page).encode())

    def _redeliver(self, id: int) -> HttpResponse:
        found = next((kept for kept in self._kept() if kept["id"] == id), None)
        if found is None:
            return HttpResponse(404, body=b'{"message": "Not Found"}')
        self.asked.append(found["guid"])
        self.deliver(found["guid"], redelivery=True)
        return HttpResponse(202, body=b"{}")
