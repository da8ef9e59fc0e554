"""What an audience deploys, what each function may do, and what is refused at synth."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import Duration

from bench.cost.at_rest import at_rest
from bench.cost.prices import total
from lambdas.contracts.audience_message_words import MESSAGE_WORDS
from lambdas.contracts.audience_settings import (
    AudienceApiSettings,
    AudienceSettings,
    ChannelQueues,
    EmailSettings,
    MessageSettings,
    PushSettings,
    TextSettings,
)
from lambdas.contracts.audience_words import WORDS
from lambdas.contracts.outputs import AudienceOutput
from stacks.audience import (
    AudienceStack,
    Budget,
    Email,
    Site,
    TextMessages,
    Topic,
    Turnstile,
    WebPush,
)
from stacks.constructs.audience_words import OwnWords
from stacks.hub import HubStack
from tests.unit.stacks.rulebook import ROOT, resources, template_of

NUMBER = "arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-0a1b2c"
CONSENT = "Yes, tell me."

SITE = Site(
    name="Harbour Buses",
    url="https://example.com",
    privacy_url="https://example.com/privacy",
    zone="America/New_York",
)
TOPICS = {
    "line-*": Topic("Line {}", "Delays, as they happen."),
    "news": Topic("News", "What is new on the site.", types=("site.published",)),
}
PUSH = WebPush(contact="mailto:web@example.com")
EMAIL = Email(sender="Harbour Buses <news@mail.example.com>", consent=CONSENT)


def texts(**changes: Any) -> TextMessages:
    said: dict[str, Any] = {
        "identity": NUMBER,
        "consent": CONSENT,
        "help": "Reply STOP to end.",
        "countries": ["US", "CA"],
        "budget": Budget(per_day=500, per_number=5),
    }
    return TextMessages(**(said | changes))


def template(**props: Any) -> dict[str, Any]:
    def build(app: cdk.App, hub: HubStack) -> cdk.Stack:
        said: dict[str, Any] = {
            "when": ["notice.*"],
            "site": SITE,
            "topics": TOPICS,
            "channels": [PUSH, EMAIL, texts()],
        }
        return AudienceStack(app, "Audience", hub=hub, **(said | props))

    return dict(template_of(build).to_json())


@cache
def whole() -> dict[str, Any]:
    """An audience with all channels."""
    return template()


@cache
def push_only() -> dict[str, Any]:
    return template(channels=[PUSH])


@cache
def email_only() -> dict[str, Any]:
    return template(channels=[EMAIL])


@cache
def text_only() -> dict[str, Any]:
    return template(channels=[texts()])


def functions(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The functions by their folders."""
    return {each["Handler"].split(".")[1]: each for each in resources(document, "AWS::Lambda::Function")}


def statements(document: dict[str, Any], folder: str) -> list[dict[str, Any]]:
    """What the role of a function may do."""
    role = functions(document)[folder]["Role"]["Fn::GetAtt"][0]
    policies = [each for each in resources(document, "AWS::IAM::Policy") if {"Ref": role} in each["Roles"]]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


def actions(document: dict[str, Any], folder: str) -> dict[str, set[str]]:
    """The actions by the resources' logical ids, without what every function may."""
    found: dict[str, set[str]] = {}
    for statement in statements(document, folder):
        named = statement["Action"]
        allowed = {named} if isinstance(named, str) else set(named)
        for resource in listed(statement["Resource"]):
            found.setdefault(name_of(resource), set()).update(allowed)
    return {name: each for name, each in found.items() if not each & {"logs:PutLogEvents"}}


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def name_of(resource: Any) -> str:
    """The logical id without its hash, or what an ARN ends with."""
    if isinstance(resource, str):
        return resource.rpartition(":")[2]
    [(function, argument)] = resource.items()
    if function == "Fn::Join":
        return str(argument[1][-1]).rpartition(":")[2]
    if function == "Fn::GetStackOutput":
        return str(argument["OutputName"])
    return str(argument if function == "Ref" else argument[0])[:-8]


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


def test_endpoint_is_told_of_its_challenge() -> None:
    document = template(challenge=Turnstile("0x4AAAAAAADnPIDROrmt1Wwj"), per_network=30)
    said = functions(document)["audience_api"]["Environment"]["Variables"]
    told = AudienceApiSettings.from_environment(said)
    assert (told.challenge_site_key, told.per_network) == ("0x4AAAAAAADnPIDROrmt1Wwj", 30)


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


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"confirm": "Hello"}, ""),
        ({"no such": "Hello"}, "words has 'no such', expected one of asked_title"),
        ({"confirm": "$number"}, "'confirm' is '\\$number', expected no other word"),
        ({"text_first": "$number"}, "'text_first' name number, expected only nothing"),
    ],
)
def test_words_that_cannot_be_said_are_refused(words: dict[str, str], says: str) -> None:
    if not says:
        assert OwnWords.of(words).pages == words
        return
    with pytest.raises(ValueError, match=says):
        OwnWords.of(words)


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


