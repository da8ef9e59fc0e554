"""Cloudflare Turnstile's word that a visitor is no machine (Turnstile documentation, "Validate the token")."""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import SplitResult, urlencode, urlsplit

from lambdas.audience_api.fields import text
from lambdas.audience_api.problem import Problem, unavailable
from lambdas.clients.http import HttpResponse, NoResponseError
from lambdas.contracts.http_request import HttpRequest

URL: Final[SplitResult] = urlsplit("https://challenges.cloudflare.com/turnstile/v0/siteverify")

_FIELDS: Final = ("challenge", "cf-turnstile-response")
"""Ours, and what Turnstile's widget adds to a form."""

_OF_THE_VISITOR: Final = frozenset(
    {"missing-input-response", "invalid-input-response", "timeout-or-duplicate", "bad-request"}
)
"""Errors that the visitor can mend; of all others, such as a wrong secret, nobody gets in."""


def check_challenge(
    fields: Mapping[str, Any], secret: str, send: Callable[[HttpRequest], HttpResponse]
) -> None:
    """Check that the challenge was met. The visitor's address is not told to Turnstile.

    Args:
        fields: The request's.
        secret: The site's secret at Turnstile.
        send: Sends the request (`lambdas.clients.http.send`).

    Raises:
        Problem: It was not, or Turnstile cannot tell.
    """
    shown = next((shown for name in _FIELDS if (shown := text(fields, name))), "")
    if not shown:
        raise Problem(400, "no_challenge")
    answer = _ask({"secret": secret, "response": shown}, send)
    if answer.get("success") is True:
        return
    errors = answer.get("error-codes")
    if isinstance(errors, list) and errors and not {*map(str, errors)} - _OF_THE_VISITOR:
        raise Problem(400, "no_challenge")
    raise unavailable()


def _ask(said: Mapping[str, str], send: Callable[[HttpRequest], HttpResponse]) -> Mapping[str, Any]:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    try:
        response = send(HttpRequest(url=URL, body=urlencode(said).encode(), headers=headers))
        answer = json.loads(response.body)
    except (NoResponseError, ValueError):
        raise unavailable() from None
    return answer if isinstance(answer, dict) else {}
