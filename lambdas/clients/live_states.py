"""The state of topics in its table, each written only over the version that was read.

A function remembers what it wrote last, so that a notice costs one write while no other function writes the same topic;
where one does, DynamoDB answers with what is there, and the notice is merged with that.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from lambdas.clients.dynamodb import from_item, number, to_item
from lambdas.contracts.live_state import Entries, merge, newest_updates, unforgotten
from lambdas.contracts.live_state_table import (
    PARTITION_KEY,
    SITE,
    SORT_KEY,
    TopicState,
    UnreadableStateError,
    family_of,
    item_of,
    key_of,
    site_item,
    state_of,
    updates_of,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

MAX_REMEMBERED: Final = 5_000
MAX_TRIES: Final = 10

Mark = Callable[[TopicState], TopicState]
"""Notes on a state that is about to be written who pushes it, and when."""


def unmarked(state: TopicState) -> TopicState:
    """Of a topic that is not pushed."""
    return state


class ContendedError(Exception):
    """Others wrote the same topic each time that we tried."""


class LiveStates:
    """The states of a live stack's topics.

    Args:
        client: DynamoDB.
        table: The name of the table.
        on_unreadable: Told of each item that is no state; the topic begins anew.
    """

    def __init__(
        self, client: "DynamoDBClient", table: str, on_unreadable: Callable[[], None] = lambda: None
    ) -> None:
        self._client = client
        self._table = table
        self._on_unreadable = on_unreadable
        self._remembered: OrderedDict[str, TopicState] = OrderedDict()

    def remembered(self, channel: str) -> TopicState | None:
        """What this function knows of a topic without asking; another may have written since."""
        return self._remembered.get(channel)

    def last(self) -> TopicState | None:
        """What this function knows of the topic that it wrote last."""
        return next(reversed(self._remembered.values()), None)

    def read(self, channel: str) -> TopicState | None:
        """What is known of a topic; None where nobody has said anything."""
        answer = self._client.get_item(
            TableName=self._table, Key=to_item(key_of(channel)), ConsistentRead=True
        )
        return self._state(from_item(answer["Item"])) if "Item" in answer else None

    def read_family(self, channel: str) -> Iterator[TopicState]:
        """What is known of the topics below a name, by their names; 1 MB is read at a time, as it is asked for."""
        start: Any = {}
        while True:
            page = self._client.query(
                TableName=self._table,
                KeyConditionExpression="#family = :family AND begins_with(#channel, :beginning)",
                ExpressionAttributeNames={"#family": PARTITION_KEY, "#channel": SORT_KEY},
                ExpressionAttributeValues=to_item(
                    {":family": family_of(channel), ":beginning": f"{channel}/"}
                ),
                ConsistentRead=True,
                **start,
            )
            yield from (self._state(from_item(item)) for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def merge(
        self, channel: str, topic: str, said: Entries, *, now: int, mark: Mark = unmarked
    ) -> TopicState:
        """Merge what was said of a topic into its state, and give the state as it is then.

        What is forgotten hides nothing that still holds, however new it is: open pages never heard of it, or know it
        no more.

        Args:
            channel: The topic's channel.
            topic: The topic.
            said: What was said.
            now: Unix milliseconds.
            mark: Notes who pushes it; called again where another function was faster.

        Raises:
            ContendedError: Others wrote it each time.
        """
        known = self._remembered.get(channel) or self.read(channel) or TopicState(topic="")
        for _ in range(MAX_TRIES):
            entries = merge(unforgotten(known.entries, now), unforgotten(said, now))
            state = mark(replace(known, topic=known.topic or topic, entries=entries))
            if state == known:
                self._remember(channel, known)
                return known
            state = replace(state, version=known.version + 1)
            found = self._write(item_of(channel, state), known.version)
            if found is None:
                self._remember(channel, state)
                return state
            known = self._state(found) if found else TopicState(topic="")
        raise ContendedError

    def read_updates(self) -> list[Mapping[str, Any]]:
        """The newest updates of the site, newest first."""
        return self._updates(self._read_site())

    def add_update(self, update: Mapping[str, Any], *, now: float) -> None:
        """Add an update of the site, unless it is there; `now` in unix seconds.

        Raises:
            ContendedError: Others wrote the updates each time.
        """
        for _ in range(MAX_TRIES):
            item = self._read_site()
            updates = self._updates(item)
            if any(known["id"] == update["id"] for known in updates):
                return
            newest, version = newest_updates([update, *updates]), number(item, "version")
            if self._write(site_item(newest, version + 1, now), version) is None:
                return
        raise ContendedError

    def _state(self, item: dict[str, Any]) -> TopicState:
        try:
            return state_of(item)
        except UnreadableStateError:
            self._on_unreadable()
            return TopicState(topic="", version=number(item, "version"))

    def _updates(self, item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        try:
            return updates_of(item)
        except UnreadableStateError:
            self._on_unreadable()
            return []

    def _read_site(self) -> dict[str, Any]:
        answer = self._client.get_item(TableName=self._table, Key=to_item(key_of(SITE)), ConsistentRead=True)
        return dict(from_item(answer.get("Item", {})))

    def _write(self, item: dict[str, str | int], version: int) -> dict[str, Any] | None:
        """Write over a version; where there is another one by now, give what is there."""
        condition: dict[str, Any] = (
            {
                "ConditionExpression": "version = :version",
                "ExpressionAttributeValues": to_item({":version": version}),
            }
            if version
            else {"ConditionExpression": "attribute_not_exists(version)"}
        )
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(item),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **condition,
            )
        except self._client.exceptions.ConditionalCheckFailedException as failed:
            found: Any = failed.response.get("Item", {})
            return dict(from_item(found))
        return None

    def _remember(self, channel: str, state: TopicState) -> None:
        self._remembered[channel] = state
        self._remembered.move_to_end(channel)
        if len(self._remembered) > MAX_REMEMBERED:
            self._remembered.popitem(last=False)
