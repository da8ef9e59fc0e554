"""Ten thousand publishes within a minute, through build, deploy and purge, on a clock of its own.

The subscribers are the real ones, the services modelled: a queue from which one function at a time takes in all that
waits, once a second, as the runtime's rate limit has it; a build host that takes its time; CloudFront with its limits,
as the unit tests model it.
"""

import datetime as dt
import heapq
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, cast

from bench.figure import Figure
from lambdas.cdn import cloudfront
from lambdas.cdn.compaction import MAX_PATHS, MAX_WILDCARDS
from lambdas.cdn.items import matches
from lambdas.cdn.plan import FREE_PATHS, Cdn
from lambdas.clients.http import HttpResponse
from lambdas.contracts.build_hosts import HOSTS
from lambdas.contracts.builds import accepted_at
from lambdas.contracts.event import Event, Notice, timestamp
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.keyring import Key
from lambdas.contracts.settings import CdnSettings, RebuildSettings, StorySettings
from lambdas.rebuild.build_hook import BuildHook
from lambdas.rebuild.plan import Rebuild
from lambdas.runtime import Retry
from lambdas.runtime.stateful import Core, StatefulSubscriber
from lambdas.story.tracker import StoryTracker, by_story
from tests.fakes.cloudfront import CloudFront
from tests.fakes.state_store import MemoryStore

PUBLISHES: Final = 10_000
SHORT_PUBLISHES: Final = 1_000
SECONDS: Final = 60.0
AT_MOST: Final = 3600.0
GATHERED: Final = 250
SECTIONS: Final = 12
PAGES: Final = 4000
DISTRIBUTION: Final = "E2QWRUHAPOMQZL"
HOOK: Final = "https://api.netlify.com/build_hooks/0123456789abcdef01234567"
NOON: Final = dt.datetime(2027, 1, 15, 12, tzinfo=dt.UTC).timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """What the rebuilds and the purges of a site take, in seconds.

    Attributes:
        quiet: The rule of `RebuildStack`.
        longest_wait: The rule of `RebuildStack`.
        build: What a build takes.
        invalidation: What an invalidation takes.
    """

    quiet: float
    longest_wait: float
    build: float
    invalidation: float


TIMINGS: Final = {
    "as shipped": Timing(quiet=10, longest_wait=120, build=45, invalidation=30),
    "fast builds, slow purges": Timing(quiet=2, longest_wait=4, build=4, invalidation=90),
}


@dataclass
class Queue:
    """A subscriber's queue and its function."""

    hears: tuple[str, ...]
    handle: Callable[[Sequence[Event]], None]
    waiting: list[tuple[float, int, Event]] = field(default_factory=list)
    calls: int = 0

    def turn(self, now: float, number: Iterator[int]) -> None:
        """Hand over what waits, and put back what the notifier wants to see again."""
        batch: list[Event] = []
        while self.waiting and self.waiting[0][0] <= now and len(batch) < GATHERED:
            batch.append(heapq.heappop(self.waiting)[2])
        if not batch:
            return
        self.calls += 1
        try:
            self.handle(batch)
        except* Retry as several:
            for retry in several.exceptions:
                for event in cast(Retry, retry).of:
                    heapq.heappush(
                        self.waiting, (now + (cast(Retry, retry).after or 5.0), next(number), event)
                    )


class _Keyring:
    def keys(self, name: str) -> list[Key]:
        return [Key("k1", HOOK, "")]


