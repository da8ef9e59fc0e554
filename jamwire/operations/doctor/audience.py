"""What an audience needs: its keys, and leave to send by each of its channels."""

from collections.abc import Callable, Iterator, Mapping
from email.utils import parseaddr
from functools import partial
from typing import Any, Final

from botocore.exceptions import ClientError

from jamwire.operations.audience.audience import Audience, UnfilledError, find_audiences
from jamwire.operations.aws import aws_errors
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each
from lambdas.contracts.outputs import AudienceOutput

Look = Callable[[Examination, str, Mapping[str, str]], Finding]
"""Looks at one thing of a channel: at what, by what name, by which settings of its worker."""

_SENDER, _SANDBOX, _NUMBER = "its sender", "SES's sandbox", "its number"


def check_audiences(examination: Examination) -> Iterator[Finding]:
    """Of each audience."""

    def look(audience: Audience) -> Iterator[Finding]:
        keys = f"{audience.name}: its keys"
        yield from of_each([keys], lambda subject: [_keys(audience, subject)])
        for output, looks in _LOOKS.items():
            if url := audience.stack.outputs.get(output):
                variables = examination.variables_by_queue(url)
                subjects = {f"{audience.name}: {what}": check for what, check in looks.items()}
                yield from of_each(
                    subjects, partial(_look, examination=examination, checks=subjects, variables=variables)
                )

    yield from of_each(find_audiences(examination.deployment), look, lambda audience: audience.name)


def _look(
    subject: str, examination: Examination, checks: Mapping[str, Look], variables: Mapping[str, str]
) -> list[Finding]:
    return [checks[subject](examination, subject, variables)]


def _keys(audience: Audience, subject: str) -> Finding:
    try:
        count = len(audience.keys.push)
    except UnfilledError:
        return Finding(
            subject, "wrong", f"they are not filled, and nobody can follow; deploy {audience.stack.name}"
        )
    return Finding(subject, "ok", f"filled, with {count} for web push")


def _sender(examination: Examination, subject: str, variables: Mapping[str, str]) -> Finding:
    """The address or a domain that it is in is an identity of SES ("Creating and verifying identities")."""
    address = parseaddr(variables["EMAIL_FROM"])[1]
    domain = address.rpartition("@")[2]
    if examination.deployment.local_url:
        return Finding(subject, "ok", "the local account sends from every address")
    labels = domain.split(".")
    parents = [".".join(labels[start:]) for start in range(len(labels) - 1)]
    ses = examination.deployment.client("sesv2")
    states = [state for name in (address, *parents) if (state := _verified(ses, name)) is not None]
    if not states:
        return Finding(
            subject, "wrong", f"SES does not know {domain}: make it an identity (docs/audience.md)"
        )
    if not any(states):
        return Finding(subject, "wrong", f"{domain} is not verified: put SES's records into its DNS")
    return Finding(subject, "ok", f"{domain} is verified")


def _verified(ses: Any, identity: str) -> bool | None:
    """Whether an identity may send; None where there is none."""
    found = _unless("NotFoundException", lambda: ses.get_email_identity(EmailIdentity=identity))
    return None if found is None else bool(found["VerifiedForSendingStatus"])


def _sandbox(examination: Examination, subject: str, variables: Mapping[str, str]) -> Finding:
    with aws_errors():
        account = examination.deployment.client("sesv2").get_account()
    if not account.get("SendingEnabled", True):
        return Finding(
            subject, "wrong", "SES has stopped the account's sending; look into its reputation page"
        )
    if not account["ProductionAccessEnabled"]:
        advice = "the account is in it: only verified addresses get anything; ask SES for production access"
        return Finding(subject, "wrong", advice)
    quota = account.get("SendQuota", {})
    facts = {"per_second": quota.get("MaxSendRate"), "per_day": quota.get("Max24HourSend")}
    return Finding(subject, "ok", f"the account is out of it; {quota.get('MaxSendRate')} a second", facts)


def _number(examination: Examination, subject: str, variables: Mapping[str, str]) -> Finding:
    found = _identity(examination.deployment.client("pinpoint-sms-voice-v2"), variables["TEXT_IDENTITY"])
    if found is None:
        return Finding(
            subject, "wrong", "the account has no such number or pool; get one, name it, and deploy"
        )
    if found["Status"] != "ACTIVE":
        status = str(found["Status"]).lower()
        return Finding(subject, "wrong", f"it is {status}, not active: nothing is sent; see its registration")
    if not found.get("TwoWayEnabled"):
        return Finding(subject, "wrong", "it hears no answers, and no STOP; deploy the audience")
    return Finding(subject, "ok", "it is active, and hears answers")


def _identity(texts: Any, arn: str) -> Mapping[str, Any] | None:
    """The number or the pool; None where the account has it not."""
    known = {
        True: ("Pools", lambda: texts.describe_pools(PoolIds=[arn])),
        False: ("PhoneNumbers", lambda: texts.describe_phone_numbers(PhoneNumberIds=[arn])),
    }
    name, describe = known[":pool/" in arn]
    found = _unless("ResourceNotFoundException", describe)
    return found[name][0] if found and found[name] else None


def _unless(code: str, ask: Callable[[], Any]) -> Any:
    """What a service answers; None for an error of this code, which says that there is no such thing."""
    with aws_errors():
        try:
            return ask()
        except ClientError as error:
            if error.response["Error"]["Code"] != code:
                raise
            return None


_LOOKS: Final[Mapping[AudienceOutput, Mapping[str, Look]]] = {
    AudienceOutput.EMAIL_QUEUE_URL: {_SENDER: _sender, _SANDBOX: _sandbox},
    AudienceOutput.TEXT_QUEUE_URL: {_NUMBER: _number},
}
"""What is looked at of a channel, by the output of its queue."""
