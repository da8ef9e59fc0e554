"""Filter policies are read as SNS reads them, and what is beyond us is not guessed."""

from typing import Any

import pytest

from jamwire.operations.filter_policy import Rule, describe, matches, mismatch
from tests.fakes.events import an_event

EVENT = {"type": "deploy.failed", "n": 3, "data": {"notice": {"severity": "critical", "tags": ["a", "b"]}}}

CASES: list[tuple[dict[str, Any], bool | None]] = [
    ({}, True),
    ({"type": ["deploy.failed"]}, True),
    ({"type": ["deploy.started", {"prefix": "deploy."}]}, True),
    ({"type": ["deploy.started"]}, False),
    ({"type": [{"suffix": ".failed"}]}, True),
    ({"type": [{"equals-ignore-case": "Deploy.Failed"}]}, True),
    ({"type": [{"anything-but": ["deploy.failed"]}]}, False),
    ({"type": [{"anything-but": "form.submitted"}]}, True),
    ({"type": [{"anything-but": {"prefix": "form."}}]}, None),
    ({"type": [{"exists": True}]}, True),
    ({"subject": [{"exists": False}]}, True),
    ({"subject": ["x"]}, False),
    ({"n": [3]}, True),
    ({"n": ["3"]}, False),
    ({"n": [{"numeric": [">", 2]}]}, None),
    ({"n": [{"numeric": [">", 2]}], "type": ["x"]}, False),
    ({"data": {"notice": {"severity": ["critical"]}}}, True),
    ({"data": {"notice": {"severity": ["info"]}}}, False),
    ({"data": {"notice": {"tags": ["b"]}}}, True),
    ({"data": {"payload": {"x": ["b"]}}}, False),
    ({"$or": [{"type": ["x"]}, {"data": {"notice": {"severity": ["critical"]}}}]}, True),
    ({"$or": [{"type": ["x"]}, {"type": ["y"]}]}, False),
    ({"$or": [{"type": ["x"]}, {"type": [{"wildcard": "d*d"}]}]}, None),
]


@pytest.mark.parametrize(("policy", "expected"), CASES, ids=[str(policy) for policy, _ in CASES])
def test_filter_policy_is_read_as_far_as_it_is_simple(policy: dict[str, Any], expected: bool | None) -> None:
    assert matches(policy, EVENT) is expected


WORDS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "", ""),
    (
        {"type": ["deploy.started", {"prefix": "build."}]},
        "type is deploy.started or build.*",
        "type is deploy.failed; the rule takes deploy.started or build.*",
    ),
    ({"type": ["deploy.failed"]}, "type is deploy.failed", ""),
    (
        {"data": {"notice": {"severity": ["info"]}, "payload": {"branch": ["main"]}}},
        "severity is info; payload.branch is main",
        "severity is critical; the rule takes info; payload.branch is not given; the rule takes main",
    ),
    (
        {"$or": [{"type": ["x"]}, {"n": [4]}]},
        "(type is x) or (n is 4)",
        "(type is deploy.failed; the rule takes x) and (n is 3; the rule takes 4)",
    ),
    (
        {"type": [{"anything-but": ["deploy.failed", "x"]}], "subject": [{"exists": True}]},
        "type is anything but deploy.failed or x; subject is anything",
        "type is deploy.failed; the rule takes anything but deploy.failed or x; subject is not given; the rule takes anything",
    ),
    ({"n": [{"numeric": [">", 2]}]}, "n is a number > 2", ""),
    ({"type": ["y" * 500]}, f"type is {'y' * 80}…", f"type is deploy.failed; the rule takes {'y' * 80}…"),
]


@pytest.mark.parametrize(("policy", "rule", "why_not"), WORDS, ids=[str(p)[:60] for p, _, _ in WORDS])
def test_rule_says_in_words_what_it_takes_and_why_not(
    policy: dict[str, Any], rule: str, why_not: str
) -> None:
    assert describe(policy) == rule
    assert mismatch(policy, EVENT) == why_not
    assert bool(why_not) is (matches(policy, EVENT) is False)


def test_rule_is_asked_of_what_its_subscription_says() -> None:
    event = an_event(id="a", type="deploy.failed")
    assert Rule("MessageAttributes", {"type": ["deploy.failed"]}).match(event) is True
    body = Rule("MessageBody", {"data": {"notice": {"title": ["nothing"]}}})
    assert body.match(event) is False
    assert body.why_not(event).startswith("title is ")
    assert Rule("MessageBody", {}).text == "every event"
