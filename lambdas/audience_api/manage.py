"""Seeing, changing and ending what one follows, by a token or a link. Whoever may change it may end it."""

from lambdas.audience_api import fields as said
from lambdas.audience_api.api import Answer, Api
from lambdas.audience_api.follow import renewed
from lambdas.audience_api.problem import Problem
from lambdas.audience_api.request import Request
from lambdas.audience_api.tokens import link_of
from lambdas.followers.follower import Follower
from lambdas.followers.links import Link


def show_state(request: Request, api: Api) -> Answer:
    """What a script shows of a follower."""
    fields = request.fields()
    link = link_of(api, said.text(fields, "follower"), "manage")
    return Answer(document=_state(_known(api, link.follower)))


def show_preferences(request: Request, api: Api) -> Answer:
    """The form in which a person changes what it follows."""
    token = request.query.get("t", "")
    link = link_of(api, token, "manage")
    return _preferences(_known(api, link.follower), link, token)


def save_preferences(request: Request, api: Api) -> Answer:
    """A person says anew what it follows; who follows nothing has ended it."""
    fields = request.fields()
    token = said.text(fields, "follower") or said.text(fields, "t")
    link = link_of(api, token, "manage")
    id, topics = link.follower, said.topics_of(fields, api.topics)
    zone, at = said.zone_of(fields, api.site.zone), said.time_of(fields)
    if not topics:
        api.followers.end(id, "preferences")
        return Answer(document={"topics": [], "zone": zone, "at": at}, page="unsubscribed")
    if not {"zone", "at"} <= fields.keys():
        known = _known(api, id)
        zone, at = (zone if "zone" in fields else known.zone), (at if "at" in fields else known.at)
    follower = api.followers.set_preferences(id, topics, zone, at)
    if follower is None:
        raise _follows_nothing()
    return _preferences(follower, link, token, note="saved")


def renew(request: Request, api: Api) -> Answer:
    """A browser has another subscription than it had."""
    fields = request.fields()
    old = link_of(api, said.text(fields, "follower"), "manage").follower
    answer = renewed(request, fields, api, old)
    if answer is None:
        raise _follows_nothing()
    return answer


def show_unsubscribe(request: Request, api: Api) -> Answer:
    """The page with the button that ends it: who only looks, as mail scanners do, changes nothing."""
    token = request.query.get("t", "")
    link_of(api, token, "unsubscribe", "manage")
    return Answer(page="unsubscribe", values={"token": token})


def unsubscribe(request: Request, api: Api) -> Answer:
    """It ends at once. A mail program presses the button by the link alone, whatever body it sends (RFC 8058)."""
    token = request.query.get("t") or said.text(request.fields(), "t")
    api.followers.end(link_of(api, token, "unsubscribe", "manage").follower, "unsubscribe")
    return Answer(document={"topics": []}, page="unsubscribed")


def _known(api: Api, id: str) -> Follower:
    follower = api.followers.get(id)
    if follower is None or follower.state != "following":
        raise _follows_nothing()
    return follower


def _follows_nothing() -> Problem:
    return Problem(404, "follows_nothing")


def _state(follower: Follower) -> dict[str, object]:
    return {
        "channel": follower.channel,
        "topics": list(follower.topics),
        "zone": follower.zone,
        "at": follower.at,
    }


def _preferences(follower: Follower, link: Link, token: str, note: str = "") -> Answer:
    state = _state(follower)
    values = {**state, "asked": link.topics, "token": token, "note": note}
    return Answer(document=state, page="preferences", values=values)
