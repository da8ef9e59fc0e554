"""Each function works by the role that its stack gives it, and by that alone.

All tests here run with IAM enforced; this one shows that it is.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.deployed.deployed import Deployed


def _actions(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


@contextmanager
def without_grant(
    deployed: Deployed, stack: str, action: str, part: tuple[str, ...] = ("Subscriber", "Ingest")
) -> Iterator[None]:
    """Take an action out of the policies of a stack's role: its subscriber's, ingest's, or another part's."""
    iam = deployed.deployment.client("iam")
    cloudformation = deployed.deployment.client("cloudformation")
    resources = cloudformation.describe_stack_resources(StackName=f"Jamwire-{stack}")["StackResources"]
    roles = [r for r in resources if r["ResourceType"] == "AWS::IAM::Role"]
    main = [r for r in roles if r["LogicalResourceId"].startswith(part)]
    [role] = [r["PhysicalResourceId"] for r in main or roles]
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    policy = iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]
    policy = json.loads(policy) if isinstance(policy, str) else policy
    kept = [statement for statement in policy["Statement"] if action not in _actions(statement)]
    assert len(kept) == len(policy["Statement"]) - 1, f"{role} was never allowed to {action}"

    def put(statements: list[Any]) -> None:
        document = json.dumps({**policy, "Statement": statements})
        iam.put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=document)

    put(kept)
    try:
        yield
    finally:
        put(policy["Statement"])


def test_ingest_that_may_not_publish_asks_the_sender_to_come_again(deployed: Deployed) -> None:
    request = deployed.signed("netlify/deploy-started")
    with without_grant(deployed, "Hub", "sns:Publish"):
        answer = deployed.post(*request)
        assert (answer.status, answer.headers["retry-after"]) == (503, "5")
    assert deployed.post(*request).status == 200


def test_an_event_waits_for_a_subscriber_that_may_not_deliver(deployed: Deployed) -> None:
    with without_grant(deployed, "Cdn", "cloudfront:CreateInvalidation"):
        sent = deployed.send("netlify/deploy-succeeded")
        deployed.until(lambda: deployed.log_has("Cdn", sent, "postponed"), "a refused attempt")
        assert "cdn" not in deployed.told(sent)
    deployed.until(lambda: "cdn" in deployed.told(sent), "the second attempt")
