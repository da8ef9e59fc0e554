"""A function's view of the secrets of endpoints and destinations (`lambdas.contracts.keyring`)."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Final, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.clients.token_bucket import TokenBucket
from lambdas.contracts.keyring import Key, read_document

MAX_AGE: Final = 300.0
"""Seconds after which what was read is read again, so that a removed secret stops working within five minutes. A call
of Secrets Manager costs as much as ten webhooks at SNS: read every minute, secrets were an eighth of the bill."""

DESTINATION_MAX_AGE: Final = 900.0
"""The same of what a destination is called with: nobody gets in by it, and what fails is read again at once."""

REFRESH_BURST: Final = 3
REFRESH_INTERVAL: Final = 10.0


class SecretsReader(Protocol):
    """The one call of the Secrets Manager client that is needed here."""

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803
        """Read the current version of a secret."""
        ...


class Keyring:
    """A function's view of one keyring, kept for so many seconds.

    A new secret works at once: what fails with the kept secrets may ask for a `refresh`. Refreshes are paid
    from a small allowance, so that junk cannot drive calls to Secrets Manager.
    """

    def __init__(
        self,
        client: SecretsReader,
        arn: str,
        *,
        max_age: float = MAX_AGE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._arn = arn
        self._max_age = max_age
        self._clock = clock
        self._keys: dict[str, list[Key]] = {}
        self._read_at: float | None = None
        self._allowance = TokenBucket(REFRESH_BURST, 1 / REFRESH_INTERVAL, clock)

    def keys(self, name: str) -> Sequence[Key]:
        """The live secrets of a name, newest last; empty where it has none."""
        if self._read_at is None or self._clock() - self._read_at > self._max_age:
            self._read()
        return self._keys.get(name, [])

    def refresh(self) -> bool:
        """Read again ahead of time, if the allowance permits; tells whether it did."""
        if not self._allowance.take():
            return False
        self._read()
        return True

    def try_refresh(self) -> bool:
        """`refresh` for who has another answer to report: secrets that cannot be read now count as unchanged."""
        with suppress(BotoCoreError, ClientError):
            return self.refresh()
        return False

    def _read(self) -> None:
        text = self._client.get_secret_value(SecretId=self._arn)["SecretString"]
        self._keys = read_document(text)
        self._read_at = self._clock()
