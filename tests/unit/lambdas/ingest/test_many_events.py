"""One request with many events: each has its own id, and one that is broken harms no other."""

from typing import Any

import pytest

from lambdas.ingest.drafts import MAX_EVENTS, draft, items_of
from lambdas.ingest.endpoint_document import Endpoint, Header, endpoints_document
from lambdas.ingest.endpoints import read_endpoints
from lambdas.ingest.ingest import Accepted, Refusal
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.tokens import BodyToken
from tests.fakes.ingest import SECRET, IngestHarness, a_request

AUTHORIZED = {"authorization": f"Bearer {SECRET}"}
NOTICE = {"title": "Line {line} is {delay} min late", "topic": "line-{line}", "time": "{at}"}


def a_feed(**given: Any) -> IngestHarness:
    return IngestHarness({"bus": Endpoint("token", **({"notice": NOTICE, "each": "departures"} | given))})


def departures(count: int) -> list[dict[str, Any]]:
    return [{"line": str(n), "delay": n % 60, "id": f"d{n}"} for n in range(count)]


def post(harness: IngestHarness, body: Any, **headers: str) -> Accepted:
    return harness.ingest.accept(a_request("bus", body, **AUTHORIZED, idempotency_key="k", **headers))


def test_each_item_is_an_event_of_its_own() -> None:
    harness = a_feed()
    body = {"at": 1_800_000_000, "departures": departures(3)}
    events = harness.events(a_request("bus", body, **AUTHORIZED, idempotency_key="k"))
    assert [(event.notice.title, event.subject) for event in events] == [
        (f"Line {n} is {n} min late", f"line-{n}") for n in range(3)
    ]
    assert {event.sender.time for event in events} == {"2027-01-15T08:00:00.000Z"}
    assert [event.payload() for event in events] == body["departures"]
    assert len({event.id for event in events}) == 3
    assert harness.calls == ["publish"]


@pytest.mark.parametrize("source", ["token", "basic", "zapier", "ifttt", "hmac"])
def test_list_of_objects_is_an_event_for_each(source: str) -> None:
    endpoint = read_endpoints(endpoints_document({"x": source}))["x"]
    body = [{"title": "one", "type": "notice.sent"}, {"title": "two"}]
    drafted = list(draft(endpoint, {}, body, items_of(endpoint, body)))
    assert [one.draft.notice.title for one in drafted] == ["one", "two"]


@pytest.mark.parametrize("body", [[], [1, "two"], {"title": "one"}])
def test_body_without_objects_is_one_event(body: Any) -> None:
    harness = IngestHarness({"bus": "token"})
    assert post(harness, body).ids is None
    assert len(harness.published) == 1


def test_repetition_has_the_same_ids_in_the_same_places() -> None:
    harness = a_feed()
    first, again, other = (post(harness, {"departures": departures(n)}).ids for n in (3, 3, 4))
    assert first == again
    assert first
    assert len(set(first)) == 3
    assert other
    assert len(other) == 4


def test_key_of_an_item_is_its_identity_whatever_else_is_sent() -> None:
    harness = a_feed(idempotency_key="{id}")
    first, second = departures(2)
    ids = post(harness, {"departures": [first, second]}).ids
    assert post(harness, {"departures": [second, first | {"delay": 9}]}).ids == (ids or [])[::-1]


def test_key_is_never_that_of_the_whole_body() -> None:
    harness = a_feed(idempotency_key="{id}")
    ids = post(harness, {"id": "feed", "departures": [{"line": "1"}, {"line": "2"}]}).ids
    assert len(set(ids or [])) == 2


def test_header_may_give_type_and_key() -> None:
    harness = a_feed(type=Header("X-Event"), types={"late": "notice.sent"}, idempotency_key=Header("X-Id"))
    event = post(harness, {"departures": departures(1)}, x_event="Late", x_id="1").event
    assert event
    assert (event.type, event.sender.type) == ("notice.sent", "Late")
    ids = [
        post(harness, {"departures": departures(n)}, x_id=id).ids for n, id in ((1, "1"), (1, "2"), (2, "1"))
    ]
    assert ids[0] == [event.id]
    assert ids[1] != ids[0]
    assert event.id not in (ids[2] or [])  # another body under the same name is another event


