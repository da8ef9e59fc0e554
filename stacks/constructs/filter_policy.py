"""A subscriber's rule as an SNS subscription filter policy within SNS's limits.

SNS refuses a bad policy at deploy time and emulators accept anything, so it is checked here, at synth.
Limits: SNS developer guide, "Filter policy constraints".
"""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from stacks.rules import Policy, When, condition

MAX_KEYS: Final = 5
MAX_COMBINATIONS: Final = 150

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


def filter_policy(when: When | None) -> tuple[Policy | None, str]:
    """The policy of a rule and its scope; no policy for a subscriber that hears everything.

    There is always a scope: one that an update takes away reaches SNS as null, and SNS refuses that
    (https://github.com/aws/aws-cdk/issues/24804).

    Raises:
        ValueError: The rule is not valid, or its policy is outside SNS's limits.
    """
    if when is None:
        return None, "MessageAttributes"
    policy = condition(when).policy
    _check(policy)
    return policy, "MessageAttributes" if set(policy) == {"type"} else "MessageBody"


def _check(policy: Policy) -> None:
    if len(policy) > MAX_KEYS:
        raise ValueError(f"The rule's filter has {len(policy)} keys, SNS allows {MAX_KEYS}.")
    combinations = _combinations(policy, depth=1)
    if combinations > MAX_COMBINATIONS:
        raise ValueError(f"The rule's filter has {combinations} combinations, SNS allows {MAX_COMBINATIONS}.")


def _combinations(policy: Policy, *, depth: int) -> int:
    """Values of each array times its depth, multiplied; alternatives of an ``$or`` are added."""
    return math.prod(_factors(policy, depth))


def _factors(policy: Policy, depth: int) -> Iterator[int]:
    if not policy:
        raise ValueError("The rule's filter holds an empty object, expected keys with lists of values.")
    for key, value in policy.items():
        if key == "$or":
            yield sum(_combinations(alternative, depth=depth) for alternative in _alternatives(value))
        elif isinstance(value, Mapping):
            yield _combinations(value, depth=depth + 1)
        else:
            yield len(_values(key, value)) * depth


def _alternatives(value: Any) -> Sequence[Policy]:
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
