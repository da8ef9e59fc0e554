"""The secrets of endpoints and destinations, as one document of AWS Secrets Manager.

The document is ``{"<name>": [{"id": …, "value": …, "added": …}, …]}``: each name has as many live secrets as its owner
wants, newest last, so that a new one can be put beside the old one before the old one is removed. The ``jamwire``
command writes the document, functions read it (`lambdas.clients.secrets`).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

DESTINATION: Final = "destination"
"""The name of a destination, such as a Slack channel, in its own keyring."""

FALLBACK: Final = "fallback"
"""The name beside it of what stands in for a destination that is dead."""


@dataclass(frozen=True, slots=True)
class Key:
    """One live secret: its public id, its value, and when it was added (RFC 3339 in UTC)."""

    id: str
    value: str
    added: str

    def __repr__(self) -> str:
        """The id only: a value must not reach a log by being printed."""
        return f"Key(id={self.id!r})"


def read_document(text: str) -> dict[str, list[Key]]:
    """Read the secret's document; entries that are no lists (Secrets Manager's generated filler) are skipped.

    Raises:
        ValueError: The document is not JSON. The message holds none of it.
    """
    try:
        document = json.loads(text)
    except ValueError:
        raise ValueError("the keyring's secret is not a JSON document") from None
    return {
        name: [Key(key["id"], key["value"], key["added"]) for key in keys]
        for name, keys in document.items()
        if isinstance(keys, list)
    }


def write_document(keys: Mapping[str, list[Key]]) -> str:
    """The document for Secrets Manager; names without a key are left out."""
    return json.dumps(
        {
            name: [{"id": key.id, "value": key.value, "added": key.added} for key in live]
            for name, live in keys.items()
            if live
        }
    )
