"""What an endpoint says of its sender's handshake and of its reply: the examples of the documentation, played."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.handshake_examples import HANDSHAKES, REPLIES
from jamwire.samples.signing import sign
from lambdas.ingest import handler
from lambdas.ingest.answer import Answer, Reply
from lambdas.ingest.answers_check import MAX_REPLY_LENGTH, METHODS
from lambdas.ingest.endpoint_document import Endpoint, endpoints_document
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.handshakes import MAX_ECHO_LENGTH, MAX_UNSIGNED_BODY, Handshake
from lambdas.ingest.ingest import Refusal
from lambdas.ingest.request import Request
from lambdas.ingest.request_log import RequestLog
from lambdas.ingest.schemes.hmac_scheme import Hmac
from tests.fakes.ingest import NOW, SECRET, IngestHarness, a_request, as_api_gateway
from tests.unit.lambdas.ingest import strategies

CONFIGURED = {name: example.configuration for name, example in {**HANDSHAKES, **REPLIES}.items()}
TOPIC = "https://news.example/feed.json"
INTENT = f"hub.mode=subscribe&hub.topic={quote(TOPIC, safe='')}&hub.challenge=c-1&hub.verify_token={SECRET}"
TEXT = "text/plain; charset=utf-8"


@pytest.fixture
def harness() -> IngestHarness:
    return IngestHarness(CONFIGURED)


def answer(harness: IngestHarness, request: Request) -> Answer | int:
    """The answer to a handshake, which publishes nothing; the status of a refusal."""
    try:
        accepted = harness.ingest.accept(request)
    except Refusal as refusal:
        return refusal.status
    assert accepted.event is None
    assert (harness.published, harness.kept, harness.remembered) == ([], {}, {})
    assert accepted.answer
    return accepted.answer


def signed(harness: IngestHarness, name: str, body: Any, **headers: str) -> Request:
    scheme = harness.ingest.endpoints[name].scheme
    return sign(scheme, SECRET, a_request(name, body, **headers), now=NOW, delivery_id="m-1")


def get(name: str, query: str = "", method: str = "GET", **headers: str) -> Request:
    return a_request(name, b"", method, url=f"https://jamwire.example/{name}?{query}", **headers)


@pytest.mark.parametrize("method", ["HEAD", "GET"])
def test_trello_finds_the_address_answered(harness: IngestHarness, method: str) -> None:
    assert answer(harness, get("trello", method=method)) == Answer("", TEXT)


def test_trellos_events_are_verified_all_the_same(harness: IngestHarness) -> None:
    request = signed(harness, "trello", {"action": {"type": "updateCard"}})
    assert harness.accept(request).source == "/endpoints/trello"
    assert answer(harness, a_request("trello", {"action": {}})) == 401


def twitch(harness: IngestHarness, kind: str, challenge: Any = "pogchamp-kappa") -> Request:
    body = {"challenge": challenge, "subscription": {"id": "f1c2"}}
    return signed(harness, "twitch", body, twitch_eventsub_message_type=kind)


def test_twitch_gets_its_challenge_as_text(harness: IngestHarness) -> None:
    request = twitch(harness, "webhook_callback_verification")
    assert answer(harness, request) == Answer("pogchamp-kappa", TEXT)


def test_twitchs_challenge_is_answered_only_if_it_is_signed(harness: IngestHarness) -> None:
    headers = {"twitch_eventsub_message_type": "webhook_callback_verification"}
    assert answer(harness, a_request("twitch", {"challenge": "x"}, **headers)) == 401


@pytest.mark.parametrize("kind", ["notification", "revocation", ""])
def test_twitchs_other_messages_are_events(harness: IngestHarness, kind: str) -> None:
    assert harness.accept(twitch(harness, kind)).source == "/endpoints/twitch"


def test_challenge_of_another_type_makes_an_event(harness: IngestHarness) -> None:
    for challenge in (None, True, ["x"], {"x": "y"}, ""):
        assert harness.accept(twitch(harness, "webhook_callback_verification", challenge))
    assert len(harness.published) == 5


def test_asanas_secret_is_given_back_in_its_header() -> None:
    harness = IngestHarness({"asana": CONFIGURED["asana"]}, secrets={"another": ("x",)})
    asked = a_request("asana", b"", x_hook_secret="b537207f20cb")
    assert answer(harness, asked) == Answer("", TEXT, headers={"x-hook-secret": "b537207f20cb"})


def test_asanas_secret_is_not_trusted(harness: IngestHarness) -> None:
    answer(harness, a_request("asana", b"", x_hook_secret="b537207f20cb"))
    body = b'{"events": [{"action": "changed"}]}'
    theirs = hmac.digest(b"b537207f20cb", body, hashlib.sha256).hex()
    assert answer(harness, a_request("asana", body, x_hook_signature=theirs)) == 401
    assert harness.events(signed(harness, "asana", body))[0].body == {"action": "changed"}


def test_websubs_intent_is_confirmed(harness: IngestHarness) -> None:
    assert answer(harness, get("websub", INTENT)) == Answer("c-1", TEXT)


@pytest.mark.parametrize(
    ("given", "instead"),
    [
        ("mode=subscribe", "mode=unsubscribe"),
        ("mode=subscribe", "mode=denied"),
        ("feed.json", "other.json"),
        (SECRET, "guessed"),
        (f"&hub.verify_token={SECRET}", ""),
        ("hub.challenge=c-1&", ""),
    ],
)
def test_websubs_other_intents_are_not(harness: IngestHarness, given: str, instead: str) -> None:
    assert given in INTENT
    assert answer(harness, get("websub", INTENT.replace(given, instead))) == 405


def test_verify_token_that_was_added_a_moment_ago_is_known() -> None:
    harness = IngestHarness({"websub": CONFIGURED["websub"]}, secrets={"websub": ("old",)})
    harness.fresh_secrets = {"websub": ("old", SECRET)}
    assert answer(harness, get("websub", INTENT)) == Answer("c-1", TEXT)


def test_okta_gets_json(harness: IngestHarness) -> None:
    asked = get("okta", x_okta_verification_challenge="abc")
    assert answer(harness, asked) == Answer('{"verification": "abc"}')


@pytest.mark.parametrize("name", set(HANDSHAKES) - {"asana"})
def test_own_endpoint_without_a_secret_answers_none(name: str) -> None:
    harness = IngestHarness(CONFIGURED, secrets={"another": ("x",)})
    asked = get(name, INTENT, x_okta_verification_challenge="abc")
    assert answer(harness, asked) == 405
    assert answer(harness, twitch(harness, "webhook_callback_verification")) == 401


echoes = st.sampled_from(["okta", "asana", "websub"])
challenges = strategies.ANY_TEXT | st.text(st.sampled_from("<>\"'&\r\n\t\0\x7f\x85 a"), max_size=5)


@given(name=echoes, challenge=challenges)
def test_echo_is_printable_and_no_page(name: str, challenge: str) -> None:
    harness = IngestHarness(CONFIGURED)
    headers = {"x_okta_verification_challenge": challenge, "x_hook_secret": challenge}
    query = INTENT.replace("c-1", quote(challenge.encode("utf-8", "replace"), safe=""))
    asked = get(name, query, "POST" if name == "asana" else "GET", **headers)
    given = answer(harness, asked)
    if isinstance(given, Answer):
        assert given.content_type in (TEXT, "application/json")
        told = "".join((given.body, *given.headers.values()))
        assert all(" " <= character <= "~" for character in told)


@pytest.mark.parametrize("length", [1, MAX_ECHO_LENGTH, MAX_ECHO_LENGTH + 1])
def test_echo_is_not_endless(harness: IngestHarness, length: int) -> None:
    asked = get("okta", x_okta_verification_challenge="x" * length)
    assert isinstance(answer(harness, asked), Answer) == (length <= MAX_ECHO_LENGTH)


OPEN = Handshake(methods="POST", challenge="body.challenge", echo="json.challenge")


@pytest.mark.parametrize("length", [100, MAX_UNSIGNED_BODY, MAX_UNSIGNED_BODY + 1])
def test_unsigned_body_is_read_only_if_it_is_small(length: int) -> None:
    harness = IngestHarness({"own": Endpoint(Hmac(), handshake=OPEN)})
    asked = a_request("own", b'{"challenge": "abc"}'.ljust(length))
    is_small = length <= MAX_UNSIGNED_BODY
    assert answer(harness, asked) == (Answer('{"challenge": "abc"}') if is_small else 401)


@pytest.mark.parametrize("body", [b"", b"[1]", b"{", b"\xff", b'{"challenge": "a", "challenge": "b"}'])
def test_unsigned_body_that_is_no_challenge_is_verified(body: bytes) -> None:
    harness = IngestHarness({"own": Endpoint(Hmac(), handshake=OPEN)})
    assert answer(harness, a_request("own", body)) == 401


def http(
    harness: IngestHarness, request: Request, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, dict[str, str], str]:
    monkeypatch.setattr(handler, "_ingest", lambda: harness.ingest)
    monkeypatch.setattr(handler, "_request_log", lambda: RequestLog("s", "n", clock=lambda: NOW))
    told = handler.handle(as_api_gateway(request), None)
    return told["statusCode"], told["headers"], told["body"]


def test_echo_is_told_apart_from_a_page(harness: IngestHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = get("websub", INTENT.replace("c-1", "%3Cscript%3E"))
    headers = {"content-type": TEXT, "x-content-type-options": "nosniff"}
    assert http(harness, asked, monkeypatch) == (200, headers, "<script>")


def test_handshakes_line_has_no_secret(
    harness: IngestHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    http(harness, a_request("asana", b"", x_hook_secret="b537207f20cb"), monkeypatch)
    line = capsys.readouterr().out
    assert json.loads(line)["event_type"] == "handshake"
    assert "b537" not in line


@pytest.mark.parametrize(
    ("name", "status", "content_type", "body"),
    [
        ("adyen", 200, TEXT, "[accepted]"),
        ("teams", 200, "application/json", '{"type": "message", "text": "Noted."}'),
        ("airtable", 204, TEXT, ""),
    ],
)
def test_reply_is_as_the_endpoint_says(
    harness: IngestHarness,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    status: int,
    content_type: str,
    body: str,
) -> None:
    harness.secrets["adyen"] = ("user:password",)
    scheme = harness.ingest.endpoints[name].scheme
    secret = harness.secrets[name][0]
    request = sign(scheme, secret, a_request(name, {"title": "x"}), now=NOW, delivery_id="")
    told = http(harness, request, monkeypatch)
    assert told == (status, {"content-type": content_type, "x-content-type-options": "nosniff"}, body)
    assert len(harness.published) == 1
    line = json.loads(capsys.readouterr().out)
    assert (line["status"], bool(line["event_id"])) == (status, True)


def test_refusal_is_no_reply(harness: IngestHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    status, headers, _ = http(harness, a_request("teams", {}), monkeypatch)
    assert (status, headers["content-type"]) == (401, "application/problem+json")


def own(**parts: Any) -> dict[str, Endpoint]:
    return {"own": Endpoint(Hmac(), handshake=Handshake(**parts))}


def replying(*parts: Any, **named: Any) -> dict[str, Endpoint]:
    return {"own": Endpoint(Hmac(), reply=Reply(*parts, **named))}


Q = "query.challenge"
MISTAKES = [
    (
        own(methods="PUT"),
        "The handshake's methods of 'own' is 'PUT', expected one or several of GET, HEAD, POST.",
    ),
    (own(methods=()), r"methods of 'own' is \(\), expected one or several of"),
    (own(methods=["GET", "get"]), "expected one or several of GET, HEAD, POST"),
    (own(challenge="hub.challenge"), "place of 'own' is 'hub.challenge', expected a place such as 'query"),
    (own(challenge="a b"), "place of 'own' is 'a b', expected a place"),
    (own(challenge="body."), "place of 'own' is 'body.', expected a place"),
    (own(token="query."), "place of 'own' is 'query.', expected a place"),
    (own(when="query.a"), "when of 'own' is 'query.a', expected places and texts"),
    (own(when={"query.a": ""}), "when of 'own' is {'query.a': ''}, expected a text"),
    (own(when={"query.a": 5}), "when of 'own' is {'query.a': 5}, expected a text"),
    (own(when={"query.a": ()}), r"when of 'own' is {'query.a': \(\)}, expected a text"),
    (own(challenge=Q, echo="html"), "echo of 'own' is 'html', expected 'text', 'json.<key>' or"),
    (own(challenge=Q, echo="json."), "echo of 'own' is 'json.', expected"),
    (own(challenge=Q, echo="location"), "echo of 'own' is 'location', expected"),
    (own(challenge=Q, echo="set-cookie"), "echo of 'own' is 'set-cookie', expected"),
    (own(challenge=Q, echo="X-Frame-Options"), "echo of 'own' is 'X-Frame-Options', expected"),
    (
        own(challenge=Q, echo="x-accel-redirect"),
        "echo of 'own' is 'x-accel-redirect', expected",
    ),
    (own(echo="json.a"), "challenge of 'own' is '', expected a place .* since the echo is 'json.a'"),
    (own(methods="POST"), "methods of 'own' is 'POST', expected no POST without a challenge or a condition"),
    (own(methods=["HEAD", "GET"], challenge=Q), "expected no HEAD with the echo 'text'"),
    (
        own(challenge="body.challenge"),
        "methods of 'own' is 'GET', expected 'POST', since a place is in the body",
    ),
    (own(challenge=Q, signed=True), "methods of 'own' is 'GET', expected 'POST', since only that is signed"),
    (own(brings_secret=True), "brings_secret of 'own' is True, expected it beside a challenge"),
    (own(challenge=Q, token="query.t", brings_secret=True), "brings_secret of 'own' is True, expected it"),
    (
        {"own": Endpoint(Hmac(), handshake="GET")},
        "handshake of 'own' is 'GET', expected one such as Handshake",
    ),  # type: ignore[arg-type]
    (
        {"own": Endpoint("meta", handshake=Handshake())},
        "handshake of 'own' is .*, expected none, since meta has",
    ),
    (replying(5), "reply's body of 'own' is 5, expected a text of at most 1000 characters"),
    (replying("x" * 1001), "expected a text of at most 1000 characters"),
    (replying("a\nb"), r"body of 'own' is 'a\\nb', expected a text without line breaks"),
    (replying("ok", "application/json"), "body of 'own' is 'ok', expected JSON"),
    (replying("<p>", "text/html"), "content_type of 'own' is 'text/html', expected one of text/plain,"),
    (replying(status=301), "status of 'own' is 301, expected one of 200, 201, 202, 204"),
    (replying("ok", status=204), "body of 'own' is 'ok', expected none"),
    ({"own": Endpoint(Hmac(), reply="ok")}, "reply of 'own' is 'ok', expected one such as Reply"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("endpoints", "told"), MISTAKES, ids=[told for _, told in MISTAKES])
def test_mistake_is_told_in_one_sentence(endpoints: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told) as mistake:
        endpoints_document(endpoints)
    assert "\n" not in str(mistake.value)
    assert str(mistake.value).endswith(".")


@pytest.mark.parametrize("name", CONFIGURED)
def test_answers_that_are_written_are_read(name: str) -> None:
    endpoint = CONFIGURED[name]
    assert isinstance(endpoint, Endpoint)
    read = read_endpoints(endpoints_document({name: endpoint}))[name].source
    if endpoint.reply:
        given = read.reply(a_request(name))
        assert given
        assert (given.body, given.status) == (endpoint.reply.body, endpoint.reply.status)
    if endpoint.handshake:
        assert isinstance(read.handshake, Handshake)
        assert set(read.handshake.methods) == set(endpoint.handshake.methods)
        assert read.handshake.places == endpoint.handshake.places


@pytest.mark.parametrize("base64_encoded", [False, True])
def test_head_of_api_gateway_is_answered(
    harness: IngestHarness, monkeypatch: pytest.MonkeyPatch, base64_encoded: bool
) -> None:
    monkeypatch.setattr(handler, "_ingest", lambda: harness.ingest)
    monkeypatch.setattr(handler, "_request_log", lambda: RequestLog("s", "n", clock=lambda: NOW))
    told = handler.handle(as_api_gateway(get("trello", method="HEAD"), base64_encoded=base64_encoded), None)
    assert (told["statusCode"], told["body"]) == (200, "")


def test_most_that_may_be_said_is_no_mistake() -> None:
    asked = Handshake(methods=METHODS, challenge="x-hook-secret", echo="x-hook-secret")
    said = Reply("x" * MAX_REPLY_LENGTH)
    read = read_endpoints(endpoints_document({"own": Endpoint(Hmac(), handshake=asked, reply=said)}))
    source = read["own"].source
    for method in METHODS:
        given = a_request("own", method=method, x_hook_secret="s")
        assert source.handshake
        assert source.handshake.answer(given, None, []) == Answer("", TEXT, headers={"x-hook-secret": "s"})
