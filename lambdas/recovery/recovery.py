"""One run: look at each webhook's deliveries, ask for what failed, and tell what cannot be recovered."""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from lambdas.contracts.announcements import Announcement
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.contracts.event_types import RECOVERY_FAILED, severity_of
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.recovery.github import GitHub
from lambdas.recovery.plan import KEPT_SECONDS, Delivery, Plan, plan
from lambdas.runtime.report import count

MAX_ASKED: Final = 100
"""Deliveries asked for in one run."""

PAUSE: Final = 1.0
"""Seconds between two requests that change something (GitHub documentation, "Best practices for using the REST
API")."""

_OWNER: Final = re.compile(r"/(?:repos|orgs)/(.+)/hooks")


class Due(NamedTuple):
    """A delivery that is to be asked for."""

    github: GitHub
    hooks: str
    webhook: str
    delivery: Delivery


@dataclass(kw_only=True)
class Recovery:
    """What a deployment recovers.

    Attributes:
        webhooks: Each endpoint's URL, and the API's address of the webhooks among which its own is.
        stack_id: Id of the stack.
        every: Seconds from one run to the next.
        connect: Reads the token. Raises `Undeliverable` where there is none.
        publish: Publishes an event.
        log: Writes a line of the log.
        sleep: Waits so many seconds.
        not_before: Until when GitHub wants to be left alone, unix seconds; known as long as the function lives.
    """

    webhooks: Mapping[str, str]
    stack_id: str
    every: float
    connect: Callable[[], GitHub]
    publish: Callable[[Event], None]
    log: Callable[..., Any]
    sleep: Callable[[float], None] = time.sleep
    not_before: float = 0.0

    def run(self, now: float) -> None:
        """Do what is to be done now; `now` in unix seconds. What is left waits for the next run."""
        if now < self.not_before:
            return
        try:
            due = [one for url, hooks in self.webhooks.items() for one in self._find(hooks, url, now)]
            self._ask(due[:MAX_ASKED], now)
        except Retry as later:
            self.not_before = now + (later.after or 0.0)
            self.log("postponed", reason=later.reason, next_try_in=later.after)

    def _find(self, hooks: str, url: str, now: float) -> list[Due]:
        """What is due of an endpoint; nothing where GitHub refuses to tell, which is told."""
        try:
            github = self.connect()
            webhooks = github.webhooks(hooks, url)
            if not webhooks:
                raise Undeliverable(f"none of these webhooks leads to {url}")
            return [
                Due(github, hooks, webhook, delivery)
                for webhook in webhooks
                for delivery in self._plan(github, webhook, hooks, now).due
            ]
        except Undeliverable as refused:
            self._tell(hooks, refused.reason, now)
            return []

    def _plan(self, github: GitHub, webhook: str, hooks: str, now: float) -> Plan:
        deliveries = github.deliveries(webhook, now - KEPT_SECONDS)
        planned = plan(deliveries, since=now - self.every, now=now)
        self._report(webhook, planned)
        if planned.lost:
            self._tell(hooks, "they failed each time, for three days", now)
        return planned

    def _ask(self, due: Sequence[Due], now: float) -> None:
        for number, (github, hooks, webhook, delivery) in enumerate(due):
            if number:
                self.sleep(PAUSE)
            try:
                asked = github.ask(webhook, delivery)
            except Undeliverable as refused:
                self._tell(hooks, refused.reason, now)
                return
            if asked:
                count("AskedAgain")

    def _report(self, webhook: str, planned: Plan) -> None:
        if planned.recovered:
            count("Recovered", planned.recovered)
        if planned.lost:
            count("Lost", planned.lost)
        if planned != Plan():
            facts = {"due": len(planned.due), "failed": planned.failed}
            self.log("looked", webhook=webhook, **facts, recovered=planned.recovered, lost=planned.lost)

    def _tell(self, hooks: str, reason: str, now: float) -> None:
        """Tell it once a day: the same cause is the same event, which subscribers deliver once."""
        day, _, _ = timestamp(now).partition("T")
        self.log("recovery_failed", webhook=hooks, reason=reason)
        told = Announcement(
            type=RECOVERY_FAILED,
            cause="\n".join([hooks, reason, day]),
            notice=_notice(hooks, reason, self.stack_id),
        )
        self.publish(told.event(self.stack_id, now))


def _notice(hooks: str, reason: str, stack_id: str) -> Notice:
    owner = _OWNER.search(hooks)
    return Notice(
        title=f"Failed deliveries of {owner[1] if owner else hooks} are not recovered",
        text=f"GitHub keeps them for three days. A new token is set with: jamwire secret add {stack_id.lower()}",
        severity=severity_of(RECOVERY_FAILED),
        fields={"Why": reason},
    )
