"""A repetition is told once, a second happening is told again, and a captured request makes no more of itself."""

from dataclasses import replace
from typing import Any

import pytest

from jamwire.samples.catalogue import SAMPLES
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.identity import MAX_ID_LENGTH, WINDOW
from lambdas.ingest.recent_deliveries import REMEMBERED, RecentDeliveries
from tests.fakes.ingest import IngestHarness
from tests.unit.lambdas.ingest.repeated import AGAIN, KEY, LATER, OTHER_KEY, SAME, Sent, sent, told

# A sample, how the sender repeats it (None: it never does), and a second happening that looks as alike as it can.
TOLD: dict[str, tuple[Sent, Sent | None, Sent]] = {
    "netlify/deploy-succeeded": (SAME, LATER, Sent(body={"updated_at": "2026-11-24T12:00:00Z"})),
    "netlify/form-submitted": (SAME, Sent(body={"number": 2}), Sent(body={"id": "another"})),
    "vercel/deploy-succeeded": (SAME, Sent(body={"region": "sfo1"}), Sent(body={"id": "another"})),
    "cloudflare/deploy-failed": (
        SAME,
        Sent(body={"ts": 2}),
        Sent(body={"data": {"deployment_id": "another", "event": "EVENT_DEPLOYMENT_FAILED"}}),
    ),
    "gitlab/pipeline-failed": (KEY, KEY, OTHER_KEY),
    "gitlab-signed/pipeline-failed": (SAME, LATER, Sent(delivery="msg_2")),
    "github/push": (SAME, LATER, Sent(body={"repository": {"pushed_at": 2}})),
    "contentful/published": (
        SAME,
        Sent(headers={"x-contentful-webhook-request-attempt": "2"}, after=30),
        Sent(body={"sys": {"id": "1", "revision": 2}}),
    ),
    "sanity/published": (KEY, Sent(headers=KEY.headers, after=30), OTHER_KEY),
    "storyblok/published": (SAME, None, SAME),
    "prismic/updated": (SAME, LATER, Sent(body={"masterRef": "another"})),
    "hygraph/published": (SAME, SAME, LATER),
    "datocms/published": (
        Sent(body={"webhook_call_id": "1"}),
        Sent(body={"webhook_call_id": "1", "attempted_auto_retries_count": 1}, after=3600),
        Sent(body={"webhook_call_id": "2"}),
    ),
    "strapi/published": (SAME, LATER, Sent(body={"createdAt": "2026-11-24T12:00:00Z"})),
    "ghost/published": (SAME, SAME, LATER),
    "wordpress/published": (SAME, LATER, AGAIN),
    "shopify/order": (SAME, LATER, Sent(headers={"x-shopify-topic": "orders/paid"})),
    "woocommerce/product": (SAME, None, SAME),
    "stripe/payment-failed": (SAME, Sent(body={"pending_webhooks": 0}, after=30), Sent(body={"id": "evt_2"})),
    "slack/mention": (SAME, LATER, Sent(body={"event_id": "another"})),
    "twilio/message": (SAME, LATER, Sent(body={"MessageSid": "SM2"})),
    "sendgrid/bounce": (
        Sent(body=[{"sg_event_id": "1"}, {"sg_event_id": "2"}]),
        Sent(body=[{"sg_event_id": "2"}, {"sg_event_id": "1"}], after=30),
        Sent(body=[{"sg_event_id": "1"}, {"sg_event_id": "3"}]),
    ),
    "typeform/form-submitted": (SAME, LATER, Sent(body={"event_id": "another"})),
    "x/event": (SAME, LATER, Sent(body={"tweet_create_events": [{"id": 2}]})),
    "meta/page": (SAME, LATER, Sent(body={"entry": [{"time": 2}]})),
    "zoom/meeting": (SAME, LATER, Sent(body={"event_ts": 2})),
    "dropbox/changed": (SAME, LATER, AGAIN),
    "microsoft-graph/changed": (SAME, LATER, AGAIN),
    "standard-webhooks/content-published": (SAME, LATER, Sent(delivery="msg_2")),
    "standard-webhooks-v1a/content-published": (SAME, LATER, Sent(delivery="msg_2")),
    "hmac/content-published": (SAME, LATER, AGAIN),
    "token/notice": (SAME, LATER, AGAIN),
    "basic/notice": (KEY, Sent(headers=KEY.headers, after=3 * WINDOW), OTHER_KEY),
    "zapier/notice": (SAME, LATER, AGAIN),
    "ifttt/notice": (SAME, LATER, AGAIN),
}

EACH_REPLAY = {
    *("storyblok/published", "woocommerce/product"),
    *("gitlab/pipeline-failed", "sanity/published", "hmac/content-published", "token/notice"),
    *("basic/notice", "zapier/notice", "ifttt/notice", "wordpress/published"),
}
"""Of which whoever has captured a request can make many events; docs/sources.md says so."""

A_FEW = {"shopify/order": len(CATALOGUE["shopify"].types) + 1}


def test_every_source_says_how_it_repeats() -> None:
    assert {SAMPLES[label].source for label in TOLD} == set(CATALOGUE) - {"amplify"}


@pytest.mark.parametrize("source", CATALOGUE)
def test_last_rule_of_a_source_always_yields(source: str) -> None:
    assert [rule.always for rule in CATALOGUE[source].identity].index(True) == (
        len(CATALOGUE[source].identity) - 1
    )


