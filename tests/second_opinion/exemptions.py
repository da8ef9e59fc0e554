"""What checkov asks for and Jamwire does not do: each with its resources and its reason."""

from typing import Final, NamedTuple


class Exemption(NamedTuple):
    """A check that does not fit some resources.

    Attributes:
        check: Its id.
        resources: Which resources, as a regular expression of ``<type>.<logical id>``.
        reason: Why.
    """

    check: str
    resources: str
    reason: str


_OWN_KEY: Final = (
    "AWS's own keys encrypt it. A key of one's own costs $1.00 a month and $0.03 for 10,000 uses, and protects from "
    "nobody who may not read it as it is."
)
_DEMO: Final = (
    "A demonstration without content of its own, to be replaced by the distribution of a real site."
)

EXEMPTIONS: Final = (
    Exemption(
        "CKV_AWS_115",
        r"AWS::Lambda::Function\..*",
        "A new account has 10 concurrent executions, none of which can be reserved. Where a destination has a rate "
        "limit, its queue limits how many functions are at work.",
    ),
    Exemption(
        "CKV_AWS_116",
        r"AWS::Lambda::Function\..*",
        "Functions are called by queues, which have dead letters, or by API Gateway, whose caller is answered. What "
        "EventBridge sends has a queue of its own for failures (EventInvokeConfig).",
    ),
    Exemption(
        "CKV_AWS_117",
        r"AWS::Lambda::Function\..*",
        "They call AWS and public services, and nothing private. A VPC would need a NAT gateway, at $32 a month.",
    ),
    Exemption("CKV_AWS_119", r"AWS::DynamoDB::Table\..*", _OWN_KEY),
    Exemption("CKV_AWS_149", r"AWS::SecretsManager::Secret\..*", _OWN_KEY),
    Exemption("CKV_AWS_158", r"AWS::Logs::LogGroup\..*", _OWN_KEY),
    Exemption("CKV_AWS_173", r"AWS::Lambda::Function\..*", f"{_OWN_KEY} No secret is in an environment."),
    Exemption(
        "CKV_AWS_18",
        r"AWS::S3::Bucket\..*",
        "Only ingest writes and only subscribers read, and their logs name the event.",
    ),
    Exemption(
        "CKV_AWS_21",
        r"AWS::S3::Bucket\..*",
        "An object is written once and never changed. What has expired is to be gone.",
    ),
    Exemption(
        "CKV_AWS_26",
        r"AWS::SNS::Topic\.Alarms.*",
        "CloudWatch may not use SNS's own key, and alarms would be lost. An alarm holds no event.",
    ),
    Exemption(
        "CKV_AWS_26",
        r"AWS::SNS::Topic\.(MailEvents|TextsReplies).*",
        "SES and AWS End User Messaging may not use SNS's own key. What is published is handed on to one function and kept "
        "nowhere.",
    ),
    Exemption(
        "CKV_AWS_27",
        r"AWS::SQS::Queue\..*",
        "SQS encrypts it by keys of its own (SqsManagedSseEnabled), which checkov takes for none. SNS could not send to it "
        "with AWS's key in KMS, and a key of one's own is paid for by each use.",
    ),
    Exemption(
        "CKV_AWS_28",
        r"AWS::DynamoDB::Table\.(Documents|Repetitions|SilenceHearings|SubscriberLedger).*",
        "It tells what is under way or was delivered; restoring an older state would repeat messages.",
    ),
    Exemption(
        "CKV_AWS_28",
        r"AWS::DynamoDB::Table\.StateTable.*",
        "It tells what is true of topics at this moment; an older state would tell what was.",
    ),
    Exemption("CKV_AWS_68", r"AWS::CloudFront::Distribution\..*", _DEMO),
    Exemption("CKV_AWS_86", r"AWS::CloudFront::Distribution\..*", _DEMO),
    Exemption("CKV_AWS_174", r"AWS::CloudFront::Distribution\..*", _DEMO),
)
