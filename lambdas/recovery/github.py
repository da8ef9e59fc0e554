"""GitHub's API of webhooks' deliveries, the same for a repository and an organisation.

Source: GitHub REST API reference, "Repository webhooks", "Repository webhook deliveries", "Organization webhooks",
"Using pagination in the REST API", "Best practices for using the REST API".
"""

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from lambdas.clients.http import HttpResponse, NoResponseError, outcome_of
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.recovery.plan import Delivery

PER_PAGE: Final = 100
MAX_PAGES: Final = 300
"""Of one list in one run: with four runs an hour, a quarter of the calls that GitHub allows a person in an hour."""

_NEXT_PAGE: Final = re.compile(r'<([^<>]+)>;\s*rel="next"')
_GONE: Final = frozenset({400, 404, 422})
"""What GitHub answers for a delivery that cannot be sent again ("Redeliver a delivery for a repository webhook")."""

_WHY: Final = {
    301: "it has another name by now",
    401: "the token is wrong or has ended",
    403: "the token needs the permission Webhooks: read and write",
    404: "it does not exist, or the token may not see it",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHub:
    """GitHub, as a token may see it.

    Attributes:
        token: May read and write webhooks.
        send: Sends a request. Raises `NoResponseError`.
        clock: Unix time in seconds.
    """

    token: str
    send: Callable[[HttpRequest], HttpResponse]
    clock: Callable[[], float] = time.time

    def __repr__(self) -> str:
        """Without the token."""
        return "GitHub()"

    def webhooks(self, hooks: str, url: str) -> list[str]:
        """API addresses of the webhooks that lead to a URL.

        Args:
            hooks: API address of all webhooks of a repository or an organisation.
            url: The endpoint's.

        Raises:
            Retry: GitHub is away or busy.
            Undeliverable: GitHub refuses.
        """
        found = self._list(f"{hooks}?per_page={PER_PAGE}")
        return [f"{hooks}/{hook['id']}" for hook in found if _same(hook["config"].get("url", ""), url)]

    def deliveries(self, webhook: str, since: float) -> Iterator[Delivery]:
        """All attempts of a webhook since then, the newest first.

        Raises:
            Retry: GitHub is away or busy.
            Undeliverable: GitHub refuses.
        """
        for item in self._list(f"{webhook}/deliveries?per_page={PER_PAGE}"):
            delivery = _delivery(item)
            if delivery.at < since:
                return
            yield delivery

    def ask(self, webhook: str, delivery: Delivery) -> bool:
        """Ask for a delivery again; whether GitHub will make it.

        Raises:
            Retry: GitHub is away or busy.
            Undeliverable: GitHub refuses.
        """
        response = self._answer("POST", f"{webhook}/deliveries/{delivery.id}/attempts")
        if response.status in _GONE:
            return False
        self._check(response)
        return True

    def _list(self, url: str) -> Iterator[Any]:
        """The items of all pages. A page elsewhere is not asked for: it would be told the token."""
        origin = urlsplit(url)[:2]
        for _ in range(MAX_PAGES):
            response = self._answer("GET", url)
            self._check(response)
            yield from _items(response)
            next_page = _NEXT_PAGE.search(response.headers.get("link", ""))
            if not next_page or urlsplit(next_page[1])[:2] != origin:
                return
            url = next_page[1]

    def _answer(self, method: str, url: str) -> HttpResponse:
        headers = {
            "accept": "application/vnd.github+json",
            "authorization": f"Bearer {self.token}",
            "user-agent": "Jamwire",
            "x-github-api-version": "2022-11-28",
        }
        try:
            return self.send(HttpRequest(method=method, url=urlsplit(url), body=b"", headers=headers))
        except NoResponseError:
            raise Retry(reason="GitHub did not answer") from None

    def _check(self, response: HttpResponse) -> None:
        failure = outcome_of("GitHub", response, clock=self.clock)
        if isinstance(failure, Undeliverable) and response.status in _WHY:
            raise Undeliverable(f"{failure.reason}: {_WHY[response.status]}")
        if failure:
            raise failure


def _items(response: HttpResponse) -> list[Any]:
    try:
        items = json.loads(response.body)
    except ValueError:
        items = None
    if not isinstance(items, list):
        raise Retry(reason="GitHub answered with what is no list")
    return items


def _delivery(item: Any) -> Delivery:
    return Delivery(
        id=item["id"],
        guid=item["guid"],
        at=dt.datetime.fromisoformat(item["delivered_at"]).timestamp(),
        status=item["status_code"],
        is_redelivery=item["redelivery"],
    )


def _same(one: str, other: str) -> bool:
    return one.rstrip("/").lower() == other.rstrip("/").lower()