@pytest.mark.parametrize(
    ("said", "type"),
    [
        ("deploy.failed", "deploy.failed"),
        ("delayed", "token.delayed"),
        ("token.delayed", "token.delayed"),
        ("Über spät!", "token.ber-sp-t"),
        *(
            (internal, f"token.{internal}")
            for internal in ("alarm.raised", "site.published", "build.requested")
        ),
        *(
            (internal, f"token.{internal}")
            for internal in ("cdn.invalidated", "pages.notified", "site.publish_failed")
        ),
        (None, "notice.sent"),
    ],
)
def test_type_is_the_senders_and_never_jamwires_own(said: Any, type: str) -> None:
    harness = IngestHarness({"bus": Endpoint("token", type="{kind}")})
    event = post(harness, {"kind": said}).event
    assert event
    assert event.type == type


def test_mapping_overrules_only_what_it_names() -> None:
    harness = IngestHarness({"pay": Endpoint("stripe", notice={"text": "{data.object.customer}"})})
    endpoint = harness.ingest.endpoints["pay"]
    paid = {"object": "payment_intent", "amount": 500, "currency": "eur", "customer": "Ada"}
    body = {"type": "payment_intent.succeeded", "data": {"object": paid}}
    [one] = draft(endpoint, {}, body, None)
    assert (one.draft.type, one.draft.notice.text) == ("payment.succeeded", "Ada")
    assert "5.00 EUR" in one.draft.notice.title


@pytest.mark.parametrize("body", [{}, {"departures": None}, {"error": "x"}, ["x"]])
def test_body_without_the_list_is_one_notice_by_its_type(body: Any) -> None:
    accepted = post(a_feed(), body)
    assert accepted.event
    assert (accepted.event.notice.title, accepted.unmapped) == ("Notice: sent", 1)


def test_empty_list_is_accepted_without_an_event() -> None:
    harness = a_feed()
    assert post(harness, {"departures": []}).ids == []
    assert harness.published == []


@pytest.mark.parametrize("each", ["lines[*].departures", "lines[].departures[]", "lines[*].[departures]"])
def test_items_of_lists_within_the_list_are_events(each: str) -> None:
    lines = [{"departures": departures(2)}, {"departures": []}, {"departures": departures(1)}]
    harness = a_feed(each=each)
    events = harness.events(a_request("bus", {"lines": lines}, **AUTHORIZED))
    assert [event.subject for event in events] == ["line-0", "line-1", "line-0"]
    assert len({event.id for event in events}) == 3


def test_broken_item_among_thousands_is_left_out() -> None:
    harness = a_feed()
    items: list[Any] = departures(MAX_EVENTS)
    items[4711] = "broken"
    items[5] = {"nothing": "found"}
    accepted = post(harness, {"departures": items})
    assert len(harness.published) == len(accepted.ids or ()) == MAX_EVENTS - 1
    assert (accepted.refused, accepted.unmapped) == ([4711], 1)


@pytest.mark.parametrize(
    ("items", "status"), [([{}] * (MAX_EVENTS + 1), 413), ([1, "two"], 400)], ids=["too many", "none"]
)
def test_list_of_too_many_or_no_objects_is_refused(items: list[Any], status: int) -> None:
    harness = a_feed()
    with pytest.raises(Refusal) as refusal:
        post(harness, {"departures": items})
    assert refusal.value.status == status
    assert harness.published == []


def test_large_item_is_kept_and_the_others_travel() -> None:
    harness = a_feed()
    post(harness, {"departures": [{"line": "1", "more": "x" * 300_000}, {"line": "2"}]})
    assert len(harness.kept) == 1
    assert ["dataref" in text for text, _ in harness.published] == [True, False]


def test_credentials_of_a_list_stay_in_ingest() -> None:
    harness = IngestHarness(
        {"bus": Endpoint(BodyToken(path=("departures", "*", "secret")), each="departures")}
    )
    body = {"departures": [{"line": "1", "secret": SECRET}]}
    [event] = harness.events(a_request("bus", body))
    assert event.payload() == {"line": "1"}


def test_signed_list_is_verified_as_a_whole() -> None:
    harness = IngestHarness({"bus": Endpoint(Hmac(), each="departures")})
    with pytest.raises(Refusal):
        harness.ingest.accept(a_request("bus", {"departures": departures(2)}, x_signature="00"))
    assert harness.published == []