def test_endpoint_has_a_limit_for_each_route() -> None:
    [stage] = resources(whole(), "AWS::ApiGatewayV2::Stage")
    routes = {each["RouteKey"] for each in resources(whole(), "AWS::ApiGatewayV2::Route")}
    assert set(stage["RouteSettings"]) == routes
    assert {
        "GET /settings",
        "POST /follow",
        "POST /state",
        "GET /preferences",
        "POST /preferences",
        "POST /renew",
        "GET /confirm",
        "POST /confirm",
        "GET /unsubscribe",
        "POST /unsubscribe",
    } < routes
    strange = stage["RouteSettings"]["POST /{path+}"]
    assert strange == {"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20}


def test_preflights_are_answered_for_the_site_only() -> None:
    [api] = resources(
        template(site=Site(name="Buses", url="https://Example.com/buses", zone="UTC")),
        "AWS::ApiGatewayV2::Api",
    )
    assert api["CorsConfiguration"]["AllowOrigins"] == ["https://example.com"]
    assert "AllowCredentials" not in api["CorsConfiguration"]
    methods = {each["RouteKey"].split()[0] for each in resources(whole(), "AWS::ApiGatewayV2::Route")}
    assert methods == {"GET", "HEAD", "POST"}  # a route of any method would be given them


def test_access_log_tells_neither_who_nor_by_which_link() -> None:
    [stage] = resources(whole(), "AWS::ApiGatewayV2::Stage")
    logged = set(json.loads(stage["AccessLogSettings"]["Format"]).values())
    assert logged == {
        "$context.requestId",
        "$context.requestTimeEpoch",
        "$context.routeKey",
        "$context.status",
        "$context.responseLatency",
    }


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


def test_audience_without_texts_may_give_its_old_number_back() -> None:
    granted = actions(email_only(), "audience_keys")
    assert granted["phone-number/*"] == {"sms-voice:UpdatePhoneNumber"}
    assert granted["pool/*"] == {"sms-voice:UpdatePool"}
    assert not any("iam:PassRole" in each for each in granted.values())


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


WRONG_TOPICS: list[tuple[dict[str, Topic], str]] = [
    ({}, "topics is empty, expected one at least"),
    ({"line 12": Topic("Line", "Delays.")}, "topics has 'line 12', expected a name such as 'line-12'"),
    ({"line-*-*": Topic("Line {} {}", "Delays.")}, "topics has 'line-\\*-\\*', expected"),
    ({"/news": Topic("News", "New.")}, "topics has '/news', expected"),
    ({"a/b/c/d/e": Topic("Deep", "Deep.")}, "topics has 'a/b/c/d/e', expected"),
    ({"line-*": Topic("Line", "Delays.")}, "title of the topic 'line-\\*' is 'Line', expected one {}"),
    ({"news": Topic("News {}", "New.")}, "title of the topic 'news' is 'News {}', expected no {}"),
    ({"news": Topic("", "New.")}, "has the title '' and the text 'New.', expected words in both"),
    ({"news": Topic("News", " ")}, "has the title 'News' and the text ' ', expected words in both"),
    (
        {"line-*": Topic("Line {}", "Delays.", types=("notice.sent",))},
        "family 'line-\\*' has the types \\('notice.sent',\\), expected none",
    ),
    ({"news": Topic("News", "New.", types=("Site!",))}, "has the type 'Site!', expected an event type"),
]


@pytest.mark.parametrize(("topics", "says"), WRONG_TOPICS, ids=lambda value: str(value)[:30])
def test_topic_that_nobody_could_follow_is_refused(topics: dict[str, Topic], says: str) -> None:
    with pytest.raises(ValueError, match=rf"^[^\n]*{says}[^\n]*\.$"):
        template(topics=topics)


def test_no_channel_and_two_of_one_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="channels is empty, expected one at least of WebPush"):
        template(channels=[])
    with pytest.raises(ValueError, match="channels has WebPush, Email, WebPush, expected each kind once"):
        template(channels=[PUSH, EMAIL, PUSH])


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "example.com",
        "https://",
        "https://user@example.com",
        "https://example.com?a=1",
        "https://exa mple.com",
        "https://[",
        "ftp://localhost",
    ],
)
def test_site_without_a_plain_https_address_is_refused(url: str) -> None:
    with pytest.raises(
        ValueError, match=r"The url of the site is '.*', expected one such as 'https://example.com'"
    ):
        Site(name="Buses", url=url)
    with pytest.raises(ValueError, match="The privacy_url of the site is"):
        Site(name="Buses", url="https://example.com", privacy_url=url)


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1", "http://[::1]:3000/buses"])
def test_site_on_this_machine_needs_no_tls(url: str) -> None:
    assert Site(name="Buses", url=url).told.url == url


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": " "}, "name of the site is ' '"),
        ({"locale": "english please"}, "locale of the site is"),
        ({"zone": "New York"}, "zone of the site is"),
    ],
)
def test_site_without_words_is_refused(wrong: dict[str, str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Site(**{"name": "Buses", "url": "https://example.com", **wrong})


def test_text_messages_want_the_zone_of_their_quiet_hours() -> None:
    site = Site(name="Buses", url="https://example.com")
    with pytest.raises(ValueError, match=r"The site has no zone, expected one such as Site\(zone='America"):
        template(site=site)
    template(site=site, channels=[PUSH, EMAIL])


@pytest.mark.parametrize(
    "contact", ["web@example.com", "mailto:", "mailto:a@b", "http://example.com", "tel:+1206", ""]
)
def test_contact_that_no_push_service_takes_is_refused(contact: str) -> None:
    with pytest.raises(
        ValueError, match=r"The contact of WebPush is '.*', expected one such as 'mailto:web@example.com'"
    ):
        WebPush(contact=contact)


@pytest.mark.parametrize(
    "service", ["http://push.example.com", "https://push.example.com/", "push.example.com"]
)
def test_push_service_that_is_no_origin_is_refused(service: str) -> None:
    with pytest.raises(ValueError, match=r"The services of WebPush have '.*', expected an origin"):
        WebPush(contact="https://example.com", services=[service])
    assert WebPush(contact="https://example.com", services=["http://127.0.0.1:8123"]).settings.push_services


@pytest.mark.parametrize(
    "sender",
    [
        "",
        "news",
        "news@localhost",
        "a@example.com, b@example.com",
        "a@example.com; b@example.com",
        "News <a@example.com>\nBcc: b@example.com",
        "News <a@example.com> <b@example.com>",
    ],
)
def test_sender_that_is_no_single_address_is_refused(sender: str) -> None:
    with pytest.raises(ValueError, match=r"^The sender of Email is .*, expected one address such as"):
        Email(sender=sender, consent=CONSENT)
    if sender:
        with pytest.raises(ValueError, match=r"^The reply_to of Email is"):
            Email(sender="news@example.com", consent=CONSENT, reply_to=sender)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"consent": ""}, "The consent of Email is '', expected words"),
        ({"per_second": 0}, "per_second is 0, expected"),
        ({"questions_per_day": 0}, "questions_per_day is 0, expected a whole number from 1"),
        ({"questions_per_day": 1e3}, "questions_per_day is 1000.0, expected a whole number from 1"),
        (
            {"give_up_after": Duration.days(8)},
            "give_up_after of Email is 691200 s, expected a minute to seven days",
        ),
    ],
)
def test_email_with_a_value_that_cannot_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Email(**{"sender": "news@example.com", "consent": CONSENT, **wrong})


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"consent": " "}, "The consent of TextMessages is ' ', expected words"),
        ({"help": ""}, "The help of TextMessages is '', expected words"),
        ({"identity": ""}, "The identity of TextMessages is '', expected the ARN"),
        ({"identity": "+18005550199"}, "The identity of TextMessages is '\\+18005550199', expected the ARN"),
        (
            {"identity": NUMBER.replace("phone-number/phone", "sender-id/BUSES")},
            "expected the ARN of a phone number",
        ),
        ({"countries": []}, "The countries of TextMessages are \\[\\], expected a list"),
        ({"countries": "US"}, "The countries of TextMessages are 'US', expected a list"),
        ({"countries": ["us"]}, "The countries of TextMessages are \\['us'\\], expected a list"),
        ({"quiet_hours": ("21:00", "21:00")}, "quiet_hours of TextMessages are .*, expected two different"),
        ({"quiet_hours": ("21:00", "24:00")}, "quiet_hours of TextMessages are .*, expected two different"),
        ({"quiet_hours": ("21:00",)}, "quiet_hours of TextMessages are .*, expected two different"),
        ({"max_price": 0}, "max_price of TextMessages is 0, expected US dollars above 0"),
        ({"max_price": 5}, "max_price of TextMessages is 5, expected US dollars above 0, up to 1.00"),
        ({"codes_per_day": 0}, "codes_per_day of TextMessages is 0, expected a whole number from 1"),
        ({"codes_per_day": 501}, "codes_per_day of TextMessages is 501, expected .* per_day, 500"),
        ({"give_up_after": Duration.seconds(1)}, "give_up_after of TextMessages is 1 s, expected"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_text_messages_with_a_value_that_cannot_be_are_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=rf"^[^\n]*{says}[^\n]*$"):
        texts(**wrong)


def test_text_messages_need_consent_help_identity_and_countries() -> None:
    with pytest.raises(TypeError, match="'identity', 'consent', 'help', 'countries', and 'budget'"):
        TextMessages()  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"key": "a key"}, "key is 'a key', expected a name of up to 20 letters"),
        ({"per_network": 0}, "per_network is 0, expected a whole number from 1"),
    ],
)
def test_audience_with_a_value_that_cannot_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        template(**wrong)


def test_challenge_that_is_no_site_key_is_refused() -> None:
    with pytest.raises(ValueError, match="The site_key of Turnstile is 'secret', expected one such as"):
        Turnstile("secret")
