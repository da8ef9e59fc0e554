"""What the rulebook has to say of text messages, and what it is told when it does not."""

import json
from typing import Any

import aws_cdk as cdk
import pytest

from lambdas.contracts.settings import SmsSettings
from stacks.hub import HubStack
from stacks.sms import Budget, QuietHours, SmsStack
from tests.unit.stacks.rulebook import resources, shipped, template_of

NUMBERS = ["+12065550100", "+12065550101"]
NIGHT = QuietHours("22:00", "07:00", "Europe/Berlin")


def function(**props: Any) -> dict[str, Any]:
    def build(app: cdk.App, hub: HubStack) -> cdk.Stack:
        return SmsStack(app, "Sms", hub=hub, phone_numbers=NUMBERS, **props)

    [found] = resources(template_of(build), "AWS::Lambda::Function")
    return found


def test_budget_below_one_part_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^The budget's per_day is 1, expected at least 2: [^\n]*\.$"):
        function(budget=Budget(per_day=1, per_number=1))


def test_too_many_numbers_are_refused_in_one_sentence() -> None:
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
def test_invalid_budget_is_refused_in_one_sentence(per_day: Any, per_number: Any) -> None:
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
def test_invalid_quiet_hours_are_refused_in_one_sentence(start: Any, end: Any, zone: Any) -> None:
    with pytest.raises(ValueError, match=r"^The [^\n]*quiet hours.*, expected [^\n]*\.$"):
        QuietHours(start, end, zone)


def test_function_reads_the_settings_of_its_stack() -> None:
    variables = function(budget=Budget(50, 10), quiet_hours=NIGHT, max_price=0.4)["Environment"]["Variables"]
    assert SmsSettings.from_environment(variables) == SmsSettings(
        phone_numbers=tuple(NUMBERS), max_price=0.4, budget=Budget(50, 10), quiet_hours=NIGHT
    )
    assert json.loads(variables["RATE_LIMIT"]) == {"per_second": 20, "burst": 20}


@pytest.mark.parametrize("number", ["+18005550100", "18005550100", "12345"])
def test_number_that_they_are_sent_from_is_told(number: str) -> None:
    variables = function(budget=Budget(50, 10), origination_number=number)["Environment"]["Variables"]
    assert SmsSettings.from_environment(variables).origination_number == number


@pytest.mark.parametrize("number", ["1234", "Jamwire", "+1 800 555 0100", "1" * 15])
def test_number_that_is_none_is_refused_in_one_sentence(number: str) -> None:
    with pytest.raises(ValueError, match=r"^The origination_number is '.*', expected [^\n]*\.$"):
        function(budget=Budget(50, 10), origination_number=number)


def test_quiet_hours_may_be_left_out() -> None:
    variables = function(budget=Budget(50, 10))["Environment"]["Variables"]
    assert SmsSettings.from_environment(variables).quiet_hours is None


def test_event_may_wait_for_the_end_of_the_next_night() -> None:
    variables = function(budget=Budget(50, 10))["Environment"]["Variables"]
    assert float(variables["GIVE_UP_AFTER"]) >= (24 + 23) * 3600


IDENTITY = "arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-0a1b2c"


def test_identity_takes_the_place_of_sns() -> None:
    def build(app: cdk.App, hub: HubStack) -> cdk.Stack:
        budget = Budget(50, 10)
        return SmsStack(app, "Sms", hub=hub, phone_numbers=NUMBERS, budget=budget, identity=IDENTITY)

    template = template_of(build)
    policies = json.dumps(resources(template, "AWS::IAM::Policy"))
    assert "sms-voice:SendTextMessage" in policies
    assert IDENTITY in policies
    assert "sns:Publish" not in policies
    variables = function(budget=Budget(50, 10), identity=IDENTITY)["Environment"]["Variables"]
    assert SmsSettings.from_environment(variables).identity == IDENTITY


@pytest.mark.parametrize(
    ("identity", "number", "expected"),
    [
        ("+18005550100", "", "The identity is"),
        (IDENTITY.replace("phone-number", "sender-id"), "", "The identity is"),
        (IDENTITY, "+18005550100", "Both identity and origination_number are given"),
    ],
)
def test_identity_that_is_none_is_refused_in_one_sentence(identity: str, number: str, expected: str) -> None:
    with pytest.raises(ValueError, match=rf"^{expected}.*, expected [^\n]*\.$"):
        function(budget=Budget(50, 10), identity=identity, origination_number=number)


def test_sms_publishes_to_numbers_and_to_no_topic() -> None:
    [statement] = [
        statement
        for policy in resources(shipped()["Jamwire-Sms"], "AWS::IAM::Policy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Action"] == "sns:Publish"
    ]
    assert statement["NotResource"] == "arn:*:sns:*:*:*"


@pytest.mark.parametrize(
    "numbers", [[], "+12065550100", ["12065550100"], ["+1 206 555 0100"], ["+0206"], [""]]
)
def test_a_number_that_is_not_e164_is_refused_in_one_sentence(numbers: Any) -> None:
    with pytest.raises(ValueError, match=r"(number is|phone_numbers is) .*, expected .*\.$"):
        template_of(
            lambda app, hub: SmsStack(app, "Sms", hub=hub, phone_numbers=numbers, budget=Budget(50, 10))
        )
