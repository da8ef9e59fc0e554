"""A webhook in, messages out: who is told of what, and who is not."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from jamwire.samples.catalogue import SAMPLES
from tests.deployed.deployed import Deployed

TOLD = {
    "netlify/deploy-started": ["slack"],
    "netlify/deploy-succeeded": ["cdn", "live", "slack"],
    "netlify/deploy-failed": ["slack", "sms"],
    "netlify/deploy-cancelled": ["slack"],
    "netlify/preview-succeeded": [],
    "netlify/preview-failed": ["slack"],
    "netlify/form-submitted": ["slack"],
    "github/push": [],
    "github/release": ["slack"],
    "github/deployment-status": ["slack", "sms"],
    "github/workflow-failed": [],
    "github/workflow-cancelled": [],
    "github/preview-deployed": [],
    "standard-webhooks/content-published": ["build"],  # the CDN waits for the deploy: test_site_loop
    "contentful/published": ["build"],
    "token/notice": ["slack"],
    "token/critical": ["slack", "sms"],
    "token/late": ["live", "slack"],  # it names a topic
}


@pytest.mark.parametrize("label", TOLD)
def test_an_event_reaches_those_whom_the_rulebook_names_and_nobody_else(
    deployed: Deployed, label: str
) -> None:
    sent = deployed.send(label)
    deployed.until(lambda: deployed.told(sent) == TOLD[label], f"{label} at {TOLD[label]}")
    deployed.until_quiet()
    assert deployed.told(sent) == TOLD[label]


@pytest.mark.parametrize("label", TOLD)
def test_a_tampered_one_is_refused_and_reaches_nobody(deployed: Deployed, label: str) -> None:
    endpoint, headers, body = deployed.signed(label, tamper=True)
    before = deployed.inbox("GET", "/api/deliveries")
    answer = deployed.post(endpoint, headers, body)
    assert (answer.status, answer.document["title"]) == (401, "Unauthorized")
    deployed.until_quiet()
    assert deployed.inbox("GET", "/api/deliveries") == before


RULEBOOKS = ("site", "code", "app", "zap", "blog")
"""The rulebook's endpoints; the others are those of handshakes."""


def test_every_sample_that_an_endpoint_takes_is_tried_here(deployed: Deployed) -> None:
    sources = {endpoint.source for endpoint in deployed.deployment.endpoints if endpoint.name in RULEBOOKS}
    assert set(TOLD) == {label for label, sample in SAMPLES.items() if sample.source in sources}


def test_what_is_sent_twice_is_told_once(deployed: Deployed) -> None:
    sent = deployed.send("netlify/deploy-failed")
    again = deployed.post(*deployed.signed("netlify/deploy-failed", mark=sent.mark))
    assert (again.status, again.document["id"]) == (200, sent.id)
    deployed.until(lambda: deployed.told(sent) == ["slack", "sms"], "one message each")
    deployed.until_quiet()
    assert deployed.told(sent) == ["slack", "sms"]


def test_what_is_sent_many_times_at_once_is_told_once(deployed: Deployed) -> None:
    sent = deployed.send("netlify/deploy-failed")
    request = deployed.signed("netlify/deploy-failed", mark=sent.mark)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: deployed.post(*request), range(16)))
    assert {(answer.status, answer.document["id"]) for answer in answers} == {(200, sent.id)}
    deployed.until(lambda: deployed.told(sent) == ["slack", "sms"], "one message each")
    deployed.until_quiet()
    assert deployed.told(sent) == ["slack", "sms"]


def test_the_cdn_forgets_everything_where_nothing_is_said(deployed: Deployed) -> None:
    sent = deployed.send("netlify/deploy-succeeded")
    [delivery] = deployed.until(
        lambda: [d for d in deployed.deliveries(sent) if d["channel"] == "cdn"], "an invalidation"
    )
    assert delivery["request"]["Paths"] == ["/*"]


def test_a_text_message_is_one_part_with_its_link_whole(deployed: Deployed) -> None:
    sent = deployed.send("netlify/deploy-failed")
    [message] = deployed.until(
        lambda: [d for d in deployed.deliveries(sent) if d["channel"] == "sms"], "a text message"
    )
    assert message["destination"] == "+12065550100"
    assert len(message["request"]["Message"]) <= 160
    assert message["request"]["Message"].endswith(f" https://app.netlify.com/sites/docs/deploys/{sent.mark}")
    assert message["request"]["MessageAttributes"]["AWS.SNS.SMS.MaxPrice"]["StringValue"] == "0.50"
