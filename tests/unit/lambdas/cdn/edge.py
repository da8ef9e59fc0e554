"""A site at CloudFront: its distributions, the queue of the subscriber, and the time."""

from dataclasses import dataclass, field
from typing import Any

from lambdas.cdn import cloudfront
from lambdas.cdn.memory import Memory
from lambdas.cdn.plan import Cdn, Progress
from lambdas.cdn.state import CdnState
from lambdas.contracts.builds import Build
from lambdas.contracts.documents import to_document
from lambdas.contracts.settings import CdnSettings
from lambdas.runtime import Event, Retry, Undeliverable
from lambdas.runtime.stateful import StatefulSubscriber
from tests.fakes.cloudfront import CloudFront
from tests.fakes.events import NOON, happening
from tests.fakes.state_store import MemoryStore

ONE, OTHER = "E2QWRUHAPOMQZL", "E1AAAAAAAAAAAA"


class CrashError(BaseException):
    """The function died."""


@dataclass
class Edge:
    """CloudFront, the queue of the subscriber and the time."""

    settings: CdnSettings
    now: float = NOON
    store: MemoryStore = field(default_factory=MemoryStore)
    cloudfront: CloudFront = field(init=False)
    announced: list[Event] = field(default_factory=list)
    counted: list[tuple[str, int]] = field(default_factory=list)
    queue: list[tuple[float, Event]] = field(default_factory=list)
    dead: list[tuple[str, str]] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cloudfront = CloudFront(lambda: self.now)

    @property
    def cdn(self) -> StatefulSubscriber[CdnState, Progress, Progress]:
        adapter = cloudfront.CloudFront(
            client=self.cloudfront,  # type: ignore[arg-type]
            distributions=self.settings.distributions,
            count=lambda metric, number: self.counted.append((metric, number)),
        )
        return StatefulSubscriber(
            stack_id="Cdn",
            core=Cdn(self.settings),
            act=adapter.advance,
            store=self.store,
            publish=self.announced.append,
            clock=lambda: self.now,
            complete=Memory(store=self.store, clock=lambda: self.now).recall,
        )

    def hear(self, *events: Event) -> None:
        self.queue += [(self.now, event) for event in events]
        self.look()

    def look(self) -> None:
        due = [event for at, event in self.queue if at <= self.now]
        if not due:
            return
        waiting = [(at, event) for at, event in self.queue if at > self.now]
        try:
            self.cdn.handle(due)
        except CrashError:
            waiting += [(self.now + 180, event) for event in due]
        except Retry as retry:
            self.reasons.append(retry.reason)
            after = 300.0 if retry.after is None else retry.after
            waiting += [(self.now + after, event) for event in retry.of]
        except Undeliverable as never:
            self.dead += [(event.id, never.reason) for event in never.of]
        self.queue = waiting

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while (at := min((at for at, _ in self.queue), default=end)) < end:
            self.now = max(at, self.now)
            self.look()
        self.now = end
        self.look()

    @property
    def items(self) -> list[list[str]]:
        return [made.items for made in self.cloudfront.made]

    @property
    def told(self) -> list[tuple[str, str, tuple[str, ...]]]:
        return [(event.type, event.correlationid, event.notice.paths) for event in self.announced]


def edge(**changes: Any) -> Edge:
    return Edge(CdnSettings(**({"distributions": (ONE,)} | changes)))


def requested(correlation: str, at: float, *, echoes_correlation: bool = True) -> Event:
    build = Build(correlation=correlation, started=at, echoes_correlation=echoes_correlation)
    return happening(
        "build.requested",
        id=f"r-{correlation}",
        at=at,
        source="/subscribers/Rebuild",
        correlation=correlation,
        body=to_document(build),
    )


def deployed(correlation: str, at: float, subject: str = "") -> Event:
    return happening(
        "deploy.succeeded", id=f"d-{correlation}-{at}", at=at, correlation=correlation, subject=subject
    )
