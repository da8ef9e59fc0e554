"""Quotas of the account that are near their end, as far as AWS tells how much of them is used."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from jamwire.operations.aws import aws_errors
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each
from jamwire.operations.doctor.text_messages import sms_settings
from jamwire.operations.secrets import find_destinations
from lambdas.contracts.outputs import HubOutput

NEAR: Final = 0.8
"""Share of a quota that is near its end."""

LOOKED_BACK: Final = dt.timedelta(days=14)
_HOUR: Final = 3600

AT_ONCE_EACH: Final = 2
"""Functions that each subscriber should be able to run at once, beside ingest."""

MAX_SECRET_BYTES: Final = 65_536
"""Of a secret's value (Secrets Manager user guide, "Quotas")."""

MAX_FILTER_POLICIES: Final = 200
"""Of a topic, by default (Amazon SNS endpoints and quotas)."""


def check_quotas(examination: Examination) -> Iterator[Finding]:
    """Each that can be read."""
    yield from of_each(_QUOTAS, lambda name: _QUOTAS[name](examination))


def _concurrency(examination: Examination) -> Iterator[Finding]:
    """Functions at once, in the whole account; a new one has a quota of ten."""
    with aws_errors():
        account = examination.deployment.client("lambda").get_account_settings()["AccountLimit"]
    limit = account["UnreservedConcurrentExecutions"]
    peak = _metric(examination, "AWS/Lambda", "ConcurrentExecutions", LOOKED_BACK)
    needed = AT_ONCE_EACH * (len(examination.subscribers) + 1)
    found = _near("functions at once", max(peak, 0), limit, "ask for more at Service Quotas, L-B99A9384")
    if found.finding == "ok" and limit < needed:
        advice = f"{limit} allowed, {needed} needed in a rush; ask for more at Service Quotas, L-B99A9384"
        found = Finding(found.subject, "warning", advice, found.facts)
    yield found


def _filter_policies(examination: Examination) -> Iterator[Finding]:
    topic = examination.deployment.hub.outputs[HubOutput.TOPIC_ARN]
    with aws_errors():
        sns = examination.deployment.client("sns")
        pages = sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        count = sum(len(page["Subscriptions"]) for page in pages)
    yield _near("filter policies of the topic", count, MAX_FILTER_POLICIES, "ask for more at Service Quotas")


def _spend(examination: Examination) -> Iterator[Finding]:
    """US dollars for text messages in this month; SNS sends none beyond the limit, and tells nobody."""
    if not sms_settings(examination):
        return
    with aws_errors():
        sns = examination.deployment.client("sns")
        attributes = sns.get_sms_attributes(attributes=["MonthlySpendLimit"])["attributes"]
    limit = float(attributes.get("MonthlySpendLimit", 1))
    spent = _metric(examination, "AWS/SNS", "SMSMonthToDateSpentUSD", dt.timedelta(days=1))
    yield _near(
        "US dollars for text messages", spent, limit, "SNS sends none beyond it: raise it (docs/deploy.md)"
    )


def _secrets(examination: Examination) -> Iterator[Finding]:
    """Bytes of each keyring: all endpoints' secrets are in one."""
    places = {place.arn: name for name, place in find_destinations(examination.deployment).items()}
    arns = {examination.deployment.hub.outputs[HubOutput.SECRET_ARN]: "endpoints", **places}
    for arn, name in arns.items():
        with aws_errors():
            answer = examination.deployment.client("secretsmanager").get_secret_value(SecretId=arn)
        size = len(answer["SecretString"].encode())
        yield _near(
            f"bytes of the keyring of {name}",
            size,
            MAX_SECRET_BYTES,
            "end old ones: jamwire secret list NAME",
        )


def _near(subject: str, used: float, limit: float, advice: str) -> Finding:
    facts = {"used": used, "limit": limit}
    said = f"{used:g} of {limit:g}"
    if used >= limit * NEAR:
        return Finding(subject, "wrong" if used >= limit else "warning", f"{said}; {advice}", facts)
    return Finding(subject, "ok", said, facts)


def _metric(examination: Examination, namespace: str, name: str, since: dt.timedelta) -> float:
    """The highest value of a metric of the account; 0 where there is none."""
    now = dt.datetime.fromtimestamp(examination.clock(), dt.UTC)
    with aws_errors():
        answer: Mapping[str, Any] = examination.deployment.client("cloudwatch").get_metric_statistics(
            Namespace=namespace,
            MetricName=name,
            Dimensions=[],
            StartTime=now - since,
            EndTime=now,
            Period=_HOUR,
            Statistics=["Maximum"],
        )
    return max((point["Maximum"] for point in answer["Datapoints"]), default=0.0)


_QUOTAS: Final[Mapping[str, Callable[[Examination], Iterator[Finding]]]] = {
    "functions at once": _concurrency,
    "filter policies of the topic": _filter_policies,
    "US dollars for text messages": _spend,
    "bytes of the keyrings": _secrets,
}
