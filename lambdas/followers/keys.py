"""The audience's keys: one secret of Secrets Manager, which the deployment fills and nobody types.

The document is ``{"data": …, "lookup": …, "links": …, "push": [{"id", "private", "made_at"}, …], "challenge": …}``:
keys of 32 bytes in URL-safe base64 without padding; of web push the private values of P-256, the newest last.
"""

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

MAX_AGE: Final = 900.0
"""Seconds after which they are read again: so late a new push key is noticed."""


class SecretsReader(Protocol):
    """The one call of the Secrets Manager client that is needed here."""

    def get_secret_value(self, *, SecretId: str) -> Any:  # noqa: N803
        """Read the current version of a secret."""
        ...


@dataclass(frozen=True, slots=True)
class PushKey:
    """A key by which push services know the site (RFC 8292).

    Attributes:
        id: By which a subscription names it: its public key's beginning.
        private: The private value, 32 bytes.
    """

    id: str
    private: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceKeys:
    """The keys.

    Attributes:
        data: Seals addresses.
        lookup: Makes followers' ids.
        links: Signs links.
        push: The push keys, newest last.
        challenge: The challenge's secret; empty where there is none.
    """

    data: bytes = field(repr=False)
    lookup: bytes = field(repr=False)
    links: bytes = field(repr=False)
    push: tuple[PushKey, ...]
    challenge: str = field(default="", repr=False)

    @classmethod
    def from_json(cls, text: str) -> "AudienceKeys":
        """Read the secret's document.

        Raises:
            KeyError: The deployment has not filled it yet.
        """
        said = json.loads(text)
        return cls(
            data=decode(said["data"]),
            lookup=decode(said["lookup"]),
            links=decode(said["links"]),
            push=tuple(PushKey(key["id"], decode(key["private"])) for key in said["push"]),
            challenge=said.get("challenge", ""),
        )


class KeysReader:
    """A function's view of the keys, kept for a while.

    Args:
        client: Secrets Manager.
        arn: The secret.
        clock: Seconds of any clock that goes on.
    """

    def __init__(self, client: SecretsReader, arn: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._arn = arn
        self._clock = clock
        self._read_at = 0.0
        self._keys: AudienceKeys | None = None

    def keys(self) -> AudienceKeys:
        """The keys.

        Raises:
            ClientError: The secret cannot be read.
            KeyError: The deployment has not filled it yet.
        """
        if self._keys is None or self._clock() - self._read_at > MAX_AGE:
            answer = self._client.get_secret_value(SecretId=self._arn)
            self._keys, self._read_at = AudienceKeys.from_json(answer["SecretString"]), self._clock()
        return self._keys


def encode(data: bytes) -> str:
    """URL-safe base64 without padding (RFC 4648, section 5; RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The inverse of `encode`.

    Raises:
        ValueError: It is none.
    """
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
