"""What the doctor says of an audience: its keys, its jobs, its sender, its number, and who takes from its queues."""

import json
from typing import Any

import pytest

from jamwire.operations.deployment import Stack
from tests.fakes.audience_account import OUTPUTS, Secrets
from tests.fakes.services import Service, refused
from tests.unit.jamwire.operations.doctor.patient import QUEUES, Patient

NUMBER = "arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-1"
POOL = "arn:aws:sms-voice:us-east-1:123456789012:pool/pool-1"
ACTIVE = {"Status": "ACTIVE", "TwoWayEnabled": True}

Bad = list[tuple[str, str, str]]


def patient_with(identity: str = NUMBER, **outputs: str | None) -> Patient:
    """A deployment with an audience in which all is well."""
    patient = Patient()
    own = OUTPUTS | {f"{name.title()}QueueUrl": f"{QUEUES}/{name}" for name in ("push", "email", "text")}
    own |= {f"{name.title()}QuestionsUrl": f"{QUEUES}/{name}-questions" for name in ("email", "text")}
    own |= {"DeadJobsUrl": f"{QUEUES}/dead-jobs"}
    found = {name: value for name, value in (own | outputs).items() if value is not None}
    patient.deployment.stacks = [
        *patient.deployment.stacks,
        Stack("Jamwire-Audience", "Audience", "CREATE_COMPLETE", found),
    ]
    known = patient.services["secretsmanager"].answers["get_secret_value"]
    filled = json.dumps(Secrets().document)
    patient.answer(
        "secretsmanager",
        "get_secret_value",
        lambda SecretId: {"SecretString": filled} if SecretId == "keys" else known(SecretId=SecretId),  # noqa: N803
    )
    patient.services["lambda"] = Service(
        {
            "list_event_source_mappings": lambda EventSourceArn: {  # noqa: N803
                "EventSourceMappings": [mapping_of(EventSourceArn.rpartition(":")[2])]
            },
            "get_function_configuration": {
                "Environment": {
                    "Variables": {"EMAIL_FROM": "Buses <news@mail.example.com>", "TEXT_IDENTITY": identity}
                }
            },
        }
    )
    patient.services["sesv2"] = Service({"get_account": {"ProductionAccessEnabled": True}})
    identities(patient, {"example.com": True})
    jobs_that_died(patient, 0)
    patient.services["pinpoint-sms-voice-v2"] = Service(
        {"describe_phone_numbers": {"PhoneNumbers": [ACTIVE]}, "describe_pools": {"Pools": [ACTIVE]}}
    )
    return patient


def mapping_of(queue: str, state: str = "Enabled") -> dict[str, str]:
    return {"FunctionArn": queue, "UUID": f"uuid-{queue}", "State": state}


def map_sources(patient: Patient, queue: str, *mappings: dict[str, str]) -> None:
    """Let these take from a queue."""
    known = patient.services["lambda"].answers["list_event_source_mappings"]

    def found(EventSourceArn: str) -> dict[str, Any]:  # noqa: N803
        ours = EventSourceArn.endswith(f":{queue}")
        return {"EventSourceMappings": list(mappings)} if ours else known(EventSourceArn=EventSourceArn)

    patient.answer("lambda", "list_event_source_mappings", found)


def jobs_that_died(patient: Patient, count: int) -> None:
    """Let so many jobs be among the dead letters, one of them in somebody's hands."""
    found = {
        "ApproximateNumberOfMessages": str(max(count - 1, 0)),
        "ApproximateNumberOfMessagesNotVisible": str(min(count, 1)),
    }
    patient.answer(
        "sqs",
        "get_queue_attributes",
        lambda QueueUrl, AttributeNames: {"Attributes": found if QueueUrl.endswith("/dead-jobs") else {}},  # noqa: N803
    )


def identities(patient: Patient, known: dict[str, bool]) -> None:
    def get(EmailIdentity: str) -> dict[str, Any]:  # noqa: N803
        if EmailIdentity not in known:
            raise refused("NotFoundException")
        return {"VerifiedForSendingStatus": known[EmailIdentity]}

    patient.answer("sesv2", "get_email_identity", get)


@pytest.mark.parametrize("identity", [NUMBER, POOL])
def test_audience_in_order_has_good_findings_only(identity: str) -> None:
    found = patient_with(identity).check("audience")
    assert [(finding.subject, finding.finding) for finding in found] == [
        ("Audience: its keys", "ok"),
        ("Audience: its dead jobs", "ok"),
        ("Audience: its sender", "ok"),
        ("Audience: SES's sandbox", "ok"),
        ("Audience: its number", "ok"),
    ]


def test_deployment_without_an_audience_has_no_findings() -> None:
    assert Patient().check("audience") == []


def test_audience_of_web_push_needs_its_keys_only() -> None:
    patient = patient_with(EmailQueueUrl=None, TextQueueUrl=None, DeadJobsUrl=None)
    assert [finding.subject for finding in patient.check("audience")] == ["Audience: its keys"]


def test_dead_jobs_are_counted() -> None:
    patient = patient_with()
    jobs_that_died(patient, 3)
    [(subject, finding, advice)] = patient.bad("audience")
    assert (subject, finding) == ("Audience: its dead jobs", "warning")
    assert advice.startswith("3 could not be done")
    assert advice.endswith("--source-arn arn:aws:sqs:us-east-1:000000000000:dead-jobs")


