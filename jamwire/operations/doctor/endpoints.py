"""Endpoints: each has a secret, was heard lately, and was not refused since."""

import datetime as dt
from collections.abc import Iterator, Mapping

from jamwire.operations.deployment import DeployedEndpoint
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each
from jamwire.operations.doctor.placeholders import is_placeholder
from jamwire.operations.hearings import Heard, find_hearings
from jamwire.operations.log_lines import KEPT
from jamwire.operations.rejections import Rejection, list_rejections
from jamwire.operations.secrets import list_secrets
from jamwire.operations.times import ago, length
from lambdas.contracts.heard import HEARD_EVERY


def check_secrets(examination: Examination) -> Iterator[Finding]:
    """Without a secret an endpoint refuses everything."""

    def look(endpoint: DeployedEndpoint) -> Iterator[Finding]:
        name, run = endpoint.name, f"run: jamwire secret add {endpoint.name}"
        if not endpoint.scheme.takes_secrets:
            yield Finding(name, "ok", "needs none")
            return
        keys = list_secrets(examination.deployment, name)
        if not keys:
            yield Finding(name, "wrong", f"it has no secret and refuses everything; {run}")
        elif any(is_placeholder(key.value) for key in keys):
            yield Finding(name, "wrong", f"a placeholder stands in place of its secret; {run}")
        else:
            yield Finding(name, "ok", f"{len(keys)} live")

    yield from of_each(examination.deployment.endpoints, look, lambda endpoint: endpoint.name)


def check_heard(examination: Examination) -> Iterator[Finding]:
    """An endpoint of which nothing is heard is perhaps entered nowhere; one that refuses has another secret."""
    endpoints = examination.deployment.endpoints
    now = dt.datetime.fromtimestamp(examination.clock(), dt.UTC)
    hearings = find_hearings(examination.deployment, clock=lambda: now)
    refused = _last_refused(examination, now)
    for endpoint in endpoints:
        yield _of(endpoint, hearings[endpoint.name], refused.get(endpoint.name), now)


def _of(endpoint: DeployedEndpoint, heard: Heard, refused: Rejection | None, now: dt.datetime) -> Finding:
    name, at = endpoint.name, heard.last_heard
    facts = {
        "last_heard": at or None,
        "last_refused": refused.time if refused else None,
        "silent_since": heard.silent_since or None,
    }
    if refused and _is_later(refused.time, at):
        since = f"{ago(refused.time, now)} ago {refused.reason}, and nothing was accepted since"
        advice = f"{since}; compare its secret with the sender's: jamwire rejected list"
        return Finding(name, "warning", advice, facts)
    if not at:
        advice = f"not heard in {KEPT.days} days; enter {endpoint.url} at the sender (docs/sources.md)"
        return Finding(name, "warning", advice, facts)
    if heard.silent_since or _is_overdue(endpoint, at, now):
        expected = f", and expected every {length(endpoint.expect)}" if endpoint.expect else ""
        advice = f"heard {ago(at, now)} ago{expected}; look whether the sender still has its webhook"
        return Finding(name, "warning", advice, facts)
    return Finding(name, "ok", f"heard {ago(at, now)} ago", facts)


def _is_overdue(endpoint: DeployedEndpoint, heard: str, now: dt.datetime) -> bool:
    """Whether it is silent for longer than is expected, or than ingest's log is kept where nothing is."""
    longest = endpoint.expect or KEPT.total_seconds()
    return (now - dt.datetime.fromisoformat(heard)).total_seconds() > longest + HEARD_EVERY


def _last_refused(examination: Examination, now: dt.datetime) -> Mapping[str, Rejection]:
    found = list_rejections(examination.deployment, KEPT, clock=lambda: now)
    return {rejection.endpoint: rejection for rejection in found.rejections}


def _is_later(refused: str, heard: str) -> bool:
    """Whether a request was refused after any that was heard, which is known to some minutes."""
    if not heard:
        return True
    return dt.datetime.fromisoformat(refused) > dt.datetime.fromisoformat(heard) + dt.timedelta(
        seconds=HEARD_EVERY
    )
