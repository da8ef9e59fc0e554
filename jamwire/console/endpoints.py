"""Endpoints: where senders call, whether they are heard, their secrets, and what to click at them."""

import datetime as dt
from collections.abc import Mapping, Sequence

from jamwire.console.context import Context, Document, Query
from jamwire.console.problems import Problems
from jamwire.operations.archive import Archive, has_archive
from jamwire.operations.deployment import DeployedEndpoint, Deployment
from jamwire.operations.documents import secret_document
from jamwire.operations.heard import last_heard
from jamwire.operations.hearings import Heard, find_hearings
from jamwire.operations.log_lines import KEPT
from jamwire.operations.rejections import Rejection, last_used, list_rejections
from jamwire.operations.secrets import list_endpoint_secrets
from jamwire.samples.guides import STEPS
from lambdas.contracts.event import timestamp
from lambdas.contracts.keyring import Key
from lambdas.ingest.schemes.tokens import EventBridge

HTTP_TOO_MANY = 429

LOG_KEPT = 60.0
"""Seconds for which the log is not read again: it holds two weeks."""


def list_(context: Context, query: Query) -> Document:
    """All of them, in the rulebook's order; never a secret's value."""
    deployment, problems, present = context.deployment(), Problems(), context.now()
    endpoints = deployment.endpoints
    nothing: dict[str, str] = {}
    no_keys: dict[str, list[Key]] = {}
    keys = problems.without(lambda: list_endpoint_secrets(deployment), no_keys)
    ids = tuple(key.id for its in keys.values() for key in its)
    no_hearings: Mapping[str, Heard] = {}
    logged = problems.without(
        lambda: context.kept("hearings", LOG_KEPT, lambda: find_hearings(deployment, clock=lambda: present)),
        no_hearings,
    )
    heard = {name: of.last_heard for name, of in logged.items()}
    heard |= problems.without(lambda: _heard(context, deployment), nothing)
    no_refusals: Sequence[Rejection] = ()
    refusals = problems.without(
        lambda: context.kept(
            "refused", LOG_KEPT, lambda: list_rejections(deployment, KEPT, clock=lambda: present).rejections
        ),
        no_refusals,
    )
    refused = {one.endpoint: one.time for one in refusals}
    used = problems.without(
        lambda: context.kept(
            ("used", ids), LOG_KEPT, lambda: last_used(deployment, ids, clock=lambda: present)
        ),
        nothing,
    )
    return {
        "endpoints": [
            _document(endpoint, keys.get(endpoint.name, []), used, present)
            | {"last_heard": heard.get(endpoint.name, ""), "last_refused": refused.get(endpoint.name, "")}
            | {"throttled": _throttled(refusals, endpoint.name, present)}
            for endpoint in endpoints
        ],
        "problems": problems.documents,
    }


def _document(
    endpoint: DeployedEndpoint, keys: Sequence[Key], used: Mapping[str, str], now: dt.datetime
) -> Document:
    return {
        "name": endpoint.name,
        "source": endpoint.source,
        "url": "" if isinstance(endpoint.scheme, EventBridge) else endpoint.url,
        "expect": endpoint.expect or None,
        "secrets": [secret_document(key, now) | {"last_used": used.get(key.id)} for key in keys],
        "guide": [STEPS[endpoint.source]] if endpoint.source in STEPS else [],
    }


def _heard(context: Context, deployment: Deployment) -> dict[str, str]:
    """When each was heard last, as far as there is an archive."""
    if not has_archive(deployment):
        return {}
    names = [endpoint.name for endpoint in deployment.endpoints]
    return last_heard(Archive.of(deployment, context.sleep), names, context.clock())


def _throttled(refusals: Sequence[Rejection], endpoint: str, now: dt.datetime) -> int:
    """How many requests of the last day were too many."""
    since = timestamp((now - dt.timedelta(days=1)).timestamp())
    return sum(
        one.count
        for one in refusals
        if one.endpoint == endpoint and one.status == HTTP_TOO_MANY and one.time >= since
    )
