"""How often something may be asked for in an hour: counters that all of the endpoint's functions share."""

import ipaddress
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lambdas.contracts.audience_table import TTL, key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.client import DynamoDBClient

WINDOW_SECONDS: Final = 3600

PER_ADDRESS: Final = 5
"""Questions to one address that are put into a queue in an hour; the worker asks it once a day."""

_NETWORK_BITS: Final = {4: 24, 6: 48}
"""What one customer of a provider has at most, by the version of IP (RFC 6177 for 6)."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit.

    Attributes:
        rule: What it is on, as its counters are named.
        most: How often in a window.
    """

    rule: str
    most: int


class Limits:
    """Counts in the audience's table.

    Args:
        client: DynamoDB.
        table: The table.
        clock: Unix time in seconds.
    """

    def __init__(self, client: "DynamoDBClient", table: str, clock: Callable[[], float] = time.time) -> None:
        self._client = client
        self._table = table
        self._clock = clock

    def wait(self, limit: Limit, who: str) -> int:
        """Count once more; gives 0 where it may be done, or the seconds until it may be tried again.

        Args:
            limit: The limit.
            who: Whom it is on, as a keyed hash.
        """
        now = int(self._clock())
        ends = now - now % WINDOW_SECONDS + WINDOW_SECONDS
        where = key(f"limit#{limit.rule}#{who}", str(ends))
        answer = self._client.update_item(
            TableName=self._table,
            Key={name: {"S": value} for name, value in where.items()},
            UpdateExpression="SET #ttl = :ends ADD #count :one",
            ExpressionAttributeNames={"#ttl": TTL, "#count": "count"},
            ExpressionAttributeValues={":ends": {"N": str(ends)}, ":one": {"N": "1"}},
            ReturnValues="UPDATED_NEW",
        )
        return ends - now if int(answer["Attributes"]["count"]["N"]) > limit.most else 0


def network_of(address: str) -> str:
    """The network that an address is of; what is no address is of one network."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ipaddress.ip_network((ip, _NETWORK_BITS[ip.version]), strict=False))
