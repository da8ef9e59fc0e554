"""What the rulebook says of endpoints, and what ingest reads of it."""

import json
import re
from dataclasses import dataclass
from typing import Any

import pytest

from lambdas.contracts.event import Notice
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.endpoint_document import Endpoint, Header, endpoints_document
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.identity import by_body, by_fields, by_header, never_repeats, within
from lambdas.ingest.ingest import Refusal
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.tokens import Basic, BodyToken, Token
from lambdas.ingest.source import Draft
from tests.fakes.ingest import SECRET, IngestHarness, a_request

WRITTEN: dict[str, Any] = {
    "site": "netlify",
    "shop": Hmac(header="x-shop", split=",", key="v1", timestamp_key="t", message="{timestamp}.{body}"),
    "chat": PublicKey(header="x-signature-ed25519", key_encoding="hex"),
    "form": Token(query="token"),
    "old": Basic(),
    "list": BodyToken(path=("value", "*", "secret")),
    "own": Endpoint(Hmac(), identity=(by_header("X-Id"), by_fields("id", "page.id"), within(300))),
    "once": Endpoint("github", identity=never_repeats()),
    "whole": Endpoint("token", identity=by_body()),
    "cms": Endpoint(
        "contentful", routes={"post": "/blog/{slug}"}, addresses=["192.0.2.0/24", "2001:db8::/32"]
    ),
    "host": Endpoint("vercel", production=["Production", "Live"], site="prj_Guide"),
    "bus": Endpoint(
        Hmac(),
        notice={"title": "Line {line}", "paths": ["/{line}", "/"], "fields": {"Stop": "{stop}"}},
        type=Header("X-Event"),
        types={"Delayed": "notice.sent"},
        idempotency_key="{id}",
        each="departures[]",
        sample={"departures": [{"line": 12, "stop": "A", "id": "d1"}]},
    ),
}


def test_what_is_written_is_what_is_read() -> None:
    read = read_endpoints(endpoints_document(WRITTEN))
    assert list(read) == list(WRITTEN)
    assert read["site"].scheme == CATALOGUE["netlify"].scheme
    for name in ("shop", "chat", "form", "old", "list"):
        assert read[name].scheme == WRITTEN[name]
    assert read["own"].identity == (by_header("x-id"), by_fields("id", "page.id"), within(300))
    assert (read["once"].identity, read["whole"].identity) == ((never_repeats(),), (by_body(),))
    assert read["cms"].identity == CATALOGUE["contentful"].identity
    assert read["cms"].routes == {"post": ["/blog/{slug}"]}
    assert (read["host"].production, read["host"].sites) == (("production", "live"), ("prj_guide",))
    assert (read["cms"].production, read["cms"].sites) == ((), ())
    bus = read["bus"]
    assert (bus.source.native_type, bus.source.type_of("DELAYED")) == ("x-event", "notice.sent")
    assert bus.mapping
    assert bus.mapping.items({"departures": [1]}) == [1]
    assert bus.mapping.key_of({"id": "d1"}) == "d1"
    assert bus.mapping.apply(Draft("t", Notice(title="x")), {"line": 12}).draft.notice.paths == ("/12", "/")


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("192.0.2.77", True),
        ("2001:db8::1", True),
        ("198.51.100.1", False),
        ("", False),
        ("192.0.2.77, 1.1.1.1", False),
    ],
)
def test_only_the_networks_named_may_call(address: str, admitted: bool) -> None:
    assert read_endpoints(endpoints_document(WRITTEN))["cms"].admits(address) is admitted


def test_another_address_is_refused_even_with_the_secret() -> None:
    harness = IngestHarness({"zap": Endpoint("token", addresses=["192.0.2.0/24"])})
    headers = {"authorization": f"Bearer {SECRET}"}
    with pytest.raises(Refusal) as refusal:
        harness.ingest.accept(a_request("zap", address="198.51.100.1", **headers))
    assert refusal.value.status == 401
    assert harness.accept(a_request("zap", address="192.0.2.1", **headers))


def test_an_address_is_never_instead_of_a_secret() -> None:
    harness = IngestHarness({"zap": Endpoint("token", addresses=["192.0.2.0/24"])})
    with pytest.raises(Refusal):
        harness.ingest.accept(a_request("zap", address="192.0.2.1"))


