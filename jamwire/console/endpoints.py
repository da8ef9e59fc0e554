"""Endpoints: where senders call, whether they are heard, their secrets, and what to click at them."""

import datetime as dt
from collections.abc import Mapping, Sequence

from jamwire.console.context import Context, Document, Query
from jamwire.console.problems import Problems
from jamwire.operations.archive import Archive, has_archive
from jamwire.operations.deployment import DeployedEndpoint, Deployment
from jamwire.operations.documents import secret_document
from jamwire.operations.heard import last_heard
from jamwire.operations.rejections import KEPT, last_used, list_rejections
from jamwire.operations.secrets import list_endpoint_secrets
from jamwire.samples.guides import STEPS
from lambdas.contracts.keyring import Key
from lambdas.ingest.schemes.tokens import EventBridge

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
    heard = problems.without(lambda: _heard(context, deployment), nothing)
    refused = problems.without(
        lambda: context.kept("refused", LOG_KEPT, lambda: _last_refused(deployment, present)), nothing
    )
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
        "secrets": [secret_document(key, now) | {"last_used": used.get(key.id)} for key in keys],
        "guide": [STEPS[endpoint.source]] if endpoint.source in STEPS else [],
    }


def _heard(context: Context, deployment: Deployment) -> dict[str, str]:
    """When each was heard last, as far as there is an archive."""
    if not has_archive(deployment):
        return {}
    names = [endpoint.name for endpoint in deployment.endpoints]
    return last_heard(Archive.of(deployment, context.sleep), names, context.clock())


def _last_refused(deployment: Deployment, now: dt.datetime) -> dict[str, str]:
    return {one.endpoint: one.time for one in list_rejections(deployment, KEPT, clock=lambda: now)}
