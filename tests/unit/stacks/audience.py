"""Audiences as they are deployed, of all channels or one, and what is asked of their templates."""

from functools import cache
from typing import Any

import aws_cdk as cdk

from stacks.audience import AudienceStack, Budget, Email, Site, TextMessages, Topic, WebPush
from stacks.hub import HubStack
from tests.unit.stacks.rulebook import resources, template_of

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
