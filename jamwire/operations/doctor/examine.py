"""All checks, side by side."""

import secrets
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from threading import Thread
from typing import Final

from jamwire.operations.deployment import Deployment
from jamwire.operations.doctor.alarm_emails import check_alarm_emails
from jamwire.operations.doctor.audience import check_audiences
from jamwire.operations.doctor.destinations import check_destinations
from jamwire.operations.doctor.distributions import check_distributions
from jamwire.operations.doctor.elsewhere import check_elsewhere
from jamwire.operations.doctor.endpoints import check_heard, check_secrets
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, unchecked
from jamwire.operations.doctor.live_key import check_live_keys
from jamwire.operations.doctor.probe import check_probe
from jamwire.operations.doctor.quotas import check_quotas
from jamwire.operations.doctor.subscriptions import check_event_sources, check_subscriptions
from jamwire.operations.doctor.text_messages import check_text_messages
from jamwire.operations.errors import OperationError
from jamwire.operations.http_client import EndpointResponse, post
from lambdas.ingest.request import Request

Check = Callable[[Examination], Iterable[Finding]]

TIMEOUT_SECONDS: Final = 90.0
"""For each check; they run at the same time."""

CHECKS: Final[Mapping[str, Check]] = {
    "secret": check_secrets,
    "heard": check_heard,
    "renamed": check_elsewhere,
    "subscription": check_subscriptions,
    "function": check_event_sources,
    "destination": check_destinations,
    "distribution": check_distributions,
    "text messages": check_text_messages,
    "live key": check_live_keys,
    "audience": check_audiences,
    "alarm e-mail": check_alarm_emails,
    "quota": check_quotas,
    "probe": check_probe,
}
"""Every check by its name, in the order of the table."""

PROBE: Final = "probe"
"""The one that sends something."""

OF_STATUS: Final = ("subscription", "alarm e-mail", "renamed")
"""Those that `jamwire status` makes, too: they are quick, and what they find nothing else tells."""


def examination_of(deployment: Deployment) -> Examination:
    """An examination by this machine's clock and network."""
    return Examination(
        deployment, clock=time.time, sleep=time.sleep, ask=_ask, token=lambda: secrets.token_hex(8)
    )


def examine(
    examination: Examination, checks: Collection[str] = tuple(CHECKS), *, timeout: float = TIMEOUT_SECONDS
) -> list[Finding]:
    """What these checks find, in their order.

    None of them hides another: what one cannot look at, or what takes it too long, is a finding.

    Raises:
        OperationError: There is no deployment, or the account cannot be asked.
    """
    _ = examination.deployment.hub
    until = time.monotonic() + timeout
    running = {name: _begin(CHECKS[name], examination) for name in checks}
    return [
        replace(finding, check=name)
        for name, answer in running.items()
        for finding in _findings(answer, until, timeout)
    ]


def _begin(check: Check, examination: Examination) -> "Future[list[Finding]]":
    answer: Future[list[Finding]] = Future()

    def run() -> None:
        try:
            answer.set_result(list(check(examination)))
        except Exception as error:
            answer.set_result([unchecked("", error)])

    Thread(target=run, daemon=True).start()  # one that hangs holds nobody up at the end
    return answer


def _findings(answer: "Future[list[Finding]]", until: float, timeout: float) -> list[Finding]:
    try:
        return answer.result(max(0.0, until - time.monotonic()))
    except TimeoutError:
        return [Finding("", "warning", f"could not be checked within {timeout:.0f} s")]


def _ask(url: str) -> EndpointResponse | None:
    """The answer to an empty object; what the error says holds the URL, which is a secret."""
    headers = {"content-type": "application/json"}
    try:
        return post(url, Request(endpoint="", method="POST", headers=headers, body=b"{}"))
    except OperationError:
        return None
