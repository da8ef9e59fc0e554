"""What a subscriber hears, as an SNS subscription filter policy within SNS's limits.

SNS refuses a bad policy at deploy time and emulators accept anything, so it is checked here, at synth.
Limits: SNS developer guide, "Filter policy constraints".
"""

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

MAX_KEYS: Final = 5
MAX_COMBINATIONS: Final = 150

_EVENT: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*(\.\*)?")
_OPERATORS: Final = {
    "anything-but",
    "cidr",
    "equals-ignore-case",
    "exists",
    "numeric",
    "prefix",
    "suffix",
    "wildcard",
}


def filter_policy(events: Sequence[str], where: Mapping[str, Any]) -> tuple[dict[str, Any] | None, str]:
    """The policy and its scope; no policy for a subscriber that hears everything.

    There is always a scope: one that an update takes away reaches SNS as null, and SNS refuses that
    (https://github.com/aws/aws-cdk/issues/24804).

    Args:
        events: Event types, exact (``deploy.failed``) or a family (``deploy.*``).
        where: A condition on the event's JSON in SNS's policy language,
            ``{"data": {"notice": {"severity": ["critical"]}}}``.

    Raises:
        ValueError: A type is none, or the policy is outside SNS's limits.
    """
    if isinstance(events, str):
        raise ValueError(f"events is {events!r}, expected a list of event types such as ['deploy.*'].")
    policy: dict[str, Any] = {"type": matchers(events)} if events else {}
    if not where:
        return policy or None, "MessageAttributes"
    if "type" in where and events:
        raise ValueError("The rule names event types in events and in where, expected one of the two.")
    policy |= where
    _check(policy)
    return policy, "MessageBody"


def matchers(events: Sequence[str]) -> list[str | dict[str, str]]:
    """Event types and families in SNS's policy language.

    Raises:
        ValueError: One of them is none.
    """
    return [_matcher(event) for event in events]


def _matcher(event: str) -> str | dict[str, str]:
    if not _EVENT.fullmatch(event):
        raise ValueError(
            f"The event type is {event!r}, expected one as 'deploy.failed' or a family as 'deploy.*'."
        )
    return {"prefix": event.removesuffix("*")} if event.endswith("*") else event


def _check(policy: Mapping[str, Any]) -> None:
    if len(policy) > MAX_KEYS:
        raise ValueError(f"The rule's filter has {len(policy)} keys, SNS allows {MAX_KEYS}.")
    combinations = _combinations(policy, depth=1)
    if combinations > MAX_COMBINATIONS:
        raise ValueError(f"The rule's filter has {combinations} combinations, SNS allows {MAX_COMBINATIONS}.")


def _combinations(policy: Mapping[str, Any], *, depth: int) -> int:
    """Values of each array times its depth, multiplied; alternatives of an ``$or`` are added."""
    return math.prod(_factors(policy, depth))


def _factors(policy: Mapping[str, Any], depth: int) -> Iterator[int]:
    if not policy:
        raise ValueError("The rule's filter holds an empty object, expected keys with lists of values.")
    for key, value in policy.items():
        if key == "$or":
            yield sum(_combinations(alternative, depth=depth) for alternative in _alternatives(value))
        elif isinstance(value, Mapping):
            yield _combinations(value, depth=depth + 1)
        else:
            yield len(_values(key, value)) * depth


def _alternatives(value: Any) -> Sequence[Mapping[str, Any]]:
    if (
        not isinstance(value, list | tuple)
        or len(value) < 2
        or not all(isinstance(v, Mapping) for v in value)
    ):
        raise ValueError(f"$or is {json.dumps(value)}, expected a list of two or more filters.")
    return value


def _values(key: str, value: Any) -> Sequence[Any]:
    if not isinstance(value, list | tuple) or not value or not all(_is_condition(item) for item in value):
        raise ValueError(
            f"The rule's filter on {key!r} is {json.dumps(value)}, "
            "expected a list of values or of SNS's operators."
        )
    return value


def _is_condition(item: Any) -> bool:
    if isinstance(item, Mapping):
        return len(item) == 1 and set(item) <= _OPERATORS
    return item is None or isinstance(item, str | int | float | bool)
