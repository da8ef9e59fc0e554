"""Confirming that it was oneself who asked: by a link's button, or by a number with its code."""

from typing import Final

from lambdas.audience_api import fields as said
from lambdas.audience_api.api import Answer, Api
from lambdas.audience_api.follow import check_network, following
from lambdas.audience_api.phone_number import number_of
from lambdas.audience_api.problem import Problem
from lambdas.audience_api.request import Request
from lambdas.audience_api.tokens import gone, link_of
from lambdas.contracts.event import timestamp
from lambdas.followers.follower import Follower
from lambdas.followers.identity import follower_id
from lambdas.followers.question import answer_digest

WRONG_CODE_SECONDS: Final = 0.3
"""After so long a wrong code is answered: how long it took to find out would tell whether the number is known."""


def show_confirm(request: Request, api: Api) -> Answer:
    """The page with the button: who only looks, as mail scanners do, confirms nothing."""
    token = request.query.get("t", "")
    link = link_of(api, token, "confirm")
    follower = api.followers.get(link.follower)
    if follower is None or follower.question != _digest(api, link.follower, link.question):
        raise gone()
    return Answer(page="confirm", values={"token": token, "topics": list(follower.topics)})


def confirm(request: Request, api: Api) -> Answer:
    """A person says that it was it who asked."""
    fields = request.fields()
    if "t" in fields:
        return _by_link(api, said.text(fields, "t"))
    return _by_code(request, api, said.text(fields, "number"), said.text(fields, "code"))


def _by_link(api: Api, token: str) -> Answer:
    link = link_of(api, token, "confirm")
    follower = _confirmed(api, link.follower, link.question)
    if follower is None:
        raise gone()
    return following(api, follower)


def _by_code(request: Request, api: Api, typed: str, code: str) -> Answer:
    """A number that nobody asked for is answered as a wrong code is, and as late."""
    if api.text is None:
        raise Problem(400, "no_channel")
    number = number_of(typed, api.text.text_countries)
    check_network(request, api, "code")
    began = api.clock()
    id = follower_id(api.keys().lookup, "text", number)
    follower = _confirmed(api, id, "".join(code.split()))
    if follower is None:
        api.sleep(max(0.0, began + WRONG_CODE_SECONDS - api.clock()))
        raise Problem(400, "wrong_code", page="code", values={"number": number, "note": "wrong_code"})
    return following(api, follower)


def _confirmed(api: Api, id: str, answer: str) -> Follower | None:
    return api.followers.confirm(id, _digest(api, id, answer), timestamp(api.clock()))


def _digest(api: Api, id: str, answer: str) -> str:
    return answer_digest(api.keys().lookup, id, answer)
