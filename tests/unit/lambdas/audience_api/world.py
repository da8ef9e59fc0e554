"""An audience's endpoint with everything that it asks, and a visitor who asks it."""

import copy
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lambdas.audience_api.api import Api
from lambdas.audience_api.endpoint import respond
from lambdas.audience_api.limits import Limits
from lambdas.audience_api.pages.pages import Pages
from lambdas.audience_api.rendering import Renderer
from lambdas.audience_api.request import Request
from lambdas.clients.http import HttpResponse
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_settings import (
    AudienceApiSettings,
    EmailSettings,
    PushSettings,
    SiteOfAudience,
    TextSettings,
)
from lambdas.contracts.audience_topics import Channel, Topic, Topics
from lambdas.contracts.audience_words import WORDS
from lambdas.contracts.http_request import HttpRequest
from lambdas.followers.follower import Consent, Follower
from lambdas.followers.identity import follower_id
from lambdas.followers.keys import AudienceKeys, PushKey, encode
from lambdas.followers.links import Link, Links, Purpose
from lambdas.followers.question import Question, answer_digest, open_question
from lambdas.followers.sealing import Sealer
from lambdas.followers.store import Followers
from tests.fakes.audience_table import AudienceTable

NOW = 1_800_000_000.0
TIME = "2027-01-15T08:00:00.000Z"
ANN, NUMBER = "ann@example.com", "+12015550123"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc:def"
ADDRESS = "203.0.113.7"

SITE = SiteOfAudience(
    name="Harbour Buses",
    url="https://example.com",
    privacy_url="https://example.com/privacy",
    locale="en-GB",
)
TOPICS = {
    "line-*": Topic("Line {}", "Delays and detours, as they happen."),
    "news": Topic("News", "When something new is on the site.", types=("site.published",)),
}
KEYS = AudienceKeys(
    data=b"d" * 32,
    lookup=b"l" * 32,
    links=b"s" * 32,
    push=(
        PushKey("older", b"\x03" * 32),
        PushKey("old", b"\x01" * 32),
        PushKey("new", b"\x02" * 32),
    ),
    challenge="turnstile-secret",
)
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