class Site:
    """The site's loop with all that stands around it."""

    def __init__(self, timing: Timing) -> None:
        self.now = NOON
        self.timing = timing
        self.in_flight = 0
        self.most_in_flight = 0
        self.builds: list[tuple[float, float]] = []  # when each began, when it was deployed
        self.stories: list[Event] = []
        self.cloudfront = CloudFront(lambda: self.now, takes=timing.invalidation)
        self._number = itertools.count()
        self._later: list[tuple[float, int, Event]] = []
        self._began: dict[str, float] = {}
        hook = BuildHook(
            host=HOSTS["netlify"], stack_id="Rebuild", keyring=cast(Any, _Keyring()), send=self._build
        )
        adapter = cloudfront.CloudFront(
            client=cast(Any, self.cloudfront),
            distributions=(DISTRIBUTION,),
            count=lambda metric, count: None,
        )
        rebuild = self._subscriber(
            Rebuild(
                RebuildSettings(
                    build_host="netlify",
                    secret_arn="",
                    quiet=timing.quiet,
                    longest_wait=timing.longest_wait,
                    longest_build=1800,
                )
            ),
            hook.request,
        )
        cdn = self._subscriber(
            Cdn(CdnSettings(distributions=(DISTRIBUTION,), wait_for_deploy=True)), adapter.advance
        )
        story = by_story(
            self._subscriber(StoryTracker(StorySettings(until="cdn.invalidated", patience=2700)))
        )
        builds = ("build.", "deploy.")
        self.queues = [
            Queue(("content.", *builds), rebuild.handle),
            Queue(("content.", *builds), cdn.handle),
            Queue((*builds, "cdn."), story.handle),
        ]

    def _subscriber(
        self, core: Core[Any, Any, Any], act: Callable[[Any], Any] | None = None
    ) -> StatefulSubscriber[Any, Any, Any]:
        return StatefulSubscriber(
            stack_id=type(core).__name__,
            core=core,
            store=MemoryStore(),
            publish=self.publish,
            clock=lambda: self.now,
            act=act,
        )

    def publish(self, event: Event) -> None:
        """As SNS does, to every queue that hears it."""
        if event.type.startswith("site."):
            self.stories.append(event)
        for queue in self.queues:
            if event.type.startswith(queue.hears):
                heapq.heappush(queue.waiting, (self.now, next(self._number), event))

    def run(self, publishes: Sequence[Event]) -> None:
        """Let the time pass until nothing waits any more."""
        for event in publishes:
            heapq.heappush(self._later, (accepted_at(event), next(self._number), event))
        while self._later or any(queue.waiting for queue in self.queues):
            if self.now > NOON + AT_MOST:
                raise RuntimeError("the loop does not come to rest")
            while self._later and self._later[0][0] <= self.now:
                event = heapq.heappop(self._later)[2]
                if event.type == "deploy.succeeded":
                    self.in_flight -= 1
                    self.builds.append((self._began[event.correlationid], self.now))
                self.publish(event)
            for queue in self.queues:
                queue.turn(self.now, self._number)
            self.now += 1.0

    def _build(self, request: HttpRequest) -> HttpResponse:
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        correlation = json.loads(request.body)["correlation"]
        self._began[correlation] = self.now
        for type, after in (("deploy.started", 1.0), ("deploy.succeeded", self.timing.build)):
            at = self.now + after
            event = _event(type, f"{type}-{correlation}", at, correlation=correlation)
            heapq.heappush(self._later, (at, next(self._number), event))
        return HttpResponse(200)


def measure(*, short: bool) -> Iterator[Figure]:
    """What the loop keeps to, and what it costs against one call for each publish."""
    count = SHORT_PUBLISHES if short else PUBLISHES
    publishes = [_a_publish(number, NOON + number * SECONDS / count) for number in range(count)]
    for name, timing in TIMINGS.items():
        site = Site(timing)
        site.run(publishes)
        yield from _figures(f"site loop, {name}", site, publishes)


def _figures(name: str, site: Site, publishes: Sequence[Event]) -> Iterator[Figure]:
    made = site.cloudfront.made
    items = [item for one in made for item in one.items]
    each = sum(len(event.notice.paths) for event in publishes)
    paid, paid_each = (max(paths - FREE_PATHS, 0) for paths in (len(items), each))
    missing = sum(not _is_purged(site, event, path) for event in publishes for path in event.notice.paths)
    done = max(one.completed_at for one in made) - NOON - SECONDS
    builds = (
        f"{len(site.builds)} builds for {len(publishes)} publishes in {SECONDS:.0f} s; one more waits at most"
    )
    purges = f"{len(made)} invalidations, the last completed {done:.0f} s after the last publish"
    live = f"of {each}, each by a completed invalidation that began after the deploy of its build"
    cost = f"{paid} against {paid_each} with one call for each publish; {len(items)} items in all"
    title = site.stories[-1].notice.title if site.stories else ""
    limits = site.cloudfront
    yield Figure(name=f"{name}: builds in flight", value=site.most_in_flight, unit="", goal=1, note=builds)
    yield Figure(
        name=f"{name}: wildcards at a time",
        value=limits.most_wildcards,
        unit="",
        goal=MAX_WILDCARDS,
        note=purges,
    )
    yield Figure(name=f"{name}: paths at a time", value=limits.most_paths, unit="", goal=MAX_PATHS)
    yield Figure(name=f"{name}: paths not purged", value=missing, unit="", goal=0, note=live)
    yield Figure(name=f"{name}: paid paths", value=paid / paid_each, unit="x", goal=1.0, note=cost)
    yield Figure(name=f"{name}: stories", value=len(site.stories), unit="", goal=len(site.builds), note=title)


def _is_purged(site: Site, event: Event, path: str) -> bool:
    at = accepted_at(event)
    live = min((end for began, end in site.builds if began >= at), default=None)
    return live is not None and any(
        one.at >= live and one.completed_at <= site.now and any(matches(item, path) for item in one.items)
        for one in site.cloudfront.made
    )


def _a_publish(number: int, at: float) -> Event:
    section = f"/section-{number % SECTIONS}"
    return _event(
        "content.published",
        f"publish-{number}",
        at,
        paths=(f"{section}/page-{number % PAGES}", f"{section}/"),
    )


def _event(type: str, id: str, at: float, *, correlation: str = "", paths: tuple[str, ...] = ()) -> Event:
    return Event(
        id=id,
        source="/endpoints/bench",
        type=type,
        time=timestamp(at),
        correlationid=correlation,
        notice=Notice(title=f"Page {id}", paths=paths),
    )
