"""What an audience needs: its keys, jobs that are done, and leave to send by each of its channels."""

from collections.abc import Callable, Iterator, Mapping
from email.utils import parseaddr
from functools import partial
from typing import Any, Final

from jamwire.operations.audience.audience import Audience, UnfilledError, find_audiences
from jamwire.operations.aws import aws_errors, none_where
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each
from jamwire.operations.doctor.origination import look_at_origination
from jamwire.operations.errors import OperationError
from jamwire.operations.queue_depths import depth_of
from lambdas.contracts.outputs import AudienceOutput

Look = Callable[[Examination, str, str], Finding]
"""Looks at one thing of a channel: by what name, and by the URL of the queue from which its worker takes."""

_SENDER, _SANDBOX, _NUMBER = "its sender", "SES's sandbox", "its number"


def check_audiences(examination: Examination) -> Iterator[Finding]:
    """Of each audience."""

    def look(audience: Audience) -> Iterator[Finding]:
        keys = f"{audience.name}: its keys"
        yield from of_each([keys], lambda subject: [_keys(audience, subject)])
        dead = f"{audience.name}: its dead jobs"
        yield from of_each([dead], lambda subject: _dead_jobs(examination, audience, subject))
        for output, looks in _LOOKS.items():
            if url := audience.stack.outputs.get(output):
                subjects = {f"{audience.name}: {what}": check for what, check in looks.items()}
                yield from of_each(
                    subjects, partial(_look, examination=examination, checks=subjects, queue_url=url)
                )

    yield from of_each(find_audiences(examination.deployment), look, lambda audience: audience.name)


def _look(
    subject: str, examination: Examination, checks: Mapping[str, Look], queue_url: str
) -> list[Finding]:
    return [checks[subject](examination, subject, queue_url)]


def _keys(audience: Audience, subject: str) -> Finding:
    try:
        count = len(audience.keys.push)
    except UnfilledError:
        return Finding(
            subject, "wrong", f"they are not filled, and nobody can follow; deploy {audience.stack.name}"
        )
    return Finding(subject, "ok", f"filled, with {count} for web push")


def _dead_jobs(examination: Examination, audience: Audience, subject: str) -> Iterator[Finding]:
    """None where it was deployed before there was such an output."""
    if not (url := audience.stack.outputs.get(AudienceOutput.JOBS_DEAD_LETTERS_URL)):
        return
    count = depth_of(examination.deployment, url).total
    if count:
        run = f"aws sqs start-message-move-task --source-arn {examination.queue_arn(url)}"
        advice = f"{count} could not be done: some followers were not told; mend what the logs name, then run: {run}"
        yield Finding(subject, "warning", advice, {"count": count})
    else:
        yield Finding(subject, "ok", "none", {"count": 0})


def _sender(examination: Examination, subject: str, queue_url: str) -> Finding:
    """The address or a domain that it is in is an identity of SES ("Creating and verifying identities")."""
    address = parseaddr(_setting(examination, queue_url, "EMAIL_FROM"))[1]
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
    found = none_where("NotFoundException", lambda: ses.get_email_identity(EmailIdentity=identity))
    return None if found is None else bool(found["VerifiedForSendingStatus"])


def _sandbox(examination: Examination, subject: str, queue_url: str) -> Finding:
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


def _number(examination: Examination, subject: str, queue_url: str) -> Finding:
    return look_at_origination(
        examination, subject, _setting(examination, queue_url, "TEXT_IDENTITY"), hears=True
    )


def _setting(examination: Examination, queue_url: str, name: str) -> str:
    """A setting of the worker that takes from a queue.

    Raises:
        OperationError: There is no worker, or the account cannot be asked.
    """
    variables = examination.variables_by_queue(queue_url)
    if name not in variables:
        raise OperationError("no function takes from its queue")
    return variables[name]


_LOOKS: Final[Mapping[AudienceOutput, Mapping[str, Look]]] = {
    AudienceOutput.EMAIL_QUEUE_URL: {_SENDER: _sender, _SANDBOX: _sandbox},
    AudienceOutput.TEXT_QUEUE_URL: {_NUMBER: _number},
}
"""What is looked at of a channel, by the output of its queue."""
