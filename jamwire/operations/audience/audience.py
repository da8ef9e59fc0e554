"""An audience of a deployment: its table, its keys, its queues."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment, Stack
from jamwire.operations.errors import NotFoundError, OperationError
from lambdas.contracts.audience_topics import Channel
from lambdas.contracts.outputs import AudienceOutput
from lambdas.followers.keys import AudienceKeys
from lambdas.followers.sealing import Sealer
from lambdas.followers.store import BusyError, Followers

QUEUES: dict[Channel, AudienceOutput] = {
    "push": AudienceOutput.PUSH_QUEUE_URL,
    "email": AudienceOutput.EMAIL_QUEUE_URL,
    "text": AudienceOutput.TEXT_QUEUE_URL,
}
"""Where a channel's jobs go; an audience without the channel has no such output."""

QUESTIONS: dict[Channel, AudienceOutput] = {
    "email": AudienceOutput.EMAIL_QUESTIONS_URL,
    "text": AudienceOutput.TEXT_QUESTIONS_URL,
}
"""Where its questions go."""


class UnfilledError(OperationError):
    """The deployment has not filled the keys."""


@dataclass(frozen=True)
class Audience:
    """An audience.

    Attributes:
        deployment: Of which deployment.
        stack: Its stack.
    """

    deployment: Deployment
    stack: Stack

    @property
    def name(self) -> str:
        """The stack's short name."""
        return self.stack.short_name

    @property
    def table(self) -> str:
        """Its table (`lambdas.contracts.audience_table`)."""
        return self.stack.outputs[AudienceOutput.TABLE]

    @property
    def url(self) -> str:
        """The public endpoint's address, with a slash at the end; where the local account serves it."""
        if account := self.deployment.local_url:
            return f"{account}/_aws/execute-api/{self.stack.outputs[AudienceOutput.API_ID]}/"
        return self.stack.outputs[AudienceOutput.URL]

    @property
    def dynamodb(self) -> Any:
        """DynamoDB's client."""
        return self.deployment.client("dynamodb")

    @cached_property
    def followers(self) -> Followers:
        """Its followers; what the account refuses is raised as the client raises it (`aws_errors`)."""
        return Followers(self.dynamodb, self.table)

    @cached_property
    def keys(self) -> AudienceKeys:
        """Its keys.

        Raises:
            UnfilledError: The deployment has not filled them.
            OperationError: They cannot be read.
        """
        with aws_errors():
            answer = self.deployment.client("secretsmanager").get_secret_value(
                SecretId=self.stack.outputs[AudienceOutput.SECRET_ARN]
            )
        try:
            return AudienceKeys.from_json(answer["SecretString"])
        except (KeyError, ValueError):
            raise UnfilledError(f"The keys of {self.name} are not filled; deploy {self.stack.name}") from None

    @cached_property
    def sealer(self) -> Sealer:
        """Opens addresses."""
        return Sealer(self.keys.data)

    def queue_url(self, channel: Channel) -> str:
        """The queue of a channel's jobs.

        Raises:
            OperationError: The audience has no such channel.
        """
        if url := self.stack.outputs.get(QUEUES[channel]):
            return url
        raise OperationError(f"{self.name} has no followers by {channel}")


@contextmanager
def changing() -> Iterator[None]:
    """Turn what a change of followers raises into one line for a person.

    Raises:
        OperationError: AWS refuses it, the account cannot be asked, or others change the same again and again.
    """
    try:
        with aws_errors():
            yield
    except BusyError:
        raise OperationError("Others change the same followers at this moment; try again") from None


def find_audiences(deployment: Deployment) -> list[Audience]:
    """Every audience of a deployment."""
    return [Audience(deployment, s) for s in deployment.stacks if AudienceOutput.TABLE in s.outputs]


def find_audience(deployment: Deployment, name: str = "") -> Audience:
    """The audience of this name, or the only one.

    Raises:
        OperationError: There is none, or there are several and none is named.
    """
    found = {audience.name.lower(): audience for audience in find_audiences(deployment)}
    if not found:
        raise NotFoundError("There is no audience; add an AudienceStack to app.py and deploy it")
    names = ", ".join(audience.name for audience in found.values())
    if name and name.lower() not in found:
        raise NotFoundError(f"There is no audience {name!r}; there are: {names}")
    if not name and len(found) > 1:
        raise OperationError(f"There are several audiences; name one by --audience: {names}")
    return found[name.lower() or next(iter(found))]