def point(private: int = 7) -> str:
    """A browser's public key."""
    public = ec.derive_private_key(private, ec.SECP256R1()).public_key()
    return encode(public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def subscription(endpoint: str = ENDPOINT, **keys: object) -> dict[str, Any]:
    return {"endpoint": endpoint, "keys": {"p256dh": point(), "auth": encode(b"a" * 16), **keys}}


PUSH: dict[str, Any] = {
    "channel": "push",
    "topics": ["line-12"],
    "subscription": subscription(),
    "key": "new",
    "zone": "Europe/Berlin",
}
EMAIL: dict[str, Any] = {
    "channel": "email",
    "topics": ["line-12", "news"],
    "address": ANN,
    "zone": "Europe/Berlin",
    "at": "07:30",
    "consent": True,
}
TEXT: dict[str, Any] = {
    "channel": "text",
    "topics": ["line-12"],
    "number": NUMBER,
    "zone": "America/New_York",
    "consent": True,
}


class Response:
    """What the visitor gets."""

    def __init__(self, raw: Mapping[str, Any], reason: str) -> None:
        self.raw = raw
        self.status: int = raw["statusCode"]
        self.headers: Mapping[str, str] = raw["headers"]
        self.body: str = raw["body"]
        self.reason = reason

    def json(self) -> Any:
        return json.loads(self.body)


class World:
    """The endpoint.

    Attributes:
        now: Unix time in seconds.
        table: The audience's table.
        asked: Questions that were put into a queue.
        sent: Requests to Turnstile.
        turnstile: What Turnstile answers, or raises.
        slept: Seconds that were waited.
    """

    def __init__(self, **changed: Any) -> None:
        self.now = NOW
        self.table = AudienceTable()
        self.asked: list[Job] = []
        self.sent: list[HttpRequest] = []
        self.turnstile: HttpResponse | Exception = HttpResponse(200, body=b'{"success": true}')
        self.slept: list[float] = []
        client: Any = self.table
        self.followers = Followers(client, "table", clock=lambda: self.now, sleep=self.slept.append)
        topics = Topics(changed.pop("topics", TOPICS))
        words = {**WORDS, **changed.pop("words", {})}
        given: dict[str, Any] = {
            "site": SITE,
            "own": AudienceApiSettings(per_network=10),
            "push": PushSettings(push_contact="mailto:web@example.com"),
            "email": EmailSettings(email_from=ANN, email_consent="Mail me.", email_configuration_set="set"),
            "text": TextSettings(
                text_identity="arn",
                text_consent="Text me.",
                text_help="Help.",
                text_countries=("US",),
                text_per_day=10,
                text_per_follower=5,
                text_codes_per_day=5,
            ),
        }
        self.api = Api(
            **(given | changed),
            topics=topics,
            words=words,
            keys=lambda: KEYS,
            followers=self.followers,
            limits=Limits(client, "table", lambda: self.now),
            ask=self.asked.append,
            sealer=lambda key: Sealer(key, lambda length: b"n" * length),
            send=self._send,
            clock=lambda: self.now,
            sleep=self.slept.append,
        )
        self.renderer = Renderer(Pages(self.api.site, topics, words))

    def _send(self, request: HttpRequest) -> HttpResponse:
        self.sent.append(request)
        if isinstance(self.turnstile, Exception):
            raise self.turnstile
        return self.turnstile

    def request(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        body: bytes | str = b"",
        type: str = "",
        address: str = ADDRESS,
        accept: str = "",
    ) -> Response:
        """Ask, as API Gateway passes it on."""
        event = {
            "rawPath": path,
            "rawQueryString": query,
            "headers": {"content-type": type, "accept": accept},
            "requestContext": {"http": {"method": method, "sourceIp": address}, "stage": "$default"},
            "body": body.decode("utf-8", "surrogateescape") if isinstance(body, bytes) else body,
        }
        return Response(*respond(Request.of(event), self.api, self.renderer))

    def post(self, path: str, fields: Any, **how: Any) -> Response:
        """Post JSON."""
        return self.request("POST", path, body=json.dumps(fields), type=JSON, **how)

    def submit(self, path: str, fields: Mapping[str, Any], **how: Any) -> Response:
        """Submit a form."""
        said = {name: "true" if value is True else value for name, value in fields.items()}
        return self.request("POST", path, body=urlencode(said, doseq=True), type=FORM, **how)

    def get(self, path: str, token: str = "", **how: Any) -> Response:
        return self.request("GET", path, query=urlencode({"t": token}) if token else "", **how)

    def id(self, channel: Channel, address: str) -> str:
        return follower_id(KEYS.lookup, channel, address)

    def question(self) -> Question:
        """The one question that was put into a queue."""
        [job] = self.asked
        assert job.kind == "question"
        return open_question(job.question, Sealer(KEYS.data), job.fanout)

    def put(self, channel: Channel, address: str, state: str = "following", **facts: Any) -> str:
        """A person of whom something is known; gives the id."""
        id = self.id(channel, address)
        given: dict[str, Any] = {"topics": ("line-12",), "zone": "Europe/Berlin", "address": b"sealed"}
        consent = Consent(wording="f" * 64, asked_at=TIME)
        answer = answer_digest(KEYS.lookup, id, facts.pop("answer", "482913"))
        follower = Follower(
            id=id, channel=channel, state="asked", consent=consent, question=answer, **(given | facts)
        )
        if state == "suppressed":
            self.followers.suppress(id, channel, "stop")
        elif channel == "push":
            self.followers.follow(follower)
        else:
            self.followers.put_question(follower)
        if state in ("following", "ended") and channel != "push":
            assert self.followers.confirm(id, answer, TIME)
        if state == "ended":
            self.followers.end(id, "test")
        self.table.calls.clear()
        return id

    def token(
        self,
        id: str,
        purpose: Purpose = "manage",
        *,
        question: str = "",
        lasts: int = 3600,
        key: bytes = b"s",
    ) -> str:
        link = Link(purpose=purpose, follower=id, question=question, expires=int(self.now) + lasts)
        return Links(key * 32).sign(link)

    def stored(self) -> dict[Any, Any]:
        """All that is in the table but counters of requests."""
        return {
            key: copy.deepcopy(item)
            for key, item in self.table.items.items()
            if not key[0].startswith("limit#")
        }