@pytest.mark.parametrize("label", [label for label, (_, retry, _) in TOLD.items() if retry])
def test_repetition_is_the_same_event(harness: IngestHarness, label: str) -> None:
    first, retry, _ = TOLD[label]
    assert retry
    assert told(harness, label, first).id == told(harness, label, retry).id


@pytest.mark.parametrize("label", TOLD)
def test_second_happening_is_another_event(harness: IngestHarness, label: str) -> None:
    first, _, second = TOLD[label]
    assert told(harness, label, first).id != told(harness, label, second).id


NAMES = (
    *("idempotency-key", "x-github-event", "x-github-delivery", "x-netlify-event", "x-shopify-topic"),
    *("x-shopify-webhook-id", "x-contentful-idempotency-key", "x-wc-webhook-topic", "sanity-transaction-id"),
    *("x-gitlab-event-uuid", "x-request-id", "client-request-id", "x-slack-retry-num", "user-agent"),
)


@pytest.mark.parametrize("label", TOLD)
def test_captured_request_makes_what_the_page_says(harness: IngestHarness, label: str) -> None:
    captured = sent(label, TOLD[label][0])
    natives = [*CATALOGUE[SAMPLES[label].source].types, *(f"topic-{n}" for n in range(30))]
    ids = set()
    for native in natives:
        headers = {**captured.headers, **dict.fromkeys(NAMES, native)}
        ids.add(harness.accept(replace(captured, headers=headers)).id)
    assert len(ids) <= (len(natives) if label in EACH_REPLAY else A_FEW.get(label, 1))
    assert (len(ids) >= 30) is (label in EACH_REPLAY)


def test_sanitys_revision_is_of_each_operation_once(harness: IngestHarness) -> None:
    """What was deleted has the revision of its last update."""

    def id_of(operation: str, revision: str, key: str) -> str:
        headers = {"sanity-operation": operation, "idempotency-key": key}
        return told(harness, "sanity/published", Sent(body={"_rev": revision}, headers=headers)).id

    update = id_of("update", "r1", "k1")
    assert update == id_of("update", "r1", "k2")
    assert len({update, id_of("update", "r2", "k1"), id_of("delete", "r1", "k1")}) == 3
    assert id_of("made-up", "r1", "k1") == id_of("made-up-too", "r1", "k1")


def test_contentfuls_revision_tells_without_its_key(harness: IngestHarness) -> None:
    def id_of(revision: int, after: float) -> str:
        sys = {"id": "1", "type": "Entry", "revision": revision}
        return told(harness, "contentful/published", Sent(body={"sys": sys}, after=after)).id

    assert id_of(1, 0) == id_of(1, 20) != id_of(2, 20)


def test_contentful_payload_of_ones_own_is_told_by_its_key(harness: IngestHarness) -> None:
    def id_of(key: str, after: float) -> str:
        headers = {"x-contentful-idempotency-key": key}
        return told(harness, "contentful/published", Sent(body={"sys": {}}, headers=headers, after=after)).id

    assert id_of("1", 0) == id_of("1", 20) != id_of("2", 20)


def test_slack_command_is_told_by_its_trigger(harness: IngestHarness) -> None:
    def id_of(trigger: str) -> str:
        body = {"command": "/late", "trigger_id": trigger, "event_id": ""}
        event = told(harness, "slack/mention", Sent(body=body))
        assert "trigger_id" not in event.payload()
        return event.id

    assert id_of("1") == id_of("1") != id_of("2")


def test_eventbridge_event_is_told_by_its_id() -> None:
    harness = IngestHarness({"build": "amplify"})
    detail = {"jobStatus": "FAILED"}
    first, again, other = (
        harness.ingest.accept_from_eventbridge("build", {"id": id, "detail": detail, "time": time}).event
        for id, time in (("1", "a"), ("1", "b"), ("2", "a"))
    )
    assert first
    assert again
    assert other
    assert first.id == again.id != other.id


@pytest.mark.parametrize("value", ["", " ", "x" * 10_000, "x" * (MAX_ID_LENGTH + 1)])
def test_id_that_is_none_leaves_it_to_the_next_rule(harness: IngestHarness, value: str) -> None:
    event = told(harness, "gitlab/pipeline-failed", Sent(headers={"idempotency-key": value}))
    assert event.sender.identity == "body"
    assert event.id == told(harness, "gitlab/pipeline-failed", SAME).id


@pytest.mark.parametrize("value", [None, True, 1.5, {}, [], "", "x" * 10_000])
def test_field_that_is_no_id_leaves_it_to_the_next_rule(harness: IngestHarness, value: Any) -> None:
    event = told(harness, "stripe/payment-failed", Sent(body={"id": value}))
    assert event.sender.identity == "body"


@pytest.mark.parametrize(
    ("label", "first"),
    [("standard-webhooks/content-published", SAME), ("gitlab/pipeline-failed", KEY), ("token/notice", KEY)],
)
def test_delivery_id_with_another_body_is_another_event(
    harness: IngestHarness, label: str, first: Sent
) -> None:
    other = replace(first, body={"title": "Line 13"})
    accepted = [harness.ingest.accept(sent(label, what)) for what in (first, first, other)]
    events = [one.event.id for one in accepted if one.event]
    assert events[0] == events[1] != events[2]
    assert [one.counted for one in accepted] == [(), (), ("DeliveryIdReused",)]


def test_recent_deliveries_forget_the_oldest() -> None:
    recent = RecentDeliveries()
    for number in range(REMEMBERED + 1):
        recent.is_reused(str(number), b"a")
    assert recent.is_reused(str(REMEMBERED), b"b")
    assert not recent.is_reused("0", b"b")
