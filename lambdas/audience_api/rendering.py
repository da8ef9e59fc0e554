"""An answer as API Gateway sends it: JSON to scripts, a page to people."""

import json
from collections.abc import Mapping
from typing import Any, Final

from lambdas.audience_api.api import Answer
from lambdas.audience_api.pages.pages import Pages
from lambdas.audience_api.pages.style import POLICY
from lambdas.audience_api.problem import Problem
from lambdas.audience_api.request import Request

_COMMON: Final = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "vary": "origin",  # API Gateway says who may read it, where a page asks
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex",
}
_NOTHING: Final = "default-src 'none'; frame-ancestors 'none'"


class Renderer:
    """Makes answers into responses.

    Args:
        pages: The site's pages.
    """

    def __init__(self, pages: Pages) -> None:
        self._pages = pages

    def answered(self, answer: Answer, request: Request) -> dict[str, Any]:
        """The response to a request that is done."""
        if answer.page and (request.wants_page or answer.document is None):
            return self._page(answer.status, answer.page, answer.values, answer.headers, request)
        body = json.dumps(answer.document)
        return self._response(answer.status, "application/json", body, answer.headers, request)

    def refused(self, problem: Problem, request: Request) -> dict[str, Any]:
        """The response to one that is not, as RFC 9457 has it or as a page."""
        if request.wants_page:
            values = {"note": problem.words, **problem.values}
            return self._page(problem.status, problem.page, values, problem.headers, request)
        body = json.dumps({"title": self._pages.say(problem.words), "status": problem.status})
        return self._response(problem.status, "application/problem+json", body, problem.headers, request)

    def _page(
        self, status: int, name: str, values: Mapping[str, Any], headers: Mapping[str, str], request: Request
    ) -> dict[str, Any]:
        body = self._pages.page(name, values)
        own = {"content-security-policy": POLICY, **headers}
        return self._response(status, "text/html; charset=utf-8", body, own, request)

    def _response(
        self, status: int, content_type: str, body: str, headers: Mapping[str, str], request: Request
    ) -> dict[str, Any]:
        return {
            "statusCode": status,
            "headers": {
                **_COMMON,
                "content-security-policy": _NOTHING,
                "content-type": content_type,
                **headers,
            },
            "body": "" if request.method == "HEAD" else body,
        }
