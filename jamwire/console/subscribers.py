"""Subscribers: what each takes, what waits, how fast it may go, and what it has delivered today."""

import datetime as dt
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from jamwire.console.context import Context, Document, Query
from jamwire.console.kept import KEPT, KEPT_LOCAL
from jamwire.console.problems import Problems
from jamwire.operations.deliveries import CALLS_AT_ONCE
from jamwire.operations.deployment import Deployment
from jamwire.operations.documents import rule_document, secret_document
from jamwire.operations.figures import delivered_since, oldest_ages
from jamwire.operations.filter_policy import FilterPolicies
from jamwire.operations.queue_depths import depth_of
from jamwire.operations.secrets import find_destinations, list_secrets
from jamwire.operations.subscribers import DeployedSubscriber, find_subscribers


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of all subscribers together; None where it could not be found out."""

    policies: FilterPolicies | None
    delivered: Mapping[str, int] | None
    ages: Mapping[str, float]
    secrets: Mapping[str, list[Document]]


def list_(context: Context, query: Query) -> Document:
    """All of them by name."""
    deployment, problems = context.deployment(), Problems()
    subscribers = list(find_subscribers(deployment).values())
    known = _all_together(context, deployment, problems)
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        documents = pool.map(lambda one: _document(deployment, one, known, problems), subscribers)
        return {"subscribers": list(documents), "problems": problems.documents}


def _all_together(context: Context, deployment: Deployment, problems: Problems) -> _Known:
    present = context.now()
    seconds = KEPT_LOCAL if deployment.local_url else KEPT
    midnight = present.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
    no_ages: dict[str, float] = {}
    return _Known(
        policies=problems.without(lambda: FilterPolicies(deployment), None),
        delivered=problems.without(
            lambda: context.kept(
                "delivered today",
                seconds,
                lambda: delivered_since(deployment, midnight, present.timestamp()),
            ),
            None,
        ),
        ages=problems.without(
            lambda: context.kept("ages", seconds, lambda: oldest_ages(deployment, present.timestamp())),
            no_ages,
        ),
        secrets={
            name: problems.without(lambda name=name: _secrets(deployment, name, present), [])  # type: ignore[misc]
            for name in find_destinations(deployment)
        },
    )


def _document(
    deployment: Deployment, subscriber: DeployedSubscriber, known: _Known, problems: Problems
) -> Document:
    name, policies = subscriber.name, known.policies
    unknown: Document = {"rule": None, "rule_text": ""}
    rule = (
        problems.without(lambda: rule_document(policies.rule_of(subscriber)), unknown)
        if policies
        else unknown
    )
    waits = problems.without(lambda: depth_of(deployment, subscriber.queue_url), None)
    dead = problems.without(lambda: depth_of(deployment, subscriber.dead_letters_url), None)
    return {
        "name": name,
        **rule,
        "waiting": waits.waiting if waits else None,
        "in_flight": waits.hidden if waits else None,
        "oldest_age_seconds": known.ages.get(name),
        "dead": dead.total if dead else None,
        "rate_limit": subscriber.rate_limit,
        "delivered_today": None if known.delivered is None else known.delivered.get(name, 0),
        "destinations_secret": name.lower() in known.secrets,
        "secrets": {
            its: secrets
            for its, secrets in known.secrets.items()
            if its.removesuffix("-fallback") == name.lower()
        },
    }


def _secrets(deployment: Deployment, name: str, now: dt.datetime) -> list[Document]:
    return [secret_document(key, now) for key in list_secrets(deployment, name)]
