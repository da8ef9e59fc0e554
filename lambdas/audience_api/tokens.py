"""The tokens of links and scripts: whom a request is about, and what it may do."""

from lambdas.audience_api.api import Api
from lambdas.audience_api.problem import Problem
from lambdas.followers.links import MANAGE_SECONDS, BadLinkError, Link, Links, Purpose


def link_of(api: Api, token: str, *purposes: Purpose) -> Link:
    """What a token says that was given for one of these purposes.

    Raises:
        Problem: It is none, of another audience, for something else, or too old.
    """
    links = Links(api.keys().links)
    bad = BadLinkError()
    for purpose in purposes:
        try:
            return links.read(token, purpose, api.clock())
        except BadLinkError as error:
            bad = error if error.expired else bad
    if bad.expired:
        raise gone()
    raise Problem(400, "wrong_link")


def gone() -> Problem:
    """A link that was good once."""
    return Problem(410, "expired", page="expired")


def manage_token(api: Api, follower: str) -> str:
    """What lets a person see, change and end what it follows."""
    expires = int(api.clock()) + MANAGE_SECONDS
    return Links(api.keys().links).sign(Link(purpose="manage", follower=follower, expires=expires))
