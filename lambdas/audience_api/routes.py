"""The endpoint's routes."""

from collections.abc import Callable, Mapping
from typing import Final

from lambdas.audience_api.api import Answer, Api
from lambdas.audience_api.confirm import confirm, show_confirm
from lambdas.audience_api.follow import follow
from lambdas.audience_api.manage import (
    renew,
    save_preferences,
    show_preferences,
    show_state,
    show_unsubscribe,
    unsubscribe,
)
from lambdas.audience_api.problem import Problem
from lambdas.audience_api.request import Request
from lambdas.audience_api.site_settings import show_settings

Route = Callable[[Request, Api], Answer]

ROUTES: Final[Mapping[str, Mapping[str, Route]]] = {
    "/settings": {"GET": show_settings},
    "/follow": {"POST": follow},
    "/state": {"POST": show_state},
    "/renew": {"POST": renew},
    "/confirm": {"GET": show_confirm, "POST": confirm},
    "/preferences": {"GET": show_preferences, "POST": save_preferences},
    "/unsubscribe": {"GET": show_unsubscribe, "POST": unsubscribe},
}
"""What each path does, by method. What GET does changes nothing."""


def answer_to(request: Request, api: Api) -> Answer:
    """Do what a request asks for.

    Raises:
        Problem: It is not done.
    """
    methods = ROUTES.get(request.path)
    if methods is None:
        raise Problem(404, "no_such_place")
    route = methods.get("GET" if request.method == "HEAD" else request.method)
    if route is None:
        raise Problem(405, "wrong_method", headers={"allow": allowed(methods)})
    return route(request, api)


def allowed(methods: Mapping[str, Route]) -> str:
    """The methods of a path (RFC 9110, section 10.2.1)."""
    return ", ".join([*methods, *(["HEAD"] if "GET" in methods else [])])


def name_of(request: Request) -> str:
    """The route's name for the log; a stranger's text is none."""
    methods = ROUTES.get(request.path, {})
    known = {*methods, "HEAD"} if methods else set()
    return f"{request.method} {request.path}" if request.method in known else ""
