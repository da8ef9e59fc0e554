"""Following: a browser does at once, and of everybody else a question is asked.

What is answered to an e-mail address or a number depends on what was sent alone. What is known of it is looked up by
the worker that asks the question, so that nobody learns here who follows what, neither by words nor by time.
"""

from collections.abc import Callable, Mapping
from string import Template
from typing import Any, Final

from lambdas.audience_api import fields as said
from lambdas.audience_api.api import Answer, Api
from lambdas.audience_api.challenge import check_challenge
from lambdas.audience_api.email_address import email_of
from lambdas.audience_api.limits import PER_ADDRESS, Limit, network_of
from lambdas.audience_api.phone_number import number_of
from lambdas.audience_api.problem import Problem, later, unavailable
from lambdas.audience_api.push_subscription import sealed_form, subscription_of
from lambdas.audience_api.request import Request
from lambdas.audience_api.tokens import manage_token
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_topics import Channel
from lambdas.contracts.event import timestamp
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.identity import follower_id, stranger_id
from lambdas.followers.question import Question, seal_question, wording_digest
from lambdas.followers.transitions import TooManyTopicsError
from lambdas.runtime.beside import in_a_thread

Fields = Mapping[str, Any]


def follow(request: Request, api: Api) -> Answer:
    """Somebody wants to be told."""
    fields = request.fields()
    make = _CHANNELS.get(said.text(fields, "channel"))
    if make is None:
        raise Problem(400, "no_channel")
    if not said.topics_of(fields, api.topics):
        raise Problem(400, "no_topics")
    return make(request, fields, api)


def _push(request: Request, fields: Fields, api: Api) -> Answer:
    follower = follower_of(request, fields, api)
    _check_stranger(request, fields, api)
    return following(api, _kept(api, follower))


def renewed(request: Request, fields: Fields, api: Api, old: str) -> Answer | None:
    """A browser has another subscription than it had; None where the old one follows nothing."""
    new = api.followers.renew(old, follower_of(request, fields, api))
    return following(api, new) if new else None


def follower_of(request: Request, fields: Fields, api: Api) -> Follower:
    """Who follows by a browser's subscription.

    Raises:
        Problem: It is none.
    """
    if api.push is None:
        raise Problem(400, "no_channel")
    if not request.is_json:
        raise Problem(400, "push_needs_json")
    subscription = subscription_of(fields, api.push.push_services)
    keys, now = api.keys(), timestamp(api.clock())
    push_key = said.text(fields, "key")
    if push_key not in (key.id for key in keys.push):
        raise Problem(400, "wrong_push_key")
    id = follower_id(keys.lookup, "push", subscription["endpoint"])
    return Follower(
        id=id,
        channel="push",
        state="following",
        address=api.sealer(keys.data).seal(sealed_form(subscription), id),
        topics=said.topics_of(fields, api.topics) if "topics" in fields else (),
        zone=said.zone_of(fields),
        push_key=push_key,
        consent=Consent(
            wording="", asked_at=now, confirmed_at=now, how="browser", network=_network(request, api)
        ),
    )


def _kept(api: Api, follower: Follower) -> Follower:
    try:
        return api.followers.follow(follower)
    except TooManyTopicsError:
        raise Problem(400, "too_many_topics") from None


def following(api: Api, follower: Follower) -> Answer:
    """What somebody follows now, with the token by which it can be changed."""
    token = manage_token(api, follower.id)
    topics = list(follower.topics)
    return Answer(
        document={"follower": token, "topics": topics, "channel": follower.channel},
        page="confirmed",
        values={"token": token, "topics": topics},
    )


def _email(request: Request, fields: Fields, api: Api) -> Answer:
    if api.email is None:
        raise Problem(400, "no_channel")
    address = email_of(said.text(fields, "address"))
    _ask(request, fields, api, "email", address, consent=api.email.email_consent, at=said.time_of(fields))
    return Answer(status=202, document={"message": _message(api, "asked")}, page="asked")


def _text(request: Request, fields: Fields, api: Api) -> Answer:
    if api.text is None:
        raise Problem(400, "no_channel")
    number = number_of(said.text(fields, "number"), api.text.text_countries)
    _ask(request, fields, api, "text", number, consent=api.text.text_consent)
    return Answer(
        status=202, document={"message": _message(api, "code")}, page="code", values={"number": number}
    )


def _ask(
    request: Request, fields: Fields, api: Api, channel: Channel, address: str, *, consent: str, at: str = ""
) -> None:
    """Have the person asked, if it is not asked all the time: the answer is the same then."""
    if not said.is_agreed(fields):
        raise Problem(400, "no_consent")
    question = Question(
        address=address,
        topics=said.topics_of(fields, api.topics),
        zone=said.zone_of(fields, api.site.zone),
        at=at,
        wording=wording_digest(consent),
        asked_at=timestamp(api.clock()),
        network=_network(request, api),
    )
    keys = api.keys()
    id = follower_id(keys.lookup, channel, address)
    counted = in_a_thread(lambda: api.limits.wait(Limit("address", PER_ADDRESS), id))
    try:
        _check_stranger(request, fields, api)
    finally:
        is_flood = bool(counted())  # a call that is not awaited would be frozen with the function
    if not is_flood:
        sealed = seal_question(question, api.sealer(keys.data), id)
        api.ask(Job(kind="question", channel=channel, fanout=id, question=sealed))


def _check_stranger(request: Request, fields: Fields, api: Api) -> None:
    """Who asks may be a machine, or ask for ten thousand others."""
    check_network(request, api, "network")
    if api.own.challenge_site_key:
        secret = api.keys().challenge
        if not secret:
            raise unavailable()
        check_challenge(fields, secret, api.send)


def check_network(request: Request, api: Api, rule: str) -> None:
    """Count a request of this network.

    Raises:
        Problem: These are too many.
    """
    seconds = api.limits.wait(Limit(rule, api.own.per_network), _network(request, api))
    if seconds:
        raise later(429, "too_often", seconds)


def _network(request: Request, api: Api) -> str:
    return stranger_id(api.keys().lookup, network_of(request.address))


def _message(api: Api, words: str) -> str:
    return Template(api.words[words]).safe_substitute(site=api.site.name)


_CHANNELS: Final[Mapping[str, Callable[[Request, Fields, Api], Answer]]] = {
    "push": _push,
    "email": _email,
    "text": _text,
}
