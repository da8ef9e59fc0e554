"""What an audience deploys, by its channels, and what it costs at rest."""

import json
from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import pytest

from bench.cost.at_rest import at_rest
from bench.cost.prices import total
from lambdas.contracts.audience_message_words import MESSAGE_WORDS
from lambdas.contracts.audience_words import WORDS
from lambdas.contracts.outputs import AudienceOutput
from stacks.audience import AudienceStack, Topic, WebPush
from stacks.constructs.audience_words import OwnWords
from stacks.hub import HubStack
from tests.unit.stacks.audience import (
    EMAIL,
    PUSH,
    SITE,
    TOPICS,
    email_only,
    functions,
    name_of,
    push_only,
    template,
    text_only,
    whole,
)
from tests.unit.stacks.rulebook import ROOT, resources

ALONE = {
    "push": (push_only, {"audience", "audience_api", "audience_keys", "audience_push"}),
    "email": (
        email_only,
        {
            "audience",
            "audience_api",
            "audience_keys",
            "audience_email",
            "audience_feedback",
            "audience_digest",
        },
    ),
    "text": (
        text_only,
        {"audience", "audience_api", "audience_keys", "audience_text", "audience_feedback"},
    ),
}


@pytest.mark.parametrize("channel", ALONE)
def test_channel_alone_brings_only_what_it_needs(channel: str) -> None:
    document, folders = ALONE[channel][0](), ALONE[channel][1]
    assert set(functions(document)) == folders
    queues = {name for name in document["Outputs"] if name.endswith(("QueueUrl", "QuestionsUrl"))}
    questions = {f"{channel.title()}QuestionsUrl"} if channel != "push" else set()
    assert queues == {"SubscriberQueueUrl", f"{channel.title()}QueueUrl"} | questions
    assert bool(resources(document, "AWS::SES::ConfigurationSet")) is (channel == "email")
    assert (AudienceOutput.REPLIES_TOPIC_ARN in document["Outputs"]) is (channel == "text")
    assert bool(resources(document, "AWS::Events::Rule")) is (channel == "email")


def test_sites_own_words_reach_pages_and_messages() -> None:
    own = OwnWords.of({"confirm_button": "Go on", "text_first": "STOP ends it."})
    assert own.documents == {
        "words.json": '{"confirm_button": "Go on"}',
        "message-words.json": '{"text_first": "STOP ends it."}',
    }
    assert OwnWords.of({}).documents == {}
    assert not WORDS.keys() & MESSAGE_WORDS.keys()
    document = template(words={"confirm_button": "Go on"})
    said = {name: each["Environment"]["Variables"] for name, each in functions(document).items()}
    assert said["audience_api"]["WORDS_FILE"] == "words.json"
    assert said["audience_email"]["MESSAGE_WORDS_FILE"] == ""


def test_template_holds_no_key() -> None:
    [secret] = resources(whole(), "AWS::SecretsManager::Secret")
    assert "SecretString" not in secret
    [filled] = resources(whole(), "Custom::AudienceKeys")
    assert set(filled) == {
        "ServiceToken",
        "ServiceTimeout",
        "SecretArn",
        "PushKey",
        "IdentityArn",
        "RepliesTopicArn",
        "RepliesRoleArn",
    }


def test_outputs_name_resources_and_no_person() -> None:
    outputs = {name: each["Value"] for name, each in whole()["Outputs"].items()}
    own = {name for name in outputs if not name.startswith("Subscriber")}
    assert own == {str(name) for name in AudienceOutput}
    assert "@" not in json.dumps(outputs)
    assert outputs[AudienceOutput.PUSH_KEY] == {"Fn::GetAtt": ["Filled", "PushKey"]}


