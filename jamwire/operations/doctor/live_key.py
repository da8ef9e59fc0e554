"""How long the key lasts by which visitors listen."""

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Stack
from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each
from lambdas.contracts.outputs import LiveOutput

_DAY: Final = 86_400

RENEWED_DAYS: Final = 270
"""It is renewed each month for a year: with less than this left that has failed three times."""

ENDS_SOON_DAYS: Final = 30


def check_live_keys(examination: Examination) -> Iterator[Finding]:
    """Of each stack to which open pages listen."""
    stacks = [stack for stack in examination.deployment.stacks if LiveOutput.HTTP_URL in stack.outputs]
    yield from of_each(stacks, lambda stack: [_of(examination, stack)], lambda stack: stack.short_name)


def _of(examination: Examination, stack: Stack) -> Finding:
    name, keys = stack.short_name, _keys(examination.deployment.client("appsync"), stack)
    if not keys:
        return Finding(name, "wrong", f"its key is gone, and open pages hear nothing; deploy {stack.name}")
    days = int((max(keys) - examination.clock()) // _DAY)
    facts = {"expires_in_days": days}
    renew = f"its renewal fails: look into the alarm {stack.name}-KeyNotRenewed"
    if days < 0:
        return Finding(name, "wrong", f"its key has expired, and open pages hear nothing; {renew}", facts)
    if days < ENDS_SOON_DAYS:
        return Finding(name, "wrong", f"its key expires in {days} days; {renew}", facts)
    if days < RENEWED_DAYS:
        return Finding(name, "warning", f"its key expires in {days} days; {renew}", facts)
    return Finding(name, "ok", f"its key expires in {days} days", facts)


def _keys(appsync: Any, stack: Stack) -> list[int]:
    """When the visitors' key expires, unix seconds; all of the API's where none has the name of it."""
    host = urlsplit(stack.outputs[LiveOutput.HTTP_URL]).netloc
    with aws_errors():
        apis = [api for page in appsync.get_paginator("list_apis").paginate() for api in page["apis"]]
        ids = [api["apiId"] for api in apis if host in api.get("dns", {}).values()]
        found = [
            key
            for id in ids
            for page in appsync.get_paginator("list_api_keys").paginate(apiId=id)
            for key in page["apiKeys"]
        ]
    ours = [key for key in found if key["id"] == stack.outputs[LiveOutput.API_KEY]] or found
    return [int(key["expires"]) for key in ours]
