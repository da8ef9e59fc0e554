"""What every resource of the console works with."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock, RLock
from typing import Any, Final, Protocol

from starlette.requests import Request
from starlette.responses import Response

from jamwire.console.ended_secrets import EndedSecrets
from jamwire.console.kept import Kept
from jamwire.operations.archive import Archive
from jamwire.operations.deliveries import Ledgers
from jamwire.operations.deployment import Deployment
from jamwire.operations.events import subscribers_beside_archive

Document = dict[str, Any]
Query = Mapping[str, str]

STACKS_KEPT: Final = 5.0
"""Seconds for which the stacks' outputs are not asked for again: a deployment may change while the page is open."""


class BadRequestError(Exception):
    """What was asked cannot be had; the text says what was given and what was expected."""


class Outside(Protocol):
    """What stands in for Slack, phones, mailboxes, browsers, CloudFront and the build host."""

    def numbered(self, channel: str, after: int) -> list[Document]:
        """Deliveries of a channel, or all, that came after the one of this number."""
        ...

    async def answer(self, request: Request) -> Response:
        """Let a phone answer a text message."""
        ...

    async def faults(self, request: Request) -> Response:
        """What is to go wrong."""
        ...

    async def add_fault(self, request: Request) -> Response:
        """Misbehave from now on."""
        ...

    async def clear_faults(self, request: Request) -> Response:
        """Behave again."""
        ...


@dataclass(kw_only=True)
class Context:
    """The deployment in question, and the world around the console.

    Attributes:
        find_deployment: Finds the deployment; its stacks are not known yet.
        clock: Unix time in seconds.
        sleep: Waits, in seconds.
        fresh: A random text that was never given before.
        forget_credentials: Has credentials looked for anew.
        outside: What stands in for the outside of a local account; None on AWS.
        kept: Answers that are not asked for again at once.
        ended_secrets: Secrets that can be put back.
        dead_letters: Held by whoever receives dead letters, which hides them from everybody else.
    """

    find_deployment: Callable[[], Deployment]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    fresh: Callable[[], str]
    forget_credentials: Callable[[], None] = lambda: None
    outside: Outside | None = None
    kept: Kept = field(init=False)
    ended_secrets: EndedSecrets = field(init=False)
    dead_letters: RLock = field(init=False, default_factory=RLock, repr=False)
    _lock: Lock = field(init=False, default_factory=Lock, repr=False)
    _kept: Deployment | None = field(init=False, default=None)
    _kept_until: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self.kept = Kept(self.clock)
        self.ended_secrets = EndedSecrets(self.clock)

    def now(self) -> dt.datetime:
        """The present moment, in UTC."""
        return dt.datetime.fromtimestamp(self.clock(), dt.UTC)

    def deployment(self) -> Deployment:
        """The deployment, as it was some seconds ago at most.

        Raises:
            OperationError: There is no account.
        """
        self.ended_secrets.forget_old()
        with self._lock:
            if self._kept is None or self.clock() >= self._kept_until:
                self._kept, self._kept_until = self.find_deployment(), self.clock() + STACKS_KEPT
            return self._kept

    def forget(self) -> None:
        """Ask for everything anew."""
        with self._lock:
            self._kept = None
        self.kept.forget()
        self.forget_credentials()

    def archive(self) -> Archive:
        """The deployment's archive.

        Raises:
            OperationError: There is none, or the account cannot be asked.
        """
        return Archive.of(self.deployment(), self.sleep)

    def ledgers(self, subscriber: str = "") -> Ledgers:
        """The ledgers of a subscriber, or of all.

        Raises:
            OperationError: There is no such subscriber, no archive, or the account cannot be asked.
        """
        deployment = self.deployment()
        found = subscribers_beside_archive(deployment, subscriber)
        return Ledgers(deployment.client("dynamodb"), found, clock=self.clock, sleep=self.sleep)