def test_followers_outlive_a_slip() -> None:
    [(id, table)] = [(id, each) for id, each in whole()["Resources"].items() if id.startswith("Followers")]
    assert table["Properties"]["DeletionProtectionEnabled"] is True
    assert table["Properties"]["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert (table["DeletionPolicy"], table["UpdateReplacePolicy"]) == ("Retain", "Retain"), id
    app = cdk.App()
    hub = HubStack(app, "Hub", endpoints={"site": "netlify"})
    stack = AudienceStack(
        app, "Audience", hub=hub, when=["notice.*"], site=SITE, topics=TOPICS, channels=[PUSH]
    )
    assert stack.termination_protection


def test_jobs_are_given_one_at_a_time_and_end_in_one_place() -> None:
    mappings = resources(whole(), "AWS::Lambda::EventSourceMapping")
    of_jobs = {name_of(each["EventSourceArn"]): each for each in mappings if each["BatchSize"] == 1}
    assert set(of_jobs) == {"JobsPush", "JobsEmail", "JobsEmailQuestions", "JobsText", "JobsTextQuestions"}
    assert all(each["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for each in of_jobs.values())
    at_once = {name: each.get("ScalingConfig") for name, each in of_jobs.items()}
    assert at_once == {
        "JobsPush": None,  # push services take what comes
        "JobsEmail": {"MaximumConcurrency": 2},
        "JobsEmailQuestions": None,  # few, and cheaper to wait for
        "JobsText": {"MaximumConcurrency": 2},
        "JobsTextQuestions": None,
    }
    queues = {
        id[:-8]: each["Properties"]
        for id, each in whole()["Resources"].items()
        if "Jobs" in id[:4] and each["Type"] == "AWS::SQS::Queue"
    }
    for name, folder in (
        ("JobsPush", "audience_push"),
        ("JobsEmail", "audience_email"),
        ("JobsEmailQuestions", "audience_email"),
        ("JobsText", "audience_text"),
        ("JobsTextQuestions", "audience_text"),
    ):
        assert queues[name]["VisibilityTimeout"] == 6 * functions(whole())[folder]["Timeout"]
        redrive = queues[name]["RedrivePolicy"]
        assert name_of(redrive["deadLetterTargetArn"]) == "JobsDeadLetters"
        assert redrive["maxReceiveCount"] == 10


def test_pushes_may_be_kept_from_taking_all_functions() -> None:
    document = template(channels=[WebPush(contact="https://example.com", at_once=50), EMAIL])
    limited = {
        name_of(each["EventSourceArn"]): each["ScalingConfig"]["MaximumConcurrency"]
        for each in resources(document, "AWS::Lambda::EventSourceMapping")
        if "ScalingConfig" in each
    }
    assert limited == {"JobsPush": 50, "JobsEmail": 2}
    with pytest.raises(ValueError, match="at_once of WebPush is 1, expected 2 to 1,000"):
        WebPush(contact="https://example.com", at_once=1)


def test_changed_topics_reach_every_function() -> None:
    other = functions(template(topics={"news": Topic("News", "What is new.")}))
    same = {folder for folder, each in functions(whole()).items() if each["Code"] == other[folder]["Code"]}
    assert same == {"audience_keys"}


def test_bounces_and_answers_are_taken_in_or_kept() -> None:
    subscriptions = resources(whole(), "AWS::SNS::Subscription")
    assert sum(each["Protocol"] == "lambda" for each in subscriptions) == 2
    [destination] = resources(whole(), "AWS::SES::ConfigurationSetEventDestination")
    assert destination["EventDestination"]["MatchingEventTypes"] == ["bounce", "complaint"]
    [config] = [
        each
        for each in resources(whole(), "AWS::Lambda::EventInvokeConfig")
        if "MaximumEventAgeInSeconds" in each
    ]
    assert name_of(config["DestinationConfig"]["OnFailure"]["Destination"]) == "FeedbackPartsDeadLetters"


def test_only_ses_of_this_account_tells_of_bounces() -> None:
    policies = resources(email_only(), "AWS::SNS::TopicPolicy")
    [allowed] = [
        statement
        for policy in policies
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert allowed["Principal"] == {"Service": "ses.amazonaws.com"}
    condition = allowed["Condition"]["StringEquals"]
    assert condition["AWS:SourceAccount"] == {"Ref": "AWS::AccountId"}
    assert "configuration-set/Jamwire-Audience" in json.dumps(condition["AWS:SourceArn"])


def test_digests_are_looked_at_every_quarter_of_an_hour() -> None:
    [rule] = resources(whole(), "AWS::Events::Rule")
    assert rule["ScheduleExpression"] == "cron(0/15 * * * ? *)"
    assert "DigestsNotStarted" in json.dumps(rule["Targets"])


@pytest.mark.parametrize(
    ("document", "dollars"), [(whole, 1.93), (push_only, 1.11), (email_only, 1.47), (text_only, 1.47)]
)
def test_price_at_rest_is_what_the_page_says(document: Callable[[], dict[str, Any]], dollars: float) -> None:
    assert round(total(at_rest(document())), 2) == dollars
    assert f"${dollars:.2f}" in (ROOT / "docs" / "audience.md").read_text()


def test_another_key_changes_nothing_but_the_request() -> None:
    first, second = (template(channels=[PUSH], key=key) for key in ("1", "2"))
    assert first["Resources"].keys() == second["Resources"].keys()
    [filled] = resources(second, "Custom::AudienceKeys")
    assert filled["PushKey"] == "2"
