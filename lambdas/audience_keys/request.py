"""What CloudFormation asks of a custom resource, and how it is answered.

CloudFormation user guide, "Custom resource request types" and "Custom resource response objects".
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from lambdas.contracts.http_request import HttpRequest

Asked = Literal["Create", "Update", "Delete"]

MAX_REASON: Final = 1000
"""Characters; an answer of more than 4096 bytes is refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """From where text messages come, and where their answers go.

    Attributes:
        arn: ARN of the phone number or the pool.
        topic_arn: The answers' topic.
        role_arn: The role by which they are published there.
    """

    arn: str
    topic_arn: str
    role_arn: str

    @property
    def is_pool(self) -> bool:
        """Whether it is a pool of numbers: ``arn:aws:sms-voice:…:pool/…``."""
        return ":pool/" in self.arn

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> "Identity | None":
        """What a resource's properties say; None for an audience without text messages.

        Raises:
            KeyError: A property is missing.
        """
        if "IdentityArn" not in properties:
            return None
        return cls(
            arn=properties["IdentityArn"],
            topic_arn=properties["RepliesTopicArn"],
            role_arn=properties["RepliesRoleArn"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the stack's properties say.

    Attributes:
        secret_arn: The secret with the keys.
        push_key: Name of the push key.
        identity: Where text messages come from; None for an audience without any, and at the end of the stack.
        left: Where they came from before, and come from no more.
    """

    secret_arn: str
    push_key: str
    identity: Identity | None = None
    left: Identity | None = None

    @classmethod
    def of(cls, event: Mapping[str, Any]) -> "Wanted":
        """Read a request.

        Raises:
            KeyError: A property is missing.
        """
        said, is_end = event["ResourceProperties"], event["RequestType"] == "Delete"
        identity = None if is_end else Identity.of(said)
        before = Identity.of(said if is_end else event.get("OldResourceProperties", {}))
        is_left = before and _is_of(event, before) and not (identity and identity.arn == before.arn)
        return cls(
            secret_arn=said["SecretArn"],
            push_key=said["PushKey"],
            identity=identity,
            left=before if is_left else None,
        )


def _is_of(event: Mapping[str, Any], identity: Identity) -> bool:
    """Whether the identity is of the stack's region and account.

    Another one was never led here: it was refused, and to refuse its end, too, would keep the stack from going back.
    """
    return bool(_place(identity.arn) == _place(event["StackId"]))


def _place(arn: str) -> list[str]:
    return arn.split(":")[3:5]


def answer(event: Mapping[str, Any], reason: str = "", data: Mapping[str, str] | None = None) -> HttpRequest:
    """The answer to CloudFormation, by the address that it gave.

    Args:
        event: The request.
        reason: Why it has failed; empty where it has not.
        data: The attributes; everybody who may see the stack sees them.
    """
    document = {
        "Status": "FAILED" if reason else "SUCCESS",
        "Reason": reason[:MAX_REASON],
        # The same each time: another one tells CloudFormation to delete what was there.
        "PhysicalResourceId": event.get("PhysicalResourceId", event["LogicalResourceId"]),
        "StackId": event["StackId"],
        "RequestId": event["RequestId"],
        "LogicalResourceId": event["LogicalResourceId"],
        "Data": data or {},
    }
    # S3 has signed the address for no content type.
    return HttpRequest(
        method="PUT",
        url=urlsplit(event["ResponseURL"]),
        body=json.dumps(document).encode(),
        headers={"content-type": ""},
    )
