"""Followers as items of the audience's table, in DynamoDB's own JSON."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from lambdas.contracts.audience_table import FOLLOWER, follower_partition, key
from lambdas.followers.follower import Consent, Follower

Item = Mapping[str, Any]

_TEXTS: Final = ("id", "channel", "state", "zone", "at", "last", "push_key", "question", "reason")
_WHOLE: Final = ("tries", "version", "ttl")


def wire_key(partition: str, sort: str) -> dict[str, Any]:
    """The key of an item as calls take it."""
    return {name: {"S": value} for name, value in key(partition, sort).items()}


def follower_item(follower: Follower, sort: str = FOLLOWER) -> dict[str, Any]:
    """A follower as it is written; what is empty is left out."""
    return {
        **wire_key(follower_partition(follower.id), sort),
        **{name: {"S": value} for name in _TEXTS if (value := getattr(follower, name))},
        **{name: {"N": str(value)} for name in _WHOLE if (value := getattr(follower, name))},
        **({"asked_at": {"N": repr(follower.asked_at)}} if follower.asked_at else {}),
        **({"address": {"B": follower.address}} if follower.address else {}),
        **({"topics": {"SS": sorted(follower.topics)}} if follower.topics else {}),
        "consent": {"M": {name: {"S": value} for name, value in asdict(follower.consent).items()}},
    }


def follower_of(item: Item) -> Follower:
    """The inverse of `follower_item`."""
    found: dict[str, Any] = {name: item[name]["S"] for name in _TEXTS if name in item}
    found |= {name: int(item[name]["N"]) for name in _WHOLE if name in item}
    return Follower(
        **found,
        asked_at=float(item.get("asked_at", {}).get("N", 0)),
        address=bytes(item.get("address", {}).get("B", b"")),
        topics=tuple(sorted(item.get("topics", {}).get("SS", ()))),
        consent=Consent(**{name: value["S"] for name, value in item["consent"]["M"].items()}),
    )
