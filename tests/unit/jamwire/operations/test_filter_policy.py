"""Filter policies are read as SNS reads them, and what is beyond us is not guessed."""

from typing import Any

import pytest

from jamwire.operations.filter_policy import matches

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
