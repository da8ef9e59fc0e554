"""Rules: which events a subscriber hears.

A rule is a list of event types, or a condition made of them and of what events say:

    when=["deploy.*", "form.submitted"]
    when=any_of("deploy.failed", severity("critical"))
    when=all_of(["form.*", "order.*"], severity("error", "critical"))
"""

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

from lambdas.contracts.event import SEVERITIES, Severity

Policy = Mapping[str, Any]
"""A filter in SNS's language (SNS developer guide, "Amazon SNS subscription filter policies")."""

_TYPE: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*(\.\*)?")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on an event: one of several filters matches it.

    Attributes:
        alternatives: The filters, at least one.
    """

    alternatives: tuple[Policy, ...]

    @property
    def policy(self) -> Policy:
        """The condition as one filter."""
        first, *others = self.alternatives
        return {"$or": [first, *others]} if others else first


When = Sequence[str] | Condition
"""A rule: an event type (``deploy.failed``), a family of them (``deploy.*``), a list of both, or a condition."""


def condition(when: When) -> Condition:
    """The condition of a rule.

    Raises:
        ValueError: The list is empty, or an event type is not valid.
    """
    if isinstance(when, Condition):
        return when
    types = [when] if isinstance(when, str) else list(when)
    if not types:
        raise ValueError(
            "The list of event types is empty, expected some such as ['deploy.failed', 'form.*']."
        )
    return Condition(({"type": [_matcher(type) for type in types]},))


def any_of(*conditions: When) -> Condition:
    """At least one of the conditions is true.

    Raises:
        ValueError: No condition is given, or an event type is not valid.
    """
    alternatives = [policy for one in conditions for policy in condition(one).alternatives]
    if not alternatives:
        raise ValueError("any_of has no condition, expected some such as any_of('deploy.failed', 'form.*').")
    matchers = [matcher for policy in alternatives if set(policy) == {"type"} for matcher in policy["type"]]
    types = [matcher for place, matcher in enumerate(matchers) if matcher not in matchers[:place]]
    others = [policy for policy in alternatives if set(policy) != {"type"}]
    return Condition((*([{"type": types}] if types else []), *others))


def all_of(*conditions: When) -> Condition:
    """All of the conditions are true.

    Raises:
        ValueError: No condition is given, two of them are about the same key, or an event type is not valid.
    """
    if not conditions:
        raise ValueError(
            "all_of has no condition, expected some such as all_of('form.*', severity('error'))."
        )
    choices = itertools.product(*(condition(one).alternatives for one in conditions))
    return Condition(tuple(reduce(_both, choice) for choice in choices))


def severity(*severities: Severity) -> Condition:
    """The event's notice has one of these severities.

    Raises:
        ValueError: There is no such severity.
    """
    if not severities or not set(severities) <= set(SEVERITIES):
        raise ValueError(f"severity is {severities}, expected one or more of {', '.join(SEVERITIES)}.")
    return matching({"data": {"notice": {"severity": list(severities)}}})


def matching(policy: Policy) -> Condition:
    """The event's JSON matches a filter in SNS's own language, for what the other conditions cannot say.

    A filter on ``data.payload`` does not match an event whose payload is too large to travel with it.
    """
    return Condition((policy,))


def event_types(when: When) -> list[str]:
    """The event types and families that a rule names."""
    matchers = [matcher for policy in condition(when).alternatives for matcher in policy.get("type", ())]
    named = (f"{m['prefix']}*" if isinstance(m, Mapping) and "prefix" in m else m for m in matchers)
    return [type for type in named if isinstance(type, str)]


def _matcher(type: str) -> str | dict[str, str]:
    if not _TYPE.fullmatch(type):
        raise ValueError(
            f"The event type is {type!r}, expected one as 'deploy.failed' or a family as 'deploy.*'."
        )
    return {"prefix": type.removesuffix("*")} if type.endswith("*") else type


def _both(one: Policy, other: Policy) -> Policy:
    """A filter that matches what both match."""
    return {**one, **other, **{key: _both_values(key, one[key], other[key]) for key in one if key in other}}


def _both_values(key: str, one: Any, other: Any) -> Policy:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        raise ValueError(
            f"all_of has two conditions on {key!r}, expected one, which is what SNS can compare."
        )
    return _both(one, other)
