"""What the doctor says of an audience: its keys, its sender, its number."""

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
    own = {**OUTPUTS, "EmailQueueUrl": f"{QUEUES}/email", "TextQueueUrl": f"{QUEUES}/text"}
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
                "EventSourceMappings": [{"FunctionArn": EventSourceArn.rpartition(":")[2]}]
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
    patient.services["pinpoint-sms-voice-v2"] = Service(
        {"describe_phone_numbers": {"PhoneNumbers": [ACTIVE]}, "describe_pools": {"Pools": [ACTIVE]}}
    )
    return patient


def identities(patient: Patient, known: dict[str, bool]) -> None:
    def get(EmailIdentity: str) -> dict[str, Any]:  # noqa: N803
        if EmailIdentity not in known:
            raise refused("NotFoundException")
        return {"VerifiedForSendingStatus": known[EmailIdentity]}

    patient.answer("sesv2", "get_email_identity", get)


@pytest.mark.parametrize("identity", [NUMBER, POOL])
def test_audience_in_order_has_four_good_findings(identity: str) -> None:
    found = patient_with(identity).check("audience")
    assert [(finding.subject, finding.finding) for finding in found] == [
        ("Audience: its keys", "ok"),
        ("Audience: its sender", "ok"),
        ("Audience: SES's sandbox", "ok"),
        ("Audience: its number", "ok"),
    ]


def test_deployment_without_an_audience_has_no_findings() -> None:
    assert Patient().check("audience") == []


def test_audience_of_web_push_needs_its_keys_only() -> None:
    patient = patient_with(EmailQueueUrl=None, TextQueueUrl=None)
    assert [finding.subject for finding in patient.check("audience")] == ["Audience: its keys"]


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
    assert len(patient.check("audience")) == 4


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
