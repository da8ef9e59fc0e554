"""The subscribers of a deployment, found through their stacks' outputs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jamwire.operations.deployment import Deployment
from jamwire.operations.errors import NotFoundError
from lambdas.contracts.outputs import SubscriberOutput


@dataclass(frozen=True, slots=True)
class DeployedSubscriber:
    """A subscriber.

    Attributes:
        name: Its stack, short; where that stack has several, with the subscriber's own id.
        queue_url: Where its events wait.
        dead_letters_url: Where events end that it could not deliver.
        ledger_table: Its memory of deliveries; empty where it was deployed before there was such an output.
        log: Its function's log group, where the ledger does not have every delivery.
        service: Its name in logs and metrics.
        rate_limit: Calls of its destination a second, at most; None for as many as there are.
    """

    name: str
    queue_url: str
    dead_letters_url: str
    ledger_table: str
    log: str = ""
    service: str = ""
    rate_limit: float | None = None


def find_subscribers(deployment: Deployment) -> Mapping[str, DeployedSubscriber]:
    """All of them by name.

    Raises:
        OperationError: The account cannot be asked.
    """
    return {subscriber.name: subscriber for subscriber in _subscribers(deployment)}


def choose_subscribers(deployment: Deployment, name: str, *, but: str = "") -> list[DeployedSubscriber]:
    """The one of this name, whatever its case; all where the name is empty; and in no case the one called `but`.

    Raises:
        OperationError: There is none of this name, or the account cannot be asked.
    """
    known = {known: subscriber for known, subscriber in find_subscribers(deployment).items() if known != but}
    chosen = [subscriber for subscriber in known.values() if name.lower() in ("", subscriber.name.lower())]
    if not chosen:
        raise NotFoundError(f"There is no subscriber {name!r}; there are: {', '.join(known)}")
    return chosen


def _subscribers(deployment: Deployment) -> Iterator[DeployedSubscriber]:
    for stack in deployment.stacks:
        for key, url in stack.outputs.items():
            id, is_dead_letters, _ = key.partition(SubscriberOutput.DEAD_LETTERS_URL)
            if is_dead_letters:
                limit = stack.outputs.get(f"{id}{SubscriberOutput.RATE_LIMIT}", "")
                yield DeployedSubscriber(
                    name=stack.short_name if id == "Subscriber" else f"{stack.short_name}-{id}",
                    queue_url=stack.outputs[f"{id}{SubscriberOutput.QUEUE_URL}"],
                    dead_letters_url=url,
                    ledger_table=stack.outputs.get(f"{id}{SubscriberOutput.LEDGER_TABLE}", ""),
                    log=stack.outputs.get(f"{id}{SubscriberOutput.LOG}", ""),
                    service=f"{stack.name}-{id}",
                    rate_limit=float(limit) if limit else None,
                )
