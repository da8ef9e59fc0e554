"""The documents that ``--json`` prints and that the console is given: one function for each."""

import dataclasses
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from jamwire.operations.dead_letters import DeadLetter
from jamwire.operations.deliveries import DeliveryStatus
from jamwire.operations.events import FoundEvent, History
from jamwire.operations.filter_policy import Rule
from jamwire.operations.rejections import Rejection
from lambdas.contracts.event import Event
from lambdas.contracts.keyring import Key

Document = dict[str, Any]


def event_document(found: FoundEvent) -> Document:
    """An event of a list; where it was asked for, with its state at subscribers."""
    document = dataclasses.asdict(found.summary) | {"endpoint": found.summary.endpoint}
    return (
        document | {"deliveries": {name: status.state for name, status in found.statuses.items()}}
        if found.statuses
        else document
    )


def history_document(known: History, rules: Mapping[str, Rule | None] | None = None) -> Document:
    """What became of an event, with the event itself.

    Args:
        known: It.
        rules: The rule of each subscriber by its name, to say whether it matches, without those that are unknown; none
            to say nothing of it.
    """
    return {
        "event": json.loads(known.event.to_json()),
        "archived_until": known.archived_until,
        "deliveries": [
            {
                "replay": delivery.replay.replay if delivery.replay else None,
                "sent_at": delivery.replay.at if delivery.replay else None,
                "subscribers": [
                    _status_document(name, status)
                    | (_match_document(rules[name], known.event) if rules and name in rules else {})
                    for name, status in delivery.statuses.items()
                ],
            }
            for delivery in known.deliveries
        ],
        "story": {
            "name": known.story.name,
            "ended": known.story.announced_type,
            "timeline": known.story.timeline(),
        }
        if known.story
        else None,
    }


def rule_document(rule: Rule | None) -> Document:
    """A subscriber's rule, as SNS has it and in words; of one that is not subscribed there is none."""
    if rule is None:
        return {"rule": None, "rule_text": "it is not subscribed"}
    return {"rule": {"scope": rule.scope, "policy": rule.policy}, "rule_text": rule.text}


def dead_letter_document(letter: DeadLetter) -> Document:
    """A dead letter without the event in it."""
    left_out = ("body", "message_id", "receipt")
    return {name: value for name, value in dataclasses.asdict(letter).items() if name not in left_out}


def rejection_document(rejection: Rejection) -> Document:
    """A request that was refused."""
    return dataclasses.asdict(rejection)


def secret_document(key: Key, now: dt.datetime) -> Document:
    """A secret without its value."""
    age = now - dt.datetime.fromisoformat(key.added)
    return {"id": key.id, "created_at": key.added, "age_days": max(age // dt.timedelta(days=1), 0)}


def _status_document(name: str, status: DeliveryStatus) -> Document:
    return {"name": name, **dataclasses.asdict(status)}


def _match_document(rule: Rule | None, event: Event) -> Document:
    return {
        **rule_document(rule),
        "matched": rule.match(event) if rule else False,
        "not_matched_because": rule.why_not(event) if rule else "it is not subscribed",
    }
