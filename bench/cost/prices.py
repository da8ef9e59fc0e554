"""The public prices, in dollars, of us-east-1, without free tiers: a deployment may share its account with others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

Bill = Mapping[str, float]
"""Dollars by what they are for."""

READ: Final = "2026-11-26"
"""When this table was last compared with the services' price lists."""

MILLION: Final = 1_000_000
GB: Final = 1e9
MONTH_SECONDS: Final = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Price:
    """A price.

    Attributes:
        service: Whose.
        unit: Of what.
        dollars: For one.
        shown: The price as it is published.
        source: Where.
    """

    service: str
    unit: str
    dollars: float
    shown: str
    source: str


_AWS: Final = "https://aws.amazon.com"

PRICES: Final = {
    "api request": Price(
        "API Gateway",
        "HTTP API request of up to 512 KB",
        1 / MILLION,
        "$1.00 a million",
        f"{_AWS}/api-gateway/pricing/",
    ),
    "lambda request": Price("Lambda", "request", 0.2 / MILLION, "$0.20 a million", f"{_AWS}/lambda/pricing/"),
    "lambda gb-second": Price(
        "Lambda", "GB-second, arm64", 0.0000133334, "$0.0000133334", f"{_AWS}/lambda/pricing/"
    ),
    "sns publish": Price(
        "SNS", "publish of up to 64 KB", 0.5 / MILLION, "$0.50 a million", f"{_AWS}/sns/pricing/"
    ),
    "sqs request": Price(
        "SQS", "request of up to 64 KB", 0.4 / MILLION, "$0.40 a million", f"{_AWS}/sqs/pricing/"
    ),
    "dynamodb write": Price(
        "DynamoDB",
        "write unit, 1 KB",
        0.625 / MILLION,
        "$0.625 a million",
        f"{_AWS}/dynamodb/pricing/on-demand/",
    ),
    "dynamodb read": Price(
        "DynamoDB",
        "read unit, 4 KB",
        0.125 / MILLION,
        "$0.125 a million",
        f"{_AWS}/dynamodb/pricing/on-demand/",
    ),
    "dynamodb gb-month": Price(
        "DynamoDB", "GB kept a month", 0.25, "$0.25", f"{_AWS}/dynamodb/pricing/on-demand/"
    ),
    "dynamodb backup gb-month": Price(
        "DynamoDB",
        "GB of point-in-time recovery a month",
        0.2,
        "$0.20",
        f"{_AWS}/dynamodb/pricing/on-demand/",
    ),
    "secret month": Price(
        "Secrets Manager", "secret a month", 0.4, "$0.40", f"{_AWS}/secrets-manager/pricing/"
    ),
    "secret call": Price(
        "Secrets Manager", "call", 5 / MILLION, "$0.05 for 10,000", f"{_AWS}/secrets-manager/pricing/"
    ),
    "log gb": Price("CloudWatch", "GB of log lines", 0.5, "$0.50", f"{_AWS}/cloudwatch/pricing/"),
    "alarm metric month": Price(
        "CloudWatch", "metric of an alarm a month", 0.1, "$0.10", f"{_AWS}/cloudwatch/pricing/"
    ),
    "metric month": Price(
        "CloudWatch", "custom metric a month, while it has data", 0.3, "$0.30", f"{_AWS}/cloudwatch/pricing/"
    ),
    "dashboard month": Price("CloudWatch", "dashboard a month", 3.0, "$3.00", f"{_AWS}/cloudwatch/pricing/"),
    "key month": Price("KMS", "key of one's own a month", 1.0, "$1.00", f"{_AWS}/kms/pricing/"),
    "appsync operation": Price(
        "AppSync Events",
        "operation of up to 5 KB",
        1 / MILLION,
        "$1.00 a million",
        f"{_AWS}/appsync/pricing/",
    ),
    "appsync connection minute": Price(
        "AppSync Events", "connection minute", 0.08 / MILLION, "$0.08 a million", f"{_AWS}/appsync/pricing/"
    ),
    "waf acl month": Price("AWS WAF", "web ACL a month", 5.0, "$5.00", f"{_AWS}/waf/pricing/"),
    "waf rule month": Price("AWS WAF", "rule a month", 1.0, "$1.00", f"{_AWS}/waf/pricing/"),
    "waf request": Price("AWS WAF", "request", 0.6 / MILLION, "$0.60 a million", f"{_AWS}/waf/pricing/"),
    "cloudfront request": Price(
        "CloudFront", "HTTPS request", 1 / MILLION, "$0.01 for 10,000", f"{_AWS}/cloudfront/pricing/"
    ),
}


def dollars(what: str, amount: float = 1) -> float:
    """What so many units cost."""
    return PRICES[what].dollars * amount


def together(*bills: Bill) -> Bill:
    """The sum of bills, without what costs nothing."""
    names = dict.fromkeys(name for bill in bills for name in bill)
    sums = {name: sum(bill.get(name, 0) for bill in bills) for name in names}
    return {name: cost for name, cost in sums.items() if cost}


def total(bill: Bill) -> float:
    """All of a bill."""
    return sum(bill.values())


@dataclass(frozen=True, slots=True)
class Competitor:
    """What somebody else asks, as published.

    Attributes:
        name: Whose offer.
        at_rest: Dollars a month without an event.
        million: Dollars for a million more, beyond what the month includes.
        terms: The published terms.
        source: Where.
        read: When.
    """

    name: str
    at_rest: float
    million: float
    terms: str
    source: str
    read: str


COMPETITORS: Final = (
    Competitor(
        "Svix, Professional",
        490,
        100,
        "$490 a month with 50,000 messages, then $0.0001 a message",
        "https://www.svix.com/pricing/",
        "2026-09-20",
    ),
    Competitor(
        "Hookdeck, Team",
        39,
        10,
        "$39 a month with 10,000 events and 7 days of them, then $1.00 for 100,000, at volume down to $0.33",
        "https://hookdeck.com/pricing",
        "2026-09-20",
    ),
    Competitor(
        "AppSync Events alone",
        0,
        1,
        "$1.00 for a million operations: a publish is one, and each delivery to a page; no webhooks, no retries",
        "https://aws.amazon.com/appsync/pricing/",
        READ,
    ),
)
