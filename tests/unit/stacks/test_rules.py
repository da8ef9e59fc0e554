"""Rules in the rulebook's words become filters in SNS's language that match what the words say."""

import itertools
from typing import Any

import pytest

from jamwire.operations.filter_policy import matches
from stacks.rules import When, all_of, any_of, condition, event_types, matching, severity

CRITICAL = {"data": {"notice": {"severity": ["critical"]}}}


def policy(when: When) -> Any:
    return condition(when).policy


def test_list_names_types_and_families() -> None:
    assert policy(["form.submitted", "deploy.*"]) == {"type": ["form.submitted", {"prefix": "deploy."}]}
    assert policy("site.*") == policy(["site.*"]) == {"type": [{"prefix": "site."}]}


def test_any_of_types_is_one_list_without_repetition() -> None:
    assert policy(any_of("deploy.*", ["form.submitted", "deploy.*"])) == policy(
        ["deploy.*", "form.submitted"]
    )


def test_any_of_conditions_is_an_or() -> None:
    assert policy(any_of("deploy.failed", severity("critical"))) == {
        "$or": [{"type": ["deploy.failed"]}, CRITICAL]
    }


def test_all_of_conditions_is_one_filter() -> None:
    docs = matching({"data": {"notice": {"site": ["docs"]}}})
    assert policy(all_of(["deploy.*"], severity("error", "critical"), docs)) == {
        "type": [{"prefix": "deploy."}],
        "data": {"notice": {"severity": ["error", "critical"], "site": ["docs"]}},
    }


def test_conditions_can_be_nested() -> None:
    when = any_of("alarm.*", all_of(any_of("deploy.*", severity("error")), matching({"subject": ["docs"]})))
    for type, level, subject in itertools.product(
        ("alarm.raised", "deploy.failed", "form.submitted"), ("info", "error"), ("docs", "shop")
    ):
        event = {"type": type, "subject": subject, "data": {"notice": {"severity": level}}}
        wanted = type == "alarm.raised" or (
            subject == "docs" and (type == "deploy.failed" or level == "error")
        )
        assert matches(policy(when), event) is wanted


def test_types_that_a_rule_names_are_known() -> None:
    assert event_types(any_of("a.b", all_of(["c.*"], severity("info")), matching(CRITICAL))) == ["a.b", "c.*"]


@pytest.mark.parametrize("type", ["deploy*", "*", "", "Deploy.failed", "deploy.", ".failed", "a b"])
def test_event_type_that_is_not_valid_is_refused(type: str) -> None:
    with pytest.raises(ValueError, match=r"^The event type is .*, expected .*\.$"):
        any_of(type)


@pytest.mark.parametrize(
    "make",
    [
        lambda: any_of(),
        lambda: all_of(),
        lambda: condition([]),
        lambda: severity(),
        lambda: severity("urgent"),  # type: ignore[arg-type]
        lambda: all_of("deploy.failed", "form.submitted"),
        lambda: all_of(severity("error"), severity("critical")),
    ],
)
def test_condition_that_nothing_could_meet_is_refused_in_one_sentence(make: Any) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]*, expected [^\n]*\.$"):
        make()
