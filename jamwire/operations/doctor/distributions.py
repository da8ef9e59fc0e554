"""The distributions that are purged: they exist and are in use, and few invalidations are in progress."""

from collections.abc import Iterator
from typing import Any, Final

from jamwire.operations.aws import aws_errors, none_where
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.settings import CdnSettings

MAX_IN_PROGRESS: Final = 15
"""Invalidations of paths with a wildcard (CloudFront developer guide, "Quotas": Invalidations)."""

MANY: Final = 0.8


def check_distributions(examination: Examination) -> Iterator[Finding]:
    """Of each subscriber that has distributions."""

    def look(subscriber: DeployedSubscriber) -> Iterator[Finding]:
        variables = examination.variables(subscriber)
        if "DISTRIBUTIONS" in variables:
            ids = CdnSettings.from_environment(variables).distributions
            yield from of_each(ids, lambda id: _of(examination, subscriber, id))

    yield from of_each(examination.subscribers, look, lambda subscriber: subscriber.name)


def _of(examination: Examination, subscriber: DeployedSubscriber, id: str) -> Iterator[Finding]:
    cloudfront = examination.deployment.client("cloudfront")
    answer = none_where("NoSuchDistribution", lambda: cloudfront.get_distribution(Id=id))
    found = answer["Distribution"] if answer else None
    if found is None:
        advice = f"there is no such distribution, and {subscriber.name} purges it; name another, and deploy"
        yield Finding(id, "wrong", advice)
    elif not found["DistributionConfig"]["Enabled"]:
        yield Finding(
            id, "wrong", f"it is disabled, and {subscriber.name} purges it; enable it or name another"
        )
    elif found["Status"] != "Deployed":
        yield Finding(id, "warning", f"its status is {found['Status']}; look again in some minutes")
    else:
        yield Finding(id, "ok", "deployed")
    if found:
        yield from _invalidations(cloudfront, id)


def _invalidations(cloudfront: Any, id: str) -> Iterator[Finding]:
    with aws_errors():
        newest = cloudfront.list_invalidations(DistributionId=id, MaxItems="100")["InvalidationList"]
    count = sum(item["Status"] == "InProgress" for item in newest.get("Items", []))
    subject = f"{id}: invalidations"
    if count >= MAX_IN_PROGRESS * MANY:
        advice = f"{count} of {MAX_IN_PROGRESS} are in progress; others wait for their end"
        yield Finding(subject, "warning", advice, {"used": count, "limit": MAX_IN_PROGRESS})
    else:
        yield Finding(subject, "ok", f"{count} in progress", {"used": count, "limit": MAX_IN_PROGRESS})
