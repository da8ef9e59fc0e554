"""Followers, and all that is kept of one person."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from jamwire.operations.audience.addresses import Address, shown_address
from jamwire.operations.audience.audience import Audience
from jamwire.operations.aws import aws_errors
from jamwire.operations.dynamodb import from_item, to_item
from lambdas.contracts.audience_table import PARTITION_KEY, SORT_KEY, follower_partition
from lambdas.followers.follower import Follower
from lambdas.followers.identity import follower_id
from lambdas.followers.sealing import UnreadableError

CURSOR: Final = "cursor"
"""Up to which recipient a job is done: an id (`lambdas.followers.job_item`)."""

ASKED: Final = "follower"
"""Which follower of a mailbox was asked: an id (`lambdas.followers.mailboxes`)."""

UNREADABLE: Final = "(sealed with another key)"
_HIDDEN: Final = ("version", "question", "ttl", "address", "id", "asked_at")


@dataclass(frozen=True, slots=True)
class Listed:
    """A follower as a list shows it.

    Attributes:
        follower: The follower.
        address: Its address, or as much of it as may be seen; empty where none is kept.
    """

    follower: Follower
    address: str


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is kept of a person.

    Attributes:
        address: The address that was asked for.
        follower: The follower; None where there is none.
        opened: What is sealed in it, in clear; of web push the subscription.
        proofs: What is left of earlier consents.
        traces: The keys of other items with its id: places among the recipients, messages that were sent, counters.
    """

    address: Address
    follower: Follower | None
    opened: str = field(default="", repr=False)
    proofs: tuple[Follower, ...] = ()
    traces: tuple[dict[str, Any], ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether there is nothing."""
        return not (self.follower or self.proofs or self.traces)

    @property
    def document(self) -> dict[str, Any]:
        """As a document that can be handed to the person (GDPR, article 15 and 20)."""
        return {
            "channel": self.address.channel,
            "address": self.address.text,
            **({"follower": _document(self.follower)} if self.follower else {}),
            **({"sealed": self.opened} if self.address.channel == "push" and self.opened else {}),
            "earlier_consents": [_document(proof) for proof in self.proofs],
            "other_records": list(self.traces),
        }


def list_followers(audience: Audience, topic: str = "", *, whole: bool) -> Iterator[Listed]:
    """Every follower in whatever state, or those of a topic; the table is read whole.

    Args:
        audience: The audience.
        topic: Only who follows it; empty for all.
        whole: Whether whole addresses are shown.

    Raises:
        OperationError: The account cannot be asked.
    """
    with aws_errors():
        for follower in audience.followers.all():
            if not topic or topic in follower.topics:
                yield Listed(follower, _shown(audience, follower, whole=whole))


def all_kept(audience: Audience, address: Address) -> Kept:
    """All that is kept of a person. The table is read whole, so that nothing is left out.

    Raises:
        OperationError: The account cannot be asked.
    """
    id = follower_id(audience.keys.lookup, address.channel, address.text)
    with aws_errors():
        follower = audience.followers.get(id)
        proofs = tuple(audience.followers.proofs(id))
        traces = tuple(from_item(item) for item in items_with(audience, id))
    own = follower_partition(id)
    return Kept(
        address,
        follower,
        _opened(audience, follower) if follower else "",
        proofs,
        tuple(_trace(item) for item in traces if item[PARTITION_KEY] != own),
    )


def items_with(audience: Audience, id: str) -> Iterator[dict[str, Any]]:
    """Every item of the table with an id in its key, as a job's cursor or as who was asked, in DynamoDB's own JSON."""
    start: dict[str, Any] = {}
    while True:
        page = audience.dynamodb.scan(
            TableName=audience.table,
            ConsistentRead=True,
            FilterExpression="#sort = :id OR contains(#key, :id) OR #cursor = :id OR #follower = :id",
            ExpressionAttributeNames={
                "#sort": SORT_KEY,
                "#key": PARTITION_KEY,
                "#cursor": CURSOR,
                "#follower": ASKED,
            },
            ExpressionAttributeValues=to_item({":id": id}),
            **start,
        )
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def follower_document(listed: Listed) -> dict[str, Any]:
    """A listed follower for ``--json``."""
    return {"id": listed.follower.id, "address": listed.address} | _document(listed.follower)


def _document(follower: Follower) -> dict[str, Any]:
    """What is of use to a person; when it is forgotten in unix seconds."""
    said = {name: value for name, value in asdict(follower).items() if name not in _HIDDEN and value}
    return said | ({"forgotten_at": follower.ttl} if follower.ttl else {})


def _shown(audience: Audience, follower: Follower, *, whole: bool) -> str:
    opened = _opened(audience, follower)
    if opened in ("", UNREADABLE):
        return opened
    return shown_address(follower.channel, opened, whole=whole)


def _opened(audience: Audience, follower: Follower) -> str:
    if not follower.address:
        return ""
    try:
        return audience.sealer.open(follower.address, follower.id)
    except UnreadableError:
        return UNREADABLE


def _trace(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if not isinstance(value, bytes) and name != "address"}


STATES: Final = {"asked": "asked", "following": "follows", "ended": "has ended", "suppressed": "suppressed"}
"""What became of a follower, in a table."""
