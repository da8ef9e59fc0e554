"""What text messages need of the account: a way out of the sandbox, and a number to be sent from."""

from collections.abc import Iterator
from typing import Any

from jamwire.operations.aws import aws_errors
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each
from jamwire.operations.doctor.origination import look_at_origination
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.settings import SmsSettings

_SANDBOX, _SENDER = "sandbox", "origination number"


def sms_settings(examination: Examination) -> list[SmsSettings]:
    """The settings of each subscriber that sends text messages."""
    found = map(examination.variables, examination.subscribers)
    return [SmsSettings.from_environment(variables) for variables in found if "PHONE_NUMBERS" in variables]


def check_text_messages(examination: Examination) -> Iterator[Finding]:
    """Of each subscriber that sends text messages."""

    def look(subscriber: DeployedSubscriber) -> Iterator[Finding]:
        variables = examination.variables(subscriber)
        if "PHONE_NUMBERS" in variables:
            settings = SmsSettings.from_environment(variables)
            looks = _OF_END_USER_MESSAGING if settings.identity else _OF_SNS
            yield from of_each(looks, lambda what: [looks[what](examination, settings)])

    yield from of_each(examination.subscribers, look, lambda subscriber: subscriber.name)


def _sandbox(examination: Examination, settings: SmsSettings) -> Finding:
    sns = examination.deployment.client("sns")
    with aws_errors():
        if not sns.get_sms_sandbox_account_status()["IsInSandbox"]:
            return Finding(_SANDBOX, "ok", "the account is out of it")
        known = _all(sns, "list_sms_sandbox_phone_numbers")
    verified = {number["PhoneNumber"] for number in known if number["Status"] == "Verified"}
    missing = [number for number in settings.phone_numbers if number not in verified]
    if missing:  # a number is personal data: it is named by its end
        ends = ", ".join(f"…{number[-2:]}" for number in missing)
        advice = (
            f"the account is in it, and gets nothing to {ends}; leave it, or verify them (docs/deploy.md)"
        )
        return Finding(_SANDBOX, "wrong", advice)
    return Finding(_SANDBOX, "warning", "the account is in it; only verified numbers get anything")


def _sender(examination: Examination, settings: SmsSettings) -> Finding:
    with aws_errors():
        owned = _all(examination.deployment.client("sns"), "list_origination_numbers")
    numbers = {number["PhoneNumber"].removeprefix("+") for number in owned}
    wanted = settings.origination_number.removeprefix("+")
    if wanted and wanted not in numbers:
        advice = (
            f"{settings.origination_number} is none of the account's; get it, or name another, and deploy"
        )
        return Finding(_SENDER, "wrong", advice)
    if not numbers and any(number.startswith("+1") for number in settings.phone_numbers):
        return Finding(
            _SENDER, "warning", "the account has none: phones in the US get nothing (docs/deploy.md)"
        )
    return Finding(_SENDER, "ok", settings.origination_number or "SNS chooses")


def _tier(examination: Examination, settings: SmsSettings) -> Finding:
    """Whether AWS End User Messaging has the account in its own sandbox (`DescribeAccountAttributes`)."""
    service = examination.deployment.client("pinpoint-sms-voice-v2")
    with aws_errors():
        attributes = service.describe_account_attributes()["AccountAttributes"]
    if {"Name": "ACCOUNT_TIER", "Value": "SANDBOX"} in attributes:
        advice = "the account is in that of End User Messaging; only verified numbers get anything"
        return Finding(_SANDBOX, "warning", advice)
    return Finding(_SANDBOX, "ok", "the account is out of it")


def _identity(examination: Examination, settings: SmsSettings) -> Finding:
    return look_at_origination(examination, _SENDER, settings.identity or "", hears=False)


def _all(sns: Any, operation: str) -> list[dict[str, Any]]:
    pages = sns.get_paginator(operation).paginate()
    return [number for page in pages for number in page["PhoneNumbers"]]


_OF_SNS = {_SANDBOX: _sandbox, _SENDER: _sender}
_OF_END_USER_MESSAGING = {_SANDBOX: _tier, _SENDER: _identity}
