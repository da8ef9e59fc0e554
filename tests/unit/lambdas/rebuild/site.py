"""A site whose builds are requested: its build host, the queue of the subscriber, and the time."""

from dataclasses import dataclass, field

from lambdas.clients.http import HttpResponse, NoResponseError
from lambdas.contracts.build_hosts import HOSTS
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.keyring import Key
from lambdas.contracts.settings import RebuildSettings
from lambdas.rebuild.build_hook import BuildHook
from lambdas.rebuild.plan import Rebuild, Response
from lambdas.rebuild.state import BuildRequest, RebuildState
from lambdas.runtime import Event, Retry, Undeliverable
from lambdas.runtime.stateful import StatefulSubscriber
from tests.fakes.events import NOON, a_publish, happening
from tests.fakes.state_store import MemoryStore

HOOK = "https://api.netlify.com/build_hooks/0123456789abcdef01234567"
QUIET, LONGEST_WAIT, LONGEST_BUILD = 10.0, 120.0, 1800.0


class CrashError(BaseException):
    """The function died."""


@dataclass
class FakeKeyring:
    """The keyring of the build hook; what it is replaced by is seen after a refresh only."""

    hook: str = HOOK
    replaced_by: str = ""

    def keys(self, name: str) -> list[Key]:
        return [Key("k1", self.hook, "")] if self.hook else []

    def refresh(self) -> bool:
        self.hook = self.replaced_by or self.hook
        return True

    try_refresh = refresh


@dataclass
class Site:
    """A build host, the queue of the subscriber and the time."""

    now: float = NOON
    status: int = 201
    headers: dict[str, str] = field(default_factory=dict)
    fate: str = ""  # of the next orders: "unheard", "unanswered", "dies before", "dies after"
    keyring: FakeKeyring = field(default_factory=FakeKeyring)
    store: MemoryStore = field(default_factory=MemoryStore)
    asked: list[float] = field(default_factory=list)
    builds: list[tuple[float, str]] = field(default_factory=list)
    in_flight: list[str] = field(default_factory=list)
    most_in_flight: int = 0
    announced: list[Event] = field(default_factory=list)
    queue: list[tuple[float, Event]] = field(default_factory=list)
    dead: list[tuple[Event, str]] = field(default_factory=list)
    looked: int = 0
    failing_for: float | None = None

    def send(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(self.now)
        if self.fate == "dies before":
            raise CrashError
        if self.fate == "unheard":
            raise NoResponseError
        if 200 <= self.status < 300:
            correlation = request.url.query.rpartition("jamwire%3A")[2].removesuffix("%5D")
            self.builds.append((self.now, correlation))
            self.in_flight.append(correlation)
            self.most_in_flight = max(self.most_in_flight, len(self.in_flight))
        if self.fate == "unanswered":
            raise NoResponseError
        if self.fate == "dies after":
            raise CrashError
        return HttpResponse(self.status, self.headers)

    @property
    def rebuild(self) -> StatefulSubscriber[RebuildState, BuildRequest, Response]:
        settings = RebuildSettings(
            build_host="netlify",
            secret_arn="hook",
            quiet=QUIET,
            longest_wait=LONGEST_WAIT,
            longest_build=LONGEST_BUILD,
        )
        hook = BuildHook(
            host=HOSTS["netlify"],
            stack_id="Rebuild",
            keyring=self.keyring,  # type: ignore[arg-type]
            send=self.send,
        )
        return StatefulSubscriber(
            stack_id="Rebuild",
            core=Rebuild(settings),
            act=hook.request,
            store=self.store,
            publish=self.announced.append,
            clock=lambda: self.now,
        )

    def hear(self, *events: Event) -> None:
        self.queue += [(self.now, event) for event in events]
        self.look()

    def look(self) -> None:
        """What the runtime does: hands over all that is due, and puts back what it is told to."""
        due = [event for at, event in self.queue if at <= self.now]
        if not due:
            return
        self.looked += 1
        waiting = [(at, event) for at, event in self.queue if at > self.now]
        try:
            self.rebuild.handle(due)
        except CrashError:
            self.queue = [*waiting, *((self.now + 180, event) for event in due)]
            return
        except Retry as retry:
            self.queue = [*waiting, *((self.now + (retry.after or 0.0), event) for event in retry.of)]
            self.failing_for = retry.failing_for
            return
        except Undeliverable as never:
            self.dead += [(event, never.reason) for event in never.of]
        self.queue = waiting

    def run(self, seconds: float) -> None:
        """Let time pass, from one thing that is due to the next."""
        end = self.now + seconds
        while (at := min((at for at, _ in self.queue), default=end)) < end:
            self.now = max(at, self.now)
            self.look()
        self.now = end
        self.look()

    def finish(self, type: str = "deploy.succeeded", outcome: str = "") -> None:
        correlation = self.in_flight.pop(0)
        id = f"end-{correlation}-{self.now}"
        self.hear(happening(type, id=id, at=self.now, correlation=correlation, outcome=outcome))

    @property
    def told(self) -> list[tuple[str, str]]:
        return [(event.type, event.correlationid) for event in self.announced]


def publish(site: Site, id: str) -> Event:
    event = a_publish(id, site.now, title=f"{id} published")
    site.hear(event)
    return event