BAD: dict[str, Any] = {
    "no endpoints": {},
    "an unknown source": {"site": "netlfy"},
    "an unknown source inside": {"site": Endpoint("netlfy")},
    "a name in capitals": {"Site": "netlify"},
    "a route that is no path": {"cms": Endpoint("contentful", routes={"post": "blog/{slug}"})},
    "a route that is no template": {"cms": Endpoint("contentful", routes={"post": "/blog/{slug"})},
    "a route with no name": {"cms": Endpoint("contentful", routes={"post": "/blog/{}"})},
    "an environment without a name": {"site": Endpoint("netlify", production=["production", " "])},
    "a site that is no name": {"site": Endpoint("netlify", site=[7])},  # type: ignore[list-item]
    "a network that is none": {"cms": Endpoint("contentful", addresses=["192.0.2.1/24"])},
}


@pytest.mark.parametrize("endpoints", BAD.values(), ids=BAD.keys())
def test_what_cannot_be_is_refused_in_one_sentence(endpoints: Any) -> None:
    with pytest.raises(ValueError, match=r"expected [^\n]*\.$"):
        endpoints_document(endpoints)


@dataclass(frozen=True)
class Seconds:
    """A length of time, as the CDK has it."""

    seconds: float

    def to_seconds(self) -> float:
        return self.seconds


@pytest.mark.parametrize("seconds", [15 * 60, 366 * 86_400])
def test_shortest_and_longest_silence_are_taken(seconds: float) -> None:
    document = endpoints_document({"cms": Endpoint("contentful", expect=Seconds(seconds))})
    assert json.loads(document)["cms"]["expect"] == seconds


@pytest.mark.parametrize("seconds", [15 * 60 - 1, 366 * 86_400 + 1])
def test_time_that_nobody_can_tell_is_refused(seconds: float) -> None:
    sentence = rf"^expect of 'cms' is {seconds} s, expected 15 minutes to 366 days, such as [^\n]*\.$"
    with pytest.raises(ValueError, match=sentence):
        endpoints_document({"cms": Endpoint("contentful", expect=Seconds(seconds))})


def bus(**given: Any) -> dict[str, Any]:
    return {"bus": Endpoint("token", **given)}


LATE = {"line": 12, "delay": 7, "at": "soon", "who": {"name": "x"}, "kind": "site.published"}
MISTAKES = [
    (bus(notice="Line {line}"), "The notice of 'bus' is 'Line {line}', expected parts such as"),
    (bus(notice={"titel": "x"}), "The notice of 'bus' has 'titel', expected one of title, text, url"),
    (bus(notice={"title": "Line {line"}), "The title of 'bus' is 'Line {line', expected text with JMESPath"),
    (bus(notice={"title": 5}), "The title of 'bus' is 5, expected text"),
    (bus(notice={"title": ["{a}"]}), "The title of 'bus' is ['{a}'], expected text"),
    (bus(notice={"paths": ["/{a b}"]}), "The paths of 'bus' is '/{a b}', expected text"),
    (
        bus(notice={"fields": {"Stop": "{upper(a)}"}}),
        "The field 'Stop' of 'bus' is '{upper(a)}', expected text",
    ),
    (bus(notice={"fields": {"Stop": 3}}), "The field 'Stop' of 'bus' is 3, expected text"),
    (bus(notice={"severity": "loud"}), "The severity of 'bus' is 'loud', expected one of info, success"),
    (bus(notice={"url": "bus.example"}), "The url of 'bus' is 'bus.example', expected an address"),
    (bus(notice={"paths": "lines"}), "The paths of 'bus' is 'lines', expected paths that begin with /"),
    (bus(notice={"time": "at"}), "The time of 'bus' is 'at', expected a JMESPath expression in braces"),
    (
        bus(idempotency_key="id"),
        "The idempotency_key of 'bus' is 'id', expected a JMESPath expression in braces",
    ),
    (bus(idempotency_key=Header("x id")), "The identity's header is 'x id', expected one with an id"),
    (bus(type=Header("")), "The type's header of 'bus' is '', expected a name such as 'x-event'"),
    (
        bus(type="alarm.raised"),
        "The type of 'bus' is 'alarm.raised', expected none that only Jamwire itself says",
    ),
    (
        bus(types={"up": "alarm.cleared"}),
        "The event type in types of 'bus' is 'alarm.cleared', expected token.<word>",
    ),
    (bus(types={"up": "github.x"}), "The event type in types of 'bus' is 'github.x', expected token.<word>"),
    (bus(types={"up": "token.Not OK"}), "The event type in types of 'bus' is 'token.Not OK', expected"),
    (bus(each="departures["), "The each of 'bus' is 'departures[', expected a JMESPath expression"),
    (bus(notice={"title": "{x}"}, sample={1, 2}), "The sample of 'bus' is no JSON, expected a body"),
    (bus(notice={"title": "{x}"}, sample="{"), "The sample of 'bus' is no JSON, expected a body"),
    (bus(each="late", sample=LATE), "The each of 'bus' is 'late', expected an expression that finds a list"),
    (
        bus(notice={"title": "Line {lien}"}, sample=LATE),
        "The title of 'bus' is 'Line {lien}', expected expressions",
    ),
    (
        bus(notice={"title": "{line} {who}"}, sample=LATE),
        "The title of 'bus' is '{line} {who}', expected expressions",
    ),
    (bus(notice={"topic": "line"}, sample=LATE), "The topic of 'bus' is 'line', expected '{line}' for what"),
    (
        bus(notice={"title": "{who}"}, sample=LATE),
        "The title of 'bus' is, for the sample, {'name': 'x'}, expected a",
    ),
    (
        bus(notice={"time": "{at}"}, sample=LATE),
        "The time of 'bus' is, for the sample, 'soon', expected RFC 3339",
    ),
    (
        bus(type="{kind}", sample=LATE),
        "The type of 'bus' is, for the sample, 'site.published', expected none",
    ),
]


