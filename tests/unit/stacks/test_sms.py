"""What the rulebook has to say of text messages, and what it is told when it does not."""

import json
from typing import Any

import aws_cdk as cdk
import pytest

from stacks.hub import HubStack
from stacks.sms import Budget, QuietHours, SmsStack
from tests.unit.stacks.rulebook import resources, template_of

NUMBERS = ["+12065550100", "+12065550101"]
NIGHT = QuietHours("22:00", "07:00", "Europe/Berlin")


def function(**props: Any) -> dict[str, Any]:
    def build(app: cdk.App, hub: HubStack) -> cdk.Stack:
        return SmsStack(app, "Sms", hub=hub, phone_numbers=NUMBERS, **props)

    [found] = resources(template_of(build), "AWS::Lambda::Function")
    return found


def test_a_budget_that_is_less_than_one_part_for_each_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^The budget's per_day is 1, expected at least 2: [^\n]*\.$"):
        function(budget=Budget(per_day=1, per_number=1))


def test_more_numbers_than_the_environment_holds_are_refused_in_one_sentence() -> None:
    numbers = [f"+1206555{n:04}" for n in range(200)]
    with pytest.raises(
        ValueError,
        match=r"^The environment of Jamwire-Sms-Subscriber is \d+ bytes as JSON, most of it PHONE_NUMBERS, "
        r"expected at most 4096, [^\n]*\.$",
    ):
        template_of(
            lambda app, hub: SmsStack(app, "Sms", hub=hub, phone_numbers=numbers, budget=Budget(500, 10))
        )


@pytest.mark.parametrize(
    ("per_day", "per_number"), [(0, 1), (-1, 1), (5.0, 1), (True, 1), ("5", 1), (5, 0), (5, None), (5, 6)]
)
def test_a_budget_that_is_no_number_of_parts_is_refused_in_one_sentence(
    per_day: Any, per_number: Any
) -> None:
    with pytest.raises(ValueError, match=r"^The budget's per_(day|number) is .*, expected [^\n]*\.$"):
        Budget(per_day=per_day, per_number=per_number)


@pytest.mark.parametrize(
    ("start", "end", "zone"),
    [
        ("22", "07:00", "UTC"),
        ("24:00", "07:00", "UTC"),
        ("22:60", "07:00", "UTC"),
        ("22:00", 7, "UTC"),
        ("22:00", "22:00", "UTC"),
        ("22:00", "07:00", "Berlin"),
        ("22:00", "07:00", "../etc/passwd"),
        ("22:00", "07:00", ""),
        ("22:00", "07:00", None),
    ],
)
def test_quiet_hours_that_are_none_are_refused_in_one_sentence(start: Any, end: Any, zone: Any) -> None:
    with pytest.raises(ValueError, match=r"^The [^\n]*quiet hours.*, expected [^\n]*\.$"):
        QuietHours(start, end, zone)


def test_the_function_knows_the_rules() -> None:
    variables = function(budget=Budget(50, 10), quiet_hours=NIGHT)["Environment"]["Variables"]
    assert Budget.from_json(variables["BUDGET"]) == Budget(50, 10)
    assert QuietHours.from_json(variables["QUIET_HOURS"]) == NIGHT
    assert json.loads(variables["RATE_LIMIT"]) == {"per_second": 20, "burst": 20}
    assert "QUIET_HOURS" not in function(budget=Budget(50, 10))["Environment"]["Variables"]


def test_an_event_may_wait_for_the_next_day_and_the_end_of_its_night() -> None:
    variables = function(budget=Budget(50, 10))["Environment"]["Variables"]
    assert float(variables["GIVE_UP_AFTER"]) >= (24 + 23) * 3600
