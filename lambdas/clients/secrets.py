"""The secrets of endpoints and destinations, as kept in AWS Secrets Manager.

One secret holds a JSON document ``{"<name>": [{"id": …, "value": …, "added": …}, …]}``: each name has as many
live secrets as its owner wants, newest last, so that one can be put beside another before the old one is
ended. The ``jamwire`` command writes the document, the functions read it through `Keyring`.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from lambdas.clients.token_bucket import Allowance

MAX_AGE: Final = 60.0
"""Seconds after which what was read is read again, so that an ended secret stops working within a minute."""

DESTINATION: Final = "destination"
"""The name of a destination, such as a Slack channel, in its own keyring."""

FALLBACK: Final = "fallback"
"""The name beside it of what stands in for a destination that is dead."""

REFRESH_BURST: Final = 3
REFRESH_INTERVAL: Final = 10.0


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


class SecretsReader(Protocol):
    """The one call of the Secrets Manager client that is needed here."""

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803
        """Read the current version of a secret."""
        ...


class Keyring:
    """A function's view of one keyring, kept for `MAX_AGE` seconds.

    A new secret works at once: what fails with the kept secrets may ask for a `refresh`. Refreshes are paid
    from a small allowance, so that junk cannot drive calls to Secrets Manager.
    """

    def __init__(
        self, client: SecretsReader, arn: str, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._arn = arn
        self._clock = clock
        self._keys: dict[str, list[Key]] = {}
        self._read_at: float | None = None
        self._allowance = Allowance(REFRESH_BURST, 1 / REFRESH_INTERVAL, clock)

    def keys(self, name: str) -> Sequence[Key]:
        """The live secrets of a name, newest last; empty where it has none."""
        if self._read_at is None or self._clock() - self._read_at > MAX_AGE:
            self._read()
        return self._keys.get(name, [])

    def refresh(self) -> bool:
        """Read again ahead of time, if the allowance permits; tells whether it did."""
        if not self._allowance.take():
            return False
        self._read()
        return True

    def _read(self) -> None:
        text = self._client.get_secret_value(SecretId=self._arn)["SecretString"]
        self._keys = read_document(text)
        self._read_at = self._clock()
