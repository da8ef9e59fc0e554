"""Events: the list, what has just come in, and all that is known of one."""

import dataclasses
import datetime as dt
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from jamwire.console.context import Context, Document, Query
from jamwire.console.problems import Problems
from jamwire.console.queries import limit, moment, selection
from jamwire.operations.archive import Archive
from jamwire.operations.deliveries import CALLS_AT_ONCE
from jamwire.operations.deployment import Deployment
from jamwire.operations.documents import event_document, history_document
from jamwire.operations.event_pages import (
    EventPage,
    Sieve,
    find_by_id,
    find_failed_page,
    find_page,
    heard_of,
    with_text,
)
from jamwire.operations.events import FoundEvent, history
from jamwire.operations.filter_policy import FilterPolicies, Rule
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.event import timestamp

LATE: Final = dt.timedelta(minutes=2)
"""How much later an event may come into the archive than one that was accepted after it."""

PAGE: Final = 100
ARRIVALS: Final = 500
"""Events that one look at what is new brings at most."""

_ID: Final = re.compile(r"[0-9a-f]{32}")


def list_(context: Context, query: Query) -> Document:
    """A page of events, newest first; with ``after``, those that have been accepted since that time."""
    archive = context.archive()
    chosen = selection(context, query, since="24h", kept_seconds=archive.kept_seconds)
    most = limit(query, PAGE)
    if query.get("after"):
        since = moment(query, "after", "", context.now()) - LATE
        chosen = dataclasses.replace(chosen, since=max(chosen.since, timestamp(since.timestamp())))
        most = limit(query, ARRIVALS)
    text, cursor = query.get("text", "").strip(), query.get("cursor", "")
    ledgers_at = query.get("subscriber", "")
    if _ID.fullmatch(text):
        page = find_by_id(archive, chosen, text)
    elif query.get("failed"):
        ledgers, sieve = context.ledgers(ledgers_at), with_text(archive, text) if text else None
        page = find_failed_page(archive, ledgers, chosen, cursor=cursor, limit=most, sieve=sieve)
    else:
        page = find_page(
            archive, chosen, cursor=cursor, limit=most, sieve=_sieve(context, archive, text, ledgers_at)
        )
    return _page_document(page) | {"until": chosen.until}


def show(context: Context, query: Query) -> Document:
    """What became of an event, at each endpoint that has accepted it, as far as the account says it."""
    deployment, archive, ledgers = context.deployment(), context.archive(), context.ledgers()
    problems = Problems()
    known = history(deployment, archive, ledgers, query["id"], context.now(), attempt=problems.attempt)
    no_rules: dict[str, Rule | None] = {}
    rules = problems.without(lambda: _rules(deployment, ledgers.subscribers), no_rules)
    return {
        "histories": [history_document(one, rules) for one in known],
        "problems": problems.documents,
    }


def _rules(deployment: Deployment, subscribers: Sequence[DeployedSubscriber]) -> dict[str, Rule | None]:
    policies = FilterPolicies(deployment)
    with ThreadPoolExecutor(CALLS_AT_ONCE) as pool:
        found = pool.map(policies.rule_of, subscribers)
        return {subscriber.name: rule for subscriber, rule in zip(subscribers, found, strict=True)}


def _sieve(context: Context, archive: Archive, text: str, subscriber: str) -> Sieve | None:
    """What is asked beyond the index: a subscriber that has heard of it, a text in it, or both."""
    sieves = [
        *([heard_of(context.ledgers(subscriber))] if subscriber else []),
        *([with_text(archive, text)] if text else []),
    ]
    if len(sieves) < 2:
        return sieves[0] if sieves else None
    heard, has_text = sieves
    return lambda summaries: heard([event.summary for event in has_text(summaries)])


def _page_document(page: EventPage) -> Document:
    return {
        "events": [_row(event) for event in page.events],
        "cursor": page.cursor,
        "searched_since": page.searched_since,
    }


def _row(found: FoundEvent) -> Document:
    document = event_document(found)
    dead_at = [name for name, status in found.statuses.items() if status.state == "dead"]
    return document | ({"dead_at": dead_at} if dead_at else {})