@pytest.mark.parametrize(("endpoints", "said"), MISTAKES, ids=[said for _, said in MISTAKES])
def test_mistake_in_a_mapping_is_said_in_one_sentence(endpoints: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(said)}[^\n]*\\.$"):
        endpoints_document(endpoints)


@pytest.mark.parametrize("sample", [None, LATE, '{"line": 12, "delay": 7}', [LATE]])
def test_sample_that_fits_is_no_mistake_and_stays_here(sample: Any) -> None:
    each = "[]" if isinstance(sample, list) else ""
    notice = {"title": "Line {line}: {delay}", "severity": "{delay > `5` && 'warning' || 'info'}"}
    document = endpoints_document(bus(notice=notice, each=each, sample=sample))
    assert "soon" not in document


@pytest.mark.parametrize("several", [list, tuple])
def test_paths_and_tags_may_be_several(several: Any) -> None:
    notice = {"paths": several(["/{line}", "/"]), "tags": several(["line-{line}", "all"])}
    mapping = read_endpoints(endpoints_document(bus(notice=notice)))["bus"].mapping
    assert mapping
    made = mapping.apply(Draft("t", Notice(title="x")), {"line": 12}).draft.notice
    assert (made.paths, made.tags) == (("/12", "/"), ("line-12", "all"))


@pytest.mark.parametrize(("source", "needs"), [("dropbox", True), ("datocms", True), ("netlify", False)])
def test_repetitions_are_remembered_where_only_the_body_tells_them(source: str, needs: bool) -> None:
    endpoints = read_endpoints(endpoints_document({"hook": source}))
    assert endpoints["hook"].needs_repetitions is needs


def test_what_eventbridge_brings_is_an_event_once() -> None:
    harness = IngestHarness({"build": "amplify", "site": "netlify"})
    told = {"id": "7bf73129", "detail": {"jobStatus": "FAILED", "appId": "d2", "branchName": "main"}}
    first, again = (harness.ingest.accept_from_eventbridge("build", told).event for _ in range(2))
    assert first
    assert again
    assert first.id == again.id
    assert (first.type, first.notice.title) == ("deploy.failed", "d2: deploy failed")
    for stranger in ("site", "nowhere"):
        with pytest.raises(Refusal):
            harness.ingest.accept_from_eventbridge(stranger, told)


def test_nobody_can_call_for_eventbridge() -> None:
    harness = IngestHarness({"build": "amplify"}, secrets={"build": ("s",)})
    with pytest.raises(Refusal) as refusal:
        harness.ingest.accept(a_request("build", {"id": "1"}, authorization="Bearer s"))
    assert refusal.value.status == 401
