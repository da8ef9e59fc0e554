"""The doctor finds each fault, says what to do, and finds none in a deployment in which all is well."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from jamwire.operations.doctor.examine import CHECKS, examine
from jamwire.operations.doctor.probe import PATIENCE_SECONDS
from jamwire.operations.http_client import EndpointResponse
from lambdas.contracts.heard import HEARD
from lambdas.contracts.keyring import DESTINATION
from lambdas.contracts.silence import Hearing
from tests.fakes.account import DAY, NOW
from tests.fakes.services import refused
from tests.unit.jamwire.operations.doctor.patient import ALARMS, NUMBER, SETTINGS, SUBSCRIBERS, TOPIC, Patient

SLACKS_EXAMPLE = "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"
Plant = Callable[[Patient], Any]


@pytest.fixture
def patient() -> Patient:
    return Patient()


def test_nothing_is_found_where_all_is_well(patient: Patient) -> None:
    found = examine(patient.examination)
    assert [finding for finding in found if finding.finding != "ok"] == []
    assert {finding.check for finding in found} == CHECKS.keys() - {"renamed", "audience"}


def _forget_events(patient: Patient) -> None:
    patient.lines.clear()


def _only_previews(patient: Patient) -> None:
    patient.dynamodb.tables.clear()
    patient.keep("site", "preview.succeeded", before=60, environment="trunk")


def _refuse(patient: Patient) -> None:
    line = {"outcome": "rejected", "endpoint": "site", "status": 401, "reason": "wrong signature"}
    patient.lines.append((NOW - 30, line))


def _unconfirm(patient: Patient) -> None:
    known = patient.services["sns"].answers["list_subscriptions_by_topic"]
    pending = {
        "Protocol": "email",
        "Endpoint": "a@example.com",
        "SubscriptionArn": "PendingConfirmation",
    }
    patient.answer(
        "sns",
        "list_subscriptions_by_topic",
        lambda TopicArn: {"Subscriptions": [pending]} if TopicArn == ALARMS else known(TopicArn=TopicArn),  # noqa: N803
    )


def _deafen(patient: Patient) -> None:
    heard = {"ResourceType": "AWS::SNS::Subscription", "PhysicalResourceId": f"{TOPIC}-old:1"}
    patient.answer("cloudformation", "list_stack_resources", {"StackResourceSummaries": [heard]})


def _distribution(**changes: Any) -> Plant:
    found = {"Status": "Deployed", "DistributionConfig": {"Enabled": True}} | changes
    return lambda patient: patient.answer("cloudfront", "get_distribution", {"Distribution": found})


def _key(days: float, id: str = "da2-visitors") -> Plant:
    key = {"id": id, "expires": NOW + days * DAY}
    return lambda patient: patient.answer("appsync", "list_api_keys", {"apiKeys": [key]})


def _answer(service: str, call: str, answer: Any) -> Plant:
    return lambda patient: patient.answer(service, call, answer)


def _secret(arn: str, name: str, *values: str) -> Plant:
    return lambda patient: patient.secrets[arn].update({name: list(values)})


def _webhook(answer: EndpointResponse | None) -> Plant:
    return lambda patient: setattr(patient, "webhook", answer)


def _metric(value: float) -> Plant:
    return _answer("cloudwatch", "get_metric_statistics", {"Datapoints": [{"Maximum": value}]})


def _concurrency(limit: int) -> Plant:
    answer = {"AccountLimit": {"UnreservedConcurrentExecutions": limit}}
    return _answer("lambda", "get_account_settings", answer)


def _origination(number: str) -> Plant:
    settings = dataclasses.replace(SETTINGS["Sms"], origination_number=number)  # type: ignore[type-var]
    return lambda patient: patient.set_settings("Sms", settings)


def _heard(seconds_ago: float, *, expect: float = 0.0, silent: bool = False) -> Plant:
    hearing = Hearing(since=1.0, heard=NOW - seconds_ago, silent=NOW - seconds_ago if silent else 0.0)
    return lambda patient: patient.remember("site", hearing, expect=expect)


IN_PROGRESS = {"InvalidationList": {"Items": [{"Status": "InProgress"}] * 12}}
FAULTS: list[tuple[str, str, str, str, Plant]] = [
    ("secret", "site", "wrong", "has no secret", _secret("hub-secret", "site")),
    ("secret", "zap", "wrong", "placeholder", _secret("hub-secret", "zap", "change-me")),
    ("heard", "site", "warning", "not heard in 14 days", _forget_events),
    ("heard", "site", "warning", "30 s ago wrong signature", _refuse),
    ("heard", "site", "warning", "heard 2 h ago, and expected every 1 h", _heard(7_300, expect=3_600)),
    ("heard", "site", "warning", "heard 15 d ago; look", _heard(15 * DAY)),
    ("heard", "site", "warning", "heard 1 h ago; look", _heard(3_700, silent=True)),
    ("renamed", "site", "warning", "told of trunk", _only_previews),
    ("subscription", "Slack", "wrong", "not subscribed", lambda p: p.policies.pop("Slack")),
    ("subscription", "Jamwire-Slack", "wrong", "a hub that is gone", _deafen),
    ("function", "Slack", "wrong", "--enabled --uuid uuid-Slack", lambda p: p.unread.add("Slack")),
    (
        "function",
        "Slack",
        "wrong",
        "no function takes",
        _answer("lambda", "list_event_source_mappings", {"EventSourceMappings": []}),
    ),
    ("destination", "slack", "wrong", "no URL is set", _secret("Slack-secret", DESTINATION)),
    ("destination", "slack", "wrong", "placeholder", _secret("Slack-secret", DESTINATION, SLACKS_EXAMPLE)),
    ("destination", "slack", "wrong", "no web address", _secret("Slack-secret", DESTINATION, "T0/B0/x1")),
    ("destination", "slack", "wrong", "answered 404", _webhook(EndpointResponse(404, "no_service"))),
    ("destination", "slack", "wrong", "answered 410", _webhook(EndpointResponse(410, "channel_is_archived"))),
    ("destination", "slack", "wrong", "nothing answers", _webhook(None)),
    ("destination", "slack", "warning", "answered 503", _webhook(EndpointResponse(503, ""))),
    (
        "destination",
        "rebuild",
        "wrong",
        "no build hook of netlify",
        _secret("Rebuild-secret", DESTINATION, "https://api.vercel.com/v1/integrations/deploy/prj_1/x"),
    ),
    ("destination", "recovery", "wrong", "no token is set", _secret("Recovery-secret", DESTINATION)),
    ("destination", "recovery", "wrong", "its token", _secret("Recovery-secret", DESTINATION, "<token>")),
    (
        "distribution",
        "E2SITE",
        "wrong",
        "no such distribution",
        _answer("cloudfront", "get_distribution", refused("NoSuchDistribution")),
    ),
    ("distribution", "E2SITE", "wrong", "disabled", _distribution(DistributionConfig={"Enabled": False})),
    ("distribution", "E2SITE", "warning", "InProgress", _distribution(Status="InProgress")),
    (
        "distribution",
        "E2SITE: invalidations",
        "warning",
        "12 of 15",
        _answer("cloudfront", "list_invalidations", IN_PROGRESS),
    ),
    (
        "text messages",
        "sandbox",
        "wrong",
        "nothing to …00",
        _answer("sns", "get_sms_sandbox_account_status", {"IsInSandbox": True}),
    ),
    ("text messages", "origination number", "wrong", "none of the account's", _origination("+18005550199")),
    (
        "text messages",
        "origination number",
        "warning",
        "phones in the US",
        _answer("sns", "list_origination_numbers", {"PhoneNumbers": []}),
    ),
    ("live key", "Live", "wrong", "expires in 29 days", _key(29.5)),
    ("live key", "Live", "wrong", "has expired", _key(-1)),
    ("live key", "Live", "warning", "expires in 200 days", _key(200)),
    ("live key", "Live", "wrong", "its key is gone", _answer("appsync", "list_api_keys", {"apiKeys": []})),
    ("alarm e-mail", "a@example.com", "wrong", "mail is confirmed", _unconfirm),
    ("quota", "functions at once", "warning", "10 allowed, 12 needed", _concurrency(10)),
    ("quota", "functions at once", "warning", "850 of 1000", _metric(850)),
    ("quota", "US dollars for text messages", "wrong", "100 of 100", _metric(100)),
    (
        "quota",
        "bytes of the keyring of slack",
        "warning",
        "of 65536",
        _secret("Slack-secret", DESTINATION, "https://x" * 6000),
    ),
    ("probe", "Slack", "warning", "nothing takes from its queue", lambda p: p.unread.add("Slack")),
    (
        "probe",
        "Slack",
        "warning",
        "before probes were known",
        lambda p: p.set_output("Slack", "SubscriberFunction", ""),
    ),
]


@pytest.mark.parametrize(
    ("check", "subject", "finding", "advice", "plant"), FAULTS, ids=[f"{f[0]}-{f[3]}" for f in FAULTS]
)
def test_fault_is_found(
    patient: Patient, check: str, subject: str, finding: str, advice: str, plant: Plant
) -> None:
    plant(patient)
    found = {(f[0], f[1]): f[2] for f in patient.bad(check)}
    assert advice in found[subject, finding]


def test_verified_numbers_of_the_sandbox_are_told(patient: Patient) -> None:
    patient.answer("sns", "get_sms_sandbox_account_status", {"IsInSandbox": True})
    known = {"PhoneNumbers": [{"PhoneNumber": NUMBER, "Status": "Verified"}]}
    patient.answer("sns", "list_sms_sandbox_phone_numbers", known)
    assert [f[:2] for f in patient.bad("text messages")] == [("sandbox", "warning")]


IDENTITY = "arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-0a1b2c"
POOL = "arn:aws:sms-voice:us-east-1:123456789012:pool/pool-0a1b2c"


def _send_from(patient: Patient, identity: str, *, status: str = "ACTIVE", tier: str = "PRODUCTION") -> None:
    """Let text messages be sent from a number or a pool of AWS End User Messaging; it is gone without a status."""
    patient.set_settings("Sms", dataclasses.replace(SETTINGS["Sms"], identity=identity))  # type: ignore[type-var]
    found = [{"Status": status}] if status else []
    patient.services["pinpoint-sms-voice-v2"].answers |= {
        "describe_account_attributes": {"AccountAttributes": [{"Name": "ACCOUNT_TIER", "Value": tier}]},
        "describe_phone_numbers": {"PhoneNumbers": found if identity == IDENTITY else []},
        "describe_pools": {"Pools": found if identity == POOL else []},
    }


@pytest.mark.parametrize(("tier", "bad"), [("SANDBOX", [("sandbox", "warning")]), ("PRODUCTION", [])])
def test_identity_has_a_sandbox_of_its_own(patient: Patient, tier: str, bad: list[tuple[str, str]]) -> None:
    _send_from(patient, IDENTITY, tier=tier)
    assert [f[:2] for f in patient.bad("text messages")] == bad


@pytest.mark.parametrize("identity", [IDENTITY, POOL])
@pytest.mark.parametrize(("status", "word"), [("", "no such number or pool"), ("PENDING", "it is pending")])
def test_identity_that_sends_nothing_is_wrong(
    patient: Patient, identity: str, status: str, word: str
) -> None:
    _send_from(patient, identity, status=status)
    [(subject, finding, advice)] = patient.bad("text messages")
    assert (subject, finding) == ("origination number", "wrong")
    assert word in advice


def test_identity_need_not_hear_answers(patient: Patient) -> None:
    _send_from(patient, POOL)
    assert [f.advice for f in patient.check("text messages")] == ["the account is out of it", "it is active"]


def test_message_that_is_never_taken_is_found(patient: Patient) -> None:
    patient.answer("sqs", "send_message", lambda **message: None)
    found = patient.bad("probe")
    assert [(subject, finding) for subject, finding, _ in found] == [
        (f"queue of {name}", "wrong") for name in SUBSCRIBERS
    ]
    assert "not taken within 40 s; look into Slack-log" in found[3][2]
    assert PATIENCE_SECONDS <= sum(patient.clock.waits) < PATIENCE_SECONDS + 3


def test_probe_tells_how_long_each_step_took(patient: Patient) -> None:
    found = {finding.subject: finding for finding in patient.check("probe")}
    assert [*found] == ["topic to Archive", *(f"queue of {name}" for name in SUBSCRIBERS)]
    assert found["queue of Slack"].facts == {"sent_ms": 0, "waited_ms": 30, "total_ms": 250}


def test_event_is_not_published_where_a_function_would_tell_it(patient: Patient) -> None:
    patient.set_output("Archive", "SubscriberFunction", "")
    subjects = [finding.subject for finding in patient.check("probe")]
    assert "topic to Archive" not in subjects
    assert not [call for call, _ in patient.services["sns"].calls if call == "publish"]


def test_webhook_of_another_service_is_not_asked(patient: Patient) -> None:
    patient.secrets["Slack-secret"][DESTINATION] = ["https://hooks.zapier.com/hooks/catch/1/a2b3c4"]
    assert patient.bad("destination") == []
    assert patient.asked == []


def test_advice_holds_no_secret(patient: Patient) -> None:
    patient.webhook = None
    secrets = [value for keys in patient.secrets.values() for values in keys.values() for value in values]
    for finding in examine(patient.examination):
        assert not [secret for secret in secrets if secret in finding.advice + finding.subject]


def test_refusal_just_after_an_endpoint_was_heard_is_no_finding(patient: Patient) -> None:
    patient.lines.append((NOW - 100, {"outcome": "accepted", "endpoint": "site", HEARD: True}))
    _refuse(patient)  # and what was accepted since is not said again for five minutes
    [site, _] = patient.check("heard")
    assert (site.finding, site.advice) == ("ok", "heard 1 min ago")


@pytest.mark.parametrize(("seconds_ago", "expect"), [(15 * DAY, 20 * DAY), (3_800, 3_600), (13 * DAY, 0)])
def test_endpoint_heard_as_expected_is_in_order(patient: Patient, seconds_ago: float, expect: float) -> None:
    _heard(seconds_ago, expect=expect)(patient)
    assert patient.bad("heard") == []
