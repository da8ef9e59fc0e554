"""What each function of an audience may do, and what its stack tells it."""

from collections.abc import Mapping

import pytest

from lambdas.contracts.audience_settings import (
    AudienceApiSettings,
    AudienceSettings,
    ChannelQueues,
    EmailSettings,
    MessageSettings,
    PushSettings,
    TextSettings,
)
from tests.unit.stacks.audience import (
    EMAIL,
    PUSH,
    SITE,
    actions,
    email_only,
    functions,
    listed,
    statements,
    texts,
    whole,
)

TAKES_JOBS = {
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
}
READS = {"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"}
WRITES = {"dynamodb:DeleteItem", "dynamodb:PutItem", "dynamodb:UpdateItem"}
READS_KEYS = {"secretsmanager:GetSecretValue"}
PUTS = {"sqs:SendMessage"}
SENDS_EMAIL = {"ses:SendEmail"}
SENDS_TEXTS = {"sms-voice:SendTextMessage"}

MAY: Mapping[str, Mapping[str, set[str]]] = {
    "audience_push": {"Followers": READS | WRITES, "JobsPush": TAKES_JOBS | PUTS, "Keys": READS_KEYS},
    "audience_email": {
        "Followers": READS | WRITES,
        "JobsEmail": TAKES_JOBS | PUTS,
        "JobsEmailQuestions": TAKES_JOBS | PUTS,
        "Keys": READS_KEYS,
        "identity/news@mail.example.com": SENDS_EMAIL,
        "identity/mail.example.com": SENDS_EMAIL,
        "identity/example.com": SENDS_EMAIL,
        "configuration-set/Jamwire-Audience": SENDS_EMAIL,
    },
    "audience_text": {
        "Followers": READS | WRITES,
        "JobsText": TAKES_JOBS | PUTS,
        "JobsTextQuestions": TAKES_JOBS | PUTS,
        "Keys": READS_KEYS,
        "phone-number/phone-0a1b2c": SENDS_TEXTS,
        "configuration-set/Jamwire-Audience": SENDS_TEXTS,
    },
    "audience_api": {
        "Followers": {"dynamodb:GetItem", *WRITES},
        "JobsEmailQuestions": PUTS,
        "JobsTextQuestions": PUTS,
        "Keys": READS_KEYS,
    },
    "audience_feedback": {
        "Followers": {"dynamodb:GetItem", *WRITES},
        "Keys": READS_KEYS,
        "phone-number/phone-0a1b2c": SENDS_TEXTS,
        "configuration-set/Jamwire-Audience": SENDS_TEXTS,
        "FeedbackPartsDeadLetters": {"sqs:GetQueueAttributes", "sqs:GetQueueUrl", *PUTS},
    },
    "audience_digest": {
        "Followers": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"},
        "JobsEmail": PUTS,
    },
    "audience_keys": {
        "Keys": {"secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue"},
        "phone-number/*": {"sms-voice:UpdatePhoneNumber"},
        "pool/*": {"sms-voice:UpdatePool"},
        "TextsRole": {"iam:PassRole"},
    },
}
"""What each function may do with what, beside its log."""


@pytest.mark.parametrize("folder", MAY)
def test_function_may_do_what_it_is_for_and_no_more(folder: str) -> None:
    granted = actions(whole(), folder)
    assert {name: granted for name, granted in granted.items() if "Alarms" not in name} == MAY[folder]


def test_subscriber_writes_plans_and_meets_no_key() -> None:
    granted = actions(whole(), "audience")
    assert granted["Followers"] == {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"}
    assert {name for name, each in granted.items() if each == PUTS} == {"JobsPush", "JobsEmail", "JobsText"}
    assert not any("secretsmanager" in action for each in granted.values() for action in each)


def test_no_permission_is_for_any_resource() -> None:
    for folder in functions(whole()):
        for statement in statements(whole(), folder):
            assert "*" not in listed(statement["Resource"]), folder


def test_email_is_sent_from_the_one_sender_only() -> None:
    [sending] = [each for each in statements(whole(), "audience_email") if each["Action"] == "ses:SendEmail"]
    assert sending["Condition"] == {"StringEquals": {"ses:FromAddress": "news@mail.example.com"}}


def test_role_is_passed_to_the_carrier_only() -> None:
    [passing] = [each for each in statements(whole(), "audience_keys") if each["Action"] == "iam:PassRole"]
    assert passing["Condition"] == {"StringEquals": {"iam:PassedToService": "sms-voice.amazonaws.com"}}


@pytest.mark.parametrize("folder", [*MAY, "audience"])
def test_functions_read_what_the_stack_tells_them(folder: str) -> None:
    said = {
        name: value if isinstance(value, str) else "known-later"
        for name, value in functions(whole())[folder]["Environment"]["Variables"].items()
    }
    if folder == "audience_keys":
        assert "SECRET_ARN" not in said  # it is told by CloudFormation's request
        return
    assert AudienceSettings.from_environment(said).site == SITE.told
    assert ChannelQueues.from_environment(said).push_queue_url == "known-later"
    assert PushSettings.from_environment(said) == PUSH.settings
    assert EmailSettings.from_environment(said) == EMAIL.settings("Jamwire-Audience")
    assert TextSettings.from_environment(said) == texts().settings("Jamwire-Audience")


def test_settings_of_two_kinds_never_share_a_name() -> None:
    kinds = (
        AudienceSettings,
        ChannelQueues,
        PushSettings,
        EmailSettings,
        TextSettings,
        AudienceApiSettings,
        MessageSettings,
    )
    names = [name for kind in kinds for name in kind.__dataclass_fields__]
    assert len(names) == len(set(names))


def test_audience_without_texts_may_give_its_old_number_back() -> None:
    granted = actions(email_only(), "audience_keys")
    assert granted["phone-number/*"] == {"sms-voice:UpdatePhoneNumber"}
    assert granted["pool/*"] == {"sms-voice:UpdatePool"}
    assert not any("iam:PassRole" in each for each in granted.values())
