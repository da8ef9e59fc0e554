"""No check hides another: what is not allowed, what fails and what hangs is a finding of its own."""

from threading import Event

import pytest

from jamwire.operations.deployment import Deployment
from jamwire.operations.doctor import examine as doctor
from jamwire.operations.doctor.examine import examination_of, examine
from jamwire.operations.errors import OperationError
from tests.fakes.services import refused
from tests.unit.jamwire.operations.doctor.patient import Patient

DENIED = "User: arn:aws:iam::0:user/u is not authorized to perform: lambda:GetAccountSettings on resource: *"


def test_call_that_is_not_allowed_is_named() -> None:
    patient = Patient()
    patient.answer("lambda", "get_account_settings", refused("AccessDeniedException", DENIED))
    [found] = [finding for finding in examine(patient.examination) if finding.finding != "ok"]
    assert (found.check, found.subject, found.finding) == ("quota", "functions at once", "warning")
    assert found.advice == "could not be checked: needs lambda:GetAccountSettings"


def test_call_is_named_where_the_refusal_does_not() -> None:
    patient = Patient()
    patient.answer("appsync", "list_apis", refused("AccessDenied", operation="ListApis"))
    assert patient.bad("live key") == [("Live", "warning", "could not be checked: needs ListApis")]


def test_subject_that_cannot_be_looked_at_hides_no_other() -> None:
    patient = Patient()
    known = patient.services["secretsmanager"].answers["get_secret_value"]

    def get(SecretId: str) -> object:  # noqa: N803 - AWS's name
        if SecretId == "Slack-secret":
            raise KeyError("an answer that nobody has foreseen")
        return known(SecretId=SecretId)

    patient.answer("secretsmanager", "get_secret_value", get)
    found = {finding.subject: finding for finding in patient.check("destination")}
    assert found["slack"].advice == "could not be checked: KeyError"
    assert found["rebuild"].finding == "ok"


def test_check_that_fails_hides_no_other() -> None:
    patient = Patient()
    patient.answer("sns", "list_subscriptions_by_topic", refused("InternalError", "away"))
    found = {(f.check, f.subject): f for f in examine(patient.examination, ["subscription", "secret"])}
    assert found["subscription", ""].advice == "could not be checked: AWS answered InternalError: away"
    assert found["secret", "site"].finding == "ok"


def test_check_that_hangs_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = Event()
    hanging = {**doctor.CHECKS, "quota": lambda examination: ended.wait() and []}
    monkeypatch.setattr(doctor, "CHECKS", hanging)
    found = examine(Patient().examination, ["quota", "secret"], timeout=0.5)
    ended.set()
    assert [(f.check, f.finding) for f in found] == [("quota", "warning"), ("secret", "ok"), ("secret", "ok")]
    assert found[0].advice == "could not be checked within 0 s"


def test_account_without_a_deployment_is_an_error() -> None:
    deployment = Deployment("Jamwire", client=lambda name: None)
    deployment.stacks = []
    with pytest.raises(OperationError, match="no deployment Jamwire"):
        examine(examination_of(deployment))