def test_function_takes_from_the_queue_of_each_channel() -> None:
    patient = patient_with()
    found = {finding.subject: finding.finding for finding in patient.check("function")}
    assert {name for name in found if name.startswith("Audience")} == {
        "Audience: push",
        "Audience: email",
        "Audience: email's questions",
        "Audience: text",
        "Audience: text's questions",
    }
    assert set(found.values()) == {"ok"}


@pytest.mark.parametrize(
    ("queue", "whose"),
    [("push", "push"), ("email", "email"), ("text", "text"), ("email-questions", "email's questions")],
)
def test_worker_that_takes_nothing_is_wrong(queue: str, whose: str) -> None:
    patient = patient_with()
    map_sources(patient, queue, mapping_of(queue, "Disabled"))
    [(subject, finding, advice)] = patient.bad("function")
    assert (subject, finding) == (f"Audience: {whose}", "wrong")
    assert advice.endswith(
        f"is Disabled; run: aws lambda update-event-source-mapping --enabled --uuid uuid-{queue}"
    )


def test_channel_without_a_worker_is_wrong() -> None:
    patient = patient_with()
    map_sources(patient, "email")
    [(subject, finding, advice)] = patient.bad("function")
    assert (subject, finding) == ("Audience: email", "wrong")
    assert "take the channel out of app.py" in advice
    assert patient.bad("audience") == [
        ("Audience: its sender", "warning", "could not be checked: no function takes from its queue")
    ]


def test_worker_that_cannot_be_looked_for_hides_nothing() -> None:
    patient = patient_with()
    patient.answer(
        "lambda", "list_event_source_mappings", refused("AccessDenied", operation="ListEventSourceMappings")
    )
    assert {finding.subject: finding.finding for finding in patient.check("audience")} == {
        "Audience: its keys": "ok",
        "Audience: its dead jobs": "ok",
        "Audience: its sender": "warning",
        "Audience: SES's sandbox": "ok",
        "Audience: its number": "warning",
    }


def test_keys_that_are_not_filled_are_wrong() -> None:
    patient = patient_with()
    patient.answer("secretsmanager", "get_secret_value", {"SecretString": '{"filler": "x"}'})
    [(subject, finding, advice)] = patient.bad("audience")
    assert (subject, finding) == ("Audience: its keys", "wrong")
    assert "deploy Jamwire-Audience" in advice


def test_keys_that_cannot_be_read_hide_nothing() -> None:
    patient = patient_with()
    patient.answer("secretsmanager", "get_secret_value", refused("AccessDenied", operation="GetSecretValue"))
    assert [(subject, finding) for subject, finding, _ in patient.bad("audience")] == [
        ("Audience: its keys", "warning")
    ]
    assert len(patient.check("audience")) == 5


@pytest.mark.parametrize(
    ("known", "word"), [({}, "does not know mail.example.com"), ({"example.com": False}, "not verified")]
)
def test_sender_that_ses_does_not_let_send_is_wrong(known: dict[str, bool], word: str) -> None:
    patient = patient_with()
    identities(patient, known)
    [(subject, finding, advice)] = patient.bad("audience")
    assert (subject, finding) == ("Audience: its sender", "wrong")
    assert word in advice


def test_sender_is_verified_by_its_address_too() -> None:
    patient = patient_with()
    identities(patient, {"news@mail.example.com": True, "example.com": False})
    assert patient.bad("audience") == []


def test_local_account_sends_from_every_address() -> None:
    patient = patient_with()
    identities(patient, {})
    patient.deployment.local_url = "http://127.0.0.1:4566"
    assert patient.bad("audience") == []


@pytest.mark.parametrize(
    ("account", "word"),
    [
        ({"ProductionAccessEnabled": False}, "only verified addresses"),
        ({"ProductionAccessEnabled": True, "SendingEnabled": False}, "stopped"),
    ],
)
def test_account_that_may_not_send_is_wrong(account: dict[str, bool], word: str) -> None:
    patient = patient_with()
    patient.answer("sesv2", "get_account", account)
    [(subject, finding, advice)] = patient.bad("audience")
    assert (subject, finding) == ("Audience: SES's sandbox", "wrong")
    assert word in advice


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ({"PhoneNumbers": []}, "no such number"),
        (refused("ResourceNotFoundException"), "no such number"),
        ({"PhoneNumbers": [{"Status": "PENDING", "TwoWayEnabled": True}]}, "it is pending"),
        ({"PhoneNumbers": [{"Status": "ACTIVE", "TwoWayEnabled": False}]}, "hears no answers"),
    ],
)
def test_number_that_sends_or_hears_nothing_is_wrong(answer: Any, word: str) -> None:
    patient = patient_with()
    patient.answer("pinpoint-sms-voice-v2", "describe_phone_numbers", answer)
    [(subject, finding, advice)] = patient.bad("audience")
    assert (subject, finding) == ("Audience: its number", "wrong")
    assert word in advice


def test_call_that_is_not_allowed_is_named() -> None:
    patient = patient_with()
    denied = refused("AccessDeniedException", operation="DescribePhoneNumbers")
    patient.answer("pinpoint-sms-voice-v2", "describe_phone_numbers", denied)
    assert patient.bad("audience") == [
        ("Audience: its number", "warning", "could not be checked: needs DescribePhoneNumbers")
    ]
