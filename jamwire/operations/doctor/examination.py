"""What the checks stand on: the deployment, the time, and whom they may ask."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from jamwire.operations.archive import Archive, has_archive
from jamwire.operations.aws import aws_errors
from jamwire.operations.deployment import Deployment
from jamwire.operations.http_client import EndpointResponse
from jamwire.operations.subscribers import DeployedSubscriber, find_subscribers
from lambdas.contracts.outputs import HubOutput


@dataclass(frozen=True)
class Examination:
    """One look at a deployment.

    Attributes:
        deployment: Which.
        clock: Unix time in seconds.
        sleep: Waits so many seconds.
        ask: Posts an empty JSON object to a URL; None where nothing answers.
        token: A word that nobody has used.
    """

    deployment: Deployment
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    ask: Callable[[str], EndpointResponse | None]
    token: Callable[[], str]

    @cached_property
    def subscribers(self) -> list[DeployedSubscriber]:
        """The deployment's subscribers."""
        return list(find_subscribers(self.deployment).values())

    @cached_property
    def archive(self) -> Archive | None:
        """The event store, if there is one."""
        return Archive.of(self.deployment, self.sleep) if has_archive(self.deployment) else None

    def mappings(self, subscriber: DeployedSubscriber) -> list[Mapping[str, Any]]:
        """The event source mappings that take from a subscriber's queue.

        Raises:
            OperationError: The account cannot be asked.
        """
        return self.mappings_of(subscriber.queue_url)

    def mappings_of(self, queue_url: str) -> list[Mapping[str, Any]]:
        """The event source mappings that take from a queue.

        Raises:
            OperationError: The account cannot be asked.
        """
        with aws_errors():
            answer = self.deployment.client("lambda").list_event_source_mappings(
                EventSourceArn=self.queue_arn(queue_url)
            )
        return list(answer["EventSourceMappings"])

    def queue_arn(self, queue_url: str) -> str:
        """The name that other services know a queue by; it is in the topic's partition and region."""
        _, partition, _, region, *_ = self.deployment.hub.outputs[HubOutput.TOPIC_ARN].split(":")
        account, queue = queue_url.split("/")[-2:]
        return f"arn:{partition}:sqs:{region}:{account}:{queue}"

    def function(self, subscriber: DeployedSubscriber) -> Mapping[str, Any]:
        """The configuration of a subscriber's function; empty where it has none.

        Raises:
            OperationError: The account cannot be asked.
        """
        names = [subscriber.function] if subscriber.function else []
        return self._function(names or [m["FunctionArn"] for m in self.mappings(subscriber)])

    def variables(self, subscriber: DeployedSubscriber) -> Mapping[str, str]:
        """The environment variables of a subscriber's function, which are its settings."""
        found: Mapping[str, str] = self.function(subscriber).get("Environment", {}).get("Variables", {})
        return found

    def variables_by_queue(self, queue_url: str) -> Mapping[str, str]:
        """The same of the function that takes from a queue; empty where none does.

        Raises:
            OperationError: The account cannot be asked.
        """
        function = self._function([mapping["FunctionArn"] for mapping in self.mappings_of(queue_url)])
        found: Mapping[str, str] = function.get("Environment", {}).get("Variables", {})
        return found

    def _function(self, names: Sequence[str]) -> Mapping[str, Any]:
        if not names:
            return {}
        with aws_errors():
            found: Mapping[str, Any] = self.deployment.client("lambda").get_function_configuration(
                FunctionName=names[0]
            )
        return found
