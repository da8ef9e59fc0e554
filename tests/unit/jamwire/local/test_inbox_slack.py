"""The inbox as Slack: what its webhook answers and refuses, and which events a message is of."""

import pytest

from tests.unit.jamwire.local.inbox import EVENT_ID, MESSAGE, WEBHOOK, deliveries


def test_webhook_answers_as_slack_does(inbox):
    answer = inbox.post(WEBHOOK, json=MESSAGE)

    assert (answer.status_code, answer.text) == (200, "ok")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    "message",
    [
        {"text": "a", "blocks": [{"type": "divider"}, {"type": "divider", "block_id": EVENT_ID}]},
        {"text": "a", "attachments": [{}, {"blocks": [{"type": "divider", "block_id": EVENT_ID}]}]},
    ],
)
def test_event_is_known_by_a_block_named_after_it(inbox, message):
    inbox.post(WEBHOOK, json=message)

    assert deliveries(inbox)[0]["event_id"] == EVENT_ID


@pytest.mark.parametrize("block_id", ["title", EVENT_ID[:-1], EVENT_ID.upper(), f"{EVENT_ID}0"])
def test_other_blocks_name_no_event(inbox, block_id):
    inbox.post(WEBHOOK, json={"text": "a", "blocks": [{"type": "divider", "block_id": block_id}]})

    assert deliveries(inbox)[0]["event_id"] is None


@pytest.mark.parametrize(
    "body", [b"", b"text", b"\xff", b"[1]", b"null", b"{}", b'{"text": ""}', b"[" * 9999]
)
def test_unreadable_message_is_refused_and_recorded(inbox, body):
    answer = inbox.post(WEBHOOK, content=body)

    assert (answer.status_code, answer.text) == (400, "invalid_payload")
    assert deliveries(inbox)[0]["status"] == 400


def section(**parts):
    return {"type": "section", **parts}


def mrkdwn(text):
    return {"type": "mrkdwn", "text": text}


@pytest.mark.parametrize(
    "blocks",
    [
        {"type": "section"},
        [{"type": "divider"}] * 51,
        [{"text": mrkdwn("no type")}],
        [section()],
        [section(text=mrkdwn(""))],
        [section(text=mrkdwn("a" * 3001))],
        [section(fields=[mrkdwn("a")] * 11)],
        [section(fields=[mrkdwn("a" * 2001)])],
        [{"type": "context", "elements": []}],
        [{"type": "context", "elements": [mrkdwn("a")] * 11}],
        [{"type": "header", "text": {"type": "plain_text", "text": "a" * 151}}],
        [{"type": "divider", "block_id": "a" * 256}],
    ],
)
def test_blocks_over_slacks_limits_are_refused(inbox, blocks):
    for message in ({"blocks": blocks}, {"text": "a", "attachments": [{"blocks": blocks}]}):
        answer = inbox.post(WEBHOOK, json=message)

        assert (answer.status_code, answer.text) == (400, "invalid_blocks")


NAMED = {"type": "divider", "block_id": "a"}
METADATA = {"event_type": "jamwire_digest", "event_payload": {"events": 2, "ids": "012345678 abcdef012"}}


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ({"blocks": [section(text=mrkdwn("a" * 3000))] * 5}, "msg_blocks_too_long"),
        ({"blocks": [NAMED], "attachments": [{"blocks": [NAMED]}]}, "invalid_blocks"),
        ({"text": "a", "metadata": {**METADATA, "event_type": "jamwire.digest"}}, "invalid_metadata_format"),
        ({"text": "a", "metadata": {**METADATA, "event_payload": "a"}}, "invalid_metadata_format"),
        (
            {"text": "a", "metadata": {**METADATA, "event_payload": {"a": "a" * 3000}}},
            "invalid_metadata_format",
        ),
    ],
)
def test_message_over_slacks_limits_is_refused(inbox, message, said):
    answer = inbox.post(WEBHOOK, json=message)

    assert (answer.status_code, answer.text) == (400, said)


def test_events_of_a_digest_are_known_by_their_prefixes(inbox):
    replay = {"blocks": [{"type": "divider", "block_id": f"{EVENT_ID}#2027-01-15"}]}
    inbox.post(WEBHOOK, json={"text": "a", "attachments": [replay], "metadata": METADATA})

    [delivery] = deliveries(inbox)
    assert delivery["event_ids"] == [EVENT_ID, "012345678", "abcdef012"]
    assert delivery["event_id"] is None


def test_blocks_at_slacks_limits_are_accepted(inbox):
    blocks = [
        section(text=mrkdwn("a" * 3000), fields=[mrkdwn("a" * 2000), *[mrkdwn("a")] * 9]),
        {"type": "context", "elements": [mrkdwn("a")] * 10, "block_id": "a" * 255},
        {"type": "header", "text": {"type": "plain_text", "text": "a" * 150}},
        *[{"type": "divider"}] * 47,
    ]

    assert inbox.post(WEBHOOK, json={"blocks": blocks}).status_code == 200


@pytest.mark.parametrize(
    "path", ["/services/", "/services/T0/B0", "/services/B0/T0/x", "/services/T0/B0/x/y"]
)
def test_unknown_webhook_is_refused(inbox, path):
    answer = inbox.post(path, json=MESSAGE)

    assert (answer.status_code, answer.text) == (404, "no_service")
    assert deliveries(inbox)[0]["status"] == 404
