"""When a build is ordered: every publish is built after it, one build at a time, within a bounded time."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.clients.http import HttpResponse, NoResponseError
from lambdas.contracts.build_hosts import HOSTS
from lambdas.contracts.builds import accepted_at
from lambdas.contracts.http_request import HttpRequest
from lambdas.contracts.keyring import Key
from lambdas.contracts.settings import RebuildSettings
from lambdas.contracts.state_table import STATE_ID, Record, State
from lambdas.rebuild.build_hook import BuildHook
from lambdas.rebuild.plan import DOUBT_SECONDS, MAX_LOOK_SECONDS, MIN_LOOK_SECONDS, Rebuild, Response
from lambdas.rebuild.state import MAX_CANCELLED, MAX_PAUSE_SECONDS, BuildRequest, RebuildState
from lambdas.runtime import Event, Retry, Undeliverable
from lambdas.runtime.context import DeliveryContext, delivery_context
from lambdas.runtime.stateful import StatefulSubscriber
from tests.fakes.events import NOON, a_publish, happening
from tests.fakes.state_store import MemoryStore
from tests.fakes.subscriber import SENT_AT, Recorder, Surroundings, a_record

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


@pytest.fixture
def site() -> Site:
    return Site()


def publish(site: Site, id: str) -> Event:
    event = a_publish(id, site.now, title=f"{id} published")
    site.hear(event)
    return event


def test_a_burst_is_one_build_when_it_is_over(site: Site) -> None:
    for number in range(20):
        publish(site, f"p{number}")
        site.run(2)
    assert site.builds == []
    site.run(QUIET)
    [(at, _)] = site.builds
    assert at == pytest.approx(NOON + 38 + QUIET)
    site.run(600)
    assert len(site.builds) == 1
    assert site.queue == []


def test_a_burst_that_does_not_end_is_built_all_the_same(site: Site) -> None:
    for number in range(40):
        publish(site, f"p{number}")
        site.run(5)
    assert site.builds[0][0] == pytest.approx(NOON + LONGEST_WAIT, abs=5)


def test_what_is_published_during_a_build_is_in_the_next_and_that_begins_at_once_after_it(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    for number in range(5):
        publish(site, f"b{number}")
    site.run(200)
    assert len(site.builds) == 1
    site.finish()
    assert [at for at, _ in site.builds] == [NOON + QUIET, NOON + QUIET + 200]
    assert site.most_in_flight == 1
    assert site.builds[0][1] != site.builds[1][1]


def test_a_build_that_is_never_heard_of_holds_up_the_next_for_so_long_only(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    publish(site, "b")
    site.run(LONGEST_BUILD - 1)
    assert len(site.builds) == 1
    site.run(2)
    assert [at for at, _ in site.builds] == [NOON + QUIET, NOON + QUIET + LONGEST_BUILD]


@pytest.mark.parametrize(
    ("passed", "after"), [(1.0, MIN_LOOK_SECONDS), (80.0, 20.0), (400.0, MAX_LOOK_SECONDS), (1795.0, 5.0)]
)
def test_publish_that_waits_for_a_build_looks_ever_more_seldom(
    site: Site, passed: float, after: float
) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.now += passed
    publish(site, "b")
    assert [at - site.now for at, _ in site.queue] == [pytest.approx(after)]


def test_the_end_of_another_build_is_no_end_of_ours(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    publish(site, "b")
    site.run(60)
    site.hear(happening("deploy.succeeded", id="other", at=site.now))
    site.hear(happening("deploy.succeeded", id="another", at=site.now, correlation="0" * 12))
    assert len(site.builds) == 1


def test_what_was_accepted_before_a_build_and_comes_after_it_is_in_it(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.hear(a_publish("late", NOON + 5))
    site.run(3600)
    assert len(site.builds) == 1


def test_a_replay_is_built_though_its_publish_is_old(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.finish()
    site.hear(happening("content.published", id="a", source="/endpoints/cms", at=NOON, replay="r1"))
    site.run(QUIET)
    assert len(site.builds) == 2


def test_the_others_are_told_what_a_build_is_for(site: Site) -> None:
    publish(site, "a")
    site.run(4)
    publish(site, "b")
    site.run(QUIET)
    [told] = site.announced
    assert (told.type, told.source, told.correlationid) == (
        "build.requested",
        "/subscribers/Rebuild",
        site.builds[0][1],
    )
    assert told.notice.title == "a published and 1 more"
    assert told.payload()["publishes"] == 2
    assert told.payload()["first"] < told.payload()["last"]


@pytest.mark.parametrize("status", [404, 401, 410, 403, 400, 302])
def test_a_hook_that_is_refused_is_in_the_dead_letters_with_the_reason(site: Site, status: int) -> None:
    site.status = status
    event = publish(site, "a")
    site.run(QUIET)
    assert site.dead == [(event, f"netlify answered {status}")]
    assert [type for type, _ in site.told] == ["build.failed"]
    site.hear(happening("deploy.succeeded", id="other", at=site.now))
    site.run(3600)
    assert len(site.dead) == 1  # nobody asks again for it by himself
    assert [type for type, _ in site.told] == ["build.failed"]


def test_what_was_refused_is_built_when_a_person_sends_it_once_more(site: Site) -> None:
    site.status = 404
    event = publish(site, "a")
    site.run(QUIET)
    site.status = 201
    site.run(7200)
    site.hear(event)
    assert len(site.builds) == 1
    refused, requested = site.told
    assert (refused[0], requested[0]) == ("build.failed", "build.requested")
    assert refused[1] != requested[1]  # another story


def test_what_was_refused_is_built_with_the_next_publish(site: Site) -> None:
    site.status = 404
    publish(site, "a")
    site.run(QUIET)
    site.status = 201
    publish(site, "b")
    site.run(QUIET)
    assert len(site.builds) == 1
    assert site.announced[-1].payload()["publishes"] == 2


def test_single_publish_is_called_by_its_title(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    assert site.announced[0].notice.title == "a published"


def test_operator_ends_the_pause_that_the_build_host_asked_for(site: Site) -> None:
    site.status, site.headers = 403, {"retry-after": "3600"}
    publish(site, "a")
    site.run(QUIET)
    site.status, site.headers = 201, {}
    [(_, event)] = site.queue
    surroundings = Surroundings().worker(Recorder()).context
    for retried, builds in ((False, 0), (True, 1)):
        with delivery_context(DeliveryContext(surroundings, {}, retried)):
            site.now += 1
            with suppress(Retry):
                site.rebuild.handle([event])
        assert len(site.builds) == builds


def test_hook_that_was_set_a_moment_ago_is_used(site: Site) -> None:
    site.keyring.hook, site.keyring.replaced_by = "", HOOK
    publish(site, "a")
    site.run(QUIET)
    assert (len(site.builds), site.dead) == (1, [])


@pytest.mark.parametrize("status", [404, 500, 429])
def test_hook_that_has_been_replaced_since_is_used_at_once(site: Site, status: int) -> None:
    site.status = status
    site.keyring.replaced_by = HOOK.replace("012345", "abcdef")
    publish(site, "a")
    site.run(QUIET)
    assert (site.dead, site.told) == ([], [])
    site.status = 201
    site.run(2)
    assert [at for at, _ in site.builds] == [NOON + QUIET + 1]


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        ("", "no build hook is set; run: jamwire secret add Rebuild"),
        (
            "https://example.com/",
            "the build hook is not a valid one of netlify; run: jamwire secret add Rebuild",
        ),
    ],
)
def test_missing_or_invalid_hook_is_in_the_dead_letters(site: Site, hook: str, reason: str) -> None:
    site.keyring.hook = hook
    event = publish(site, "a")
    site.run(QUIET)
    assert site.dead == [(event, reason)]
    assert [type for type, _ in site.told] == ["build.failed"]


def test_rate_limited_host_is_no_refusal(site: Site) -> None:
    site.status, site.headers = 403, {"x-ratelimit-remaining": "0"}
    publish(site, "a")
    site.run(QUIET)
    site.status = 201
    site.run(60)
    assert (len(site.builds), site.dead) == (1, [])


def test_a_busy_host_is_left_alone_for_as_long_as_it_asks(site: Site) -> None:
    site.status, site.headers = 429, {"retry-after": "90"}
    publish(site, "a")
    site.run(QUIET)
    calls = site.looked
    site.status = 201
    publish(site, "b")
    site.run(89)
    assert site.builds == []
    site.run(2)
    assert [at for at, _ in site.builds] == [NOON + QUIET + 90]
    assert site.looked > calls


def test_a_failing_host_is_asked_again_ever_more_slowly(site: Site) -> None:
    site.status = 503
    publish(site, "a")
    site.run(3600)
    assert site.looked < 16
    site.status = 201
    site.run(MAX_PAUSE_SECONDS)
    assert len(site.builds) == 1


def pauses(site: Site, seconds: float) -> list[float]:
    """The times between the requests that a build host refuses while it fails."""
    asked = len(site.asked)
    site.run(seconds)
    return [later - earlier for earlier, later in pairwise(site.asked[asked:])]


def test_failing_host_is_asked_again_by_the_retry_schedule(site: Site) -> None:
    site.status = 503
    publish(site, "a")
    asked = pauses(site, 24 * 3600)
    assert asked[:12] == [3, 3, 6, 12, 24, 48, 96, 192, 384, 768, 900, 900]
    assert (max(asked[:30]), asked[-1]) == (900, 3600)


@pytest.mark.parametrize(("status", "fate"), [(503, ""), (201, "unheard")])
def test_host_that_is_away_is_told_of_while_it_is(site: Site, status: int, fate: str) -> None:
    """By what raises the alarm StillFailing after half an hour."""
    site.status, site.fate = status, fate
    around = Surroundings()
    worker = around.worker(lambda events: site.rebuild.handle(events), batch=True)
    record = a_record(a_publish("a", around.now))
    failing_for = []
    while around.now < SENT_AT + 3000:
        site.now = around.now
        assert around.run(worker, record) == ["m1"]
        [facts] = [facts for outcome, facts in around.reported if outcome == "postponed"]
        failing_for.append(facts.get("failing_for"))
        around.reported.clear()
        around.now += facts["next_try_in"]
    assert failing_for[:2] == [None, 0]  # it waits for more to be published, and then asks
    assert max(filter(None, failing_for)) >= 1800


def test_host_that_is_back_is_no_more_told_of(site: Site) -> None:
    site.status = 503
    publish(site, "a")
    site.run(60)
    site.status = 201
    site.run(60)
    publish(site, "b")
    assert site.failing_for is None


def test_pauses_begin_anew_after_a_build(site: Site) -> None:
    site.status = 503
    publish(site, "a")
    site.run(100)
    site.status = 201
    site.run(60)
    site.finish()
    site.status = 503
    publish(site, "b")
    assert pauses(site, 40) == [3, 3, 6, 12]


def test_pauses_begin_anew_after_an_operators_retry(site: Site) -> None:
    site.status = 503
    publish(site, "a")
    site.run(100)
    [(_, event)] = site.queue
    asked = site.now
    with (
        delivery_context(DeliveryContext(Surroundings().worker(Recorder()).context, {}, True)),
        pytest.raises(Retry) as retry,
    ):
        site.rebuild.handle([event])
    assert site.asked[-1] == asked
    assert retry.value.after == pytest.approx(3.0)


def test_request_in_doubt_is_not_repeated_for_another_publish(site: Site) -> None:
    publish(site, "a")
    site.fate = "unheard"
    site.run(QUIET)
    publish(site, "b")
    assert len(site.asked) == 1


@pytest.mark.parametrize("fate", ["unanswered", "dies after"])
def test_an_order_that_was_heard_without_an_answer_is_not_made_twice(site: Site, fate: str) -> None:
    publish(site, "a")
    site.fate = fate
    site.run(QUIET)
    site.fate = ""
    site.run(5)
    site.hear(happening("deploy.started", id="s", at=site.now, correlation=site.builds[0][1]))
    site.run(300)
    assert len(site.builds) == 1
    assert [type for type, _ in site.told] == ["build.requested"]
    assert site.queue == []


@pytest.mark.parametrize("fate", ["unheard", "dies before"])
def test_an_order_that_was_not_heard_is_made_again(site: Site, fate: str) -> None:
    publish(site, "a")
    site.fate = fate
    site.run(QUIET + 1)
    site.fate = ""
    site.run(200)
    assert len(site.builds) == 1
    waited = site.builds[0][0] - (NOON + QUIET)
    assert waited == DOUBT_SECONDS if fate == "unheard" else waited >= DOUBT_SECONDS
    assert len(site.announced) == 1


def test_an_order_that_was_taken_is_noted_whatever_was_heard_in_between(site: Site) -> None:
    publish(site, "a")
    subscriber = site.rebuild

    def slow_act(request: BuildRequest) -> Response:
        assert subscriber.act
        response = subscriber.act(request)
        with pytest.raises(Retry, match="waiting for its build"):
            subscriber.handle([a_publish("b", site.now + 1)])
        return response

    site.queue = []
    with pytest.raises(Retry):
        subscriber.handle([a_publish("a")])
    site.now += QUIET
    with pytest.raises(Retry, match="waiting for its build"):
        replace(subscriber, act=slow_act).handle([a_publish("a")])
    state = site.store.read(STATE_ID, RebuildState).state
    assert state.request
    assert state.request.accepted
    assert state.waiting
    assert state.waiting.count == 1
    assert [type for type, _ in site.told] == ["build.requested"]


def test_end_that_is_heard_before_the_response_ends_the_build(site: Site) -> None:
    subscriber = site.rebuild

    def slow_act(request: BuildRequest) -> Response:
        assert subscriber.act
        response = subscriber.act(request)
        end = happening("deploy.succeeded", id="end", at=site.now, correlation=request.build.correlation)
        subscriber.handle([end])
        return response

    with pytest.raises(Retry):
        subscriber.handle([a_publish("a")])
    site.now += QUIET
    replace(subscriber, act=slow_act).handle([a_publish("a")])
    assert site.store.read(STATE_ID, RebuildState).state.request is None
    assert len({event.id for event in site.announced}) == 1


@pytest.mark.parametrize("outcome", ["unchanged", "skipped"])
@pytest.mark.parametrize("type", ["deploy.cancelled", "build.cancelled"])
def test_build_for_which_there_was_nothing_to_do_is_done(site: Site, type: str, outcome: str) -> None:
    publish(site, "a")
    site.run(QUIET)
    publish(site, "b")
    site.run(60)
    site.finish(type, outcome)
    assert len(site.builds) == 2  # it has freed its place
    site.finish(type, outcome)
    site.run(7200)
    assert (len(site.builds), site.queue) == (2, [])


@pytest.mark.parametrize("outcome", ["cancelled", "", "never heard of"])
def test_cancelled_build_is_requested_once_more_at_once(site: Site, outcome: str) -> None:
    publish(site, "a")
    site.run(QUIET + 60)
    site.finish("deploy.cancelled", outcome)
    first, again = site.builds
    assert again[0] == NOON + QUIET + 60
    assert again[1] != first[1]  # the story of the first one is over
    assert [event.payload()["titles"] for event in site.announced] == [["a published"]] * 2
    site.finish()
    site.run(7200)
    assert (len(site.builds), site.queue) == (2, [])


def test_build_that_is_cancelled_ever_again_is_requested_ever_later_and_then_left(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    for _ in range(20):
        if site.in_flight:
            site.finish("build.cancelled", "cancelled")
        site.run(MAX_PAUSE_SECONDS)
    starts = [at for at, _ in site.builds]
    assert len(starts) == 1 + MAX_CANCELLED
    assert len({correlation for _, correlation in site.builds}) == len(starts)
    assert (site.queue, site.dead) == ([], [])
    publish(site, "b")
    site.run(QUIET)
    assert len(site.builds) == len(starts) + 1


def test_pause_after_a_second_cancellation_grows(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    for _ in range(4):
        cancelled_at = site.now
        site.finish("deploy.cancelled", "cancelled")
        while not site.in_flight:
            site.run(1)
        site.looked = int(site.builds[-1][0] - cancelled_at)
        assert site.looked in (0, 30, 60, 120)
    assert site.looked == 120


@pytest.mark.parametrize("outcome", ["superseded", "held"])
def test_build_that_gave_way_awaits_the_newer_one(site: Site, outcome: str) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.finish("deploy.cancelled", outcome)
    site.run(60)
    site.hear(happening("deploy.succeeded", id="newer", at=site.now))
    site.run(7200)
    assert (len(site.builds), site.queue) == (1, [])


def test_build_that_gave_way_to_one_that_never_came_is_requested_again(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.finish("deploy.cancelled", "superseded")
    site.hear(happening("deploy.failed", id="newer", at=site.now))
    site.run(LONGEST_BUILD + 1)
    assert len(site.builds) == 2


def test_build_that_gave_way_counts_as_one_that_was_cancelled(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.finish("deploy.cancelled", "superseded")
    site.run(LONGEST_BUILD + 1)
    for _ in range(20):
        if site.in_flight:
            site.finish("build.cancelled", "cancelled")
        site.run(MAX_PAUSE_SECONDS)
    assert len({correlation for _, correlation in site.builds}) == 1 + MAX_CANCELLED
    assert len(site.builds) == 1 + MAX_CANCELLED


def test_publish_after_a_build_gave_way_has_a_build_of_its_own(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    site.finish("deploy.cancelled", "superseded")
    publish(site, "b")
    site.hear(happening("deploy.succeeded", id="newer", at=site.now))
    site.run(QUIET)
    assert len(site.builds) == 2
    assert site.announced[-1].payload()["publishes"] == 2


def test_restored_deploy_ends_no_build(site: Site) -> None:
    publish(site, "a")
    site.run(QUIET)
    publish(site, "b")
    site.run(60)
    correlation = site.in_flight[0]
    site.hear(happening("deploy.succeeded", id="r", at=site.now, correlation=correlation, outcome="restored"))
    assert len(site.builds) == 1


happenings = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "publish",
                "publish",
                "publish",
                "end",
                "fail",
                "cancel",
                "late",
                "again",
                "other",
                "trouble",
                "fine",
            ]
        ),
        st.floats(min_value=0, max_value=90),
        st.sampled_from(["unheard", "unanswered", "dies before", "dies after", "429", "503"]),
    ),
    max_size=18,  # a story is shorter than the longest build
)


@settings(max_examples=100, deadline=None)
@given(happenings)
def test_whatever_happens_every_publish_is_built_after_it_and_one_build_is_in_flight(
    story: list[tuple[str, float, str]],
) -> None:
    site = Site()
    published: list[Event] = []
    doubts = 0
    for number, (what, seconds, trouble) in enumerate(story):
        if what == "publish":
            published.append(publish(site, f"p{number}"))
        elif what == "late":
            published.append(event := a_publish(f"p{number}", site.now - seconds))
            site.hear(event)
        elif what == "again" and published:
            site.hear(published[-1])
        elif what in ("end", "fail") and site.in_flight:
            site.finish("deploy.succeeded" if what == "end" else "deploy.failed")
        elif what == "cancel" and site.in_flight:
            site.finish("deploy.cancelled", "cancelled")
        elif what == "other":
            site.hear(happening("deploy.succeeded", id=f"o{number}", at=site.now))
        elif what == "trouble" and trouble.isdecimal():
            site.status = int(trouble)
        elif what == "trouble":
            site.fate, doubts = trouble, doubts + (trouble in ("unanswered", "dies after"))
        elif what == "fine":
            site.status, site.fate = 201, ""
        site.run(seconds)
    site.status, site.fate = 201, ""
    for _ in range(20):
        while site.in_flight:
            site.finish()
        site.run(MAX_PAUSE_SECONDS)
    assert site.queue == []
    last = max((at for at, _ in site.builds), default=0.0)
    for event in published:
        assert last >= accepted_at(event) - 1
    if not doubts:
        assert site.most_in_flight <= 1
    requested = {event.correlationid for event in site.announced}
    assert {correlation for _, correlation in site.builds} == requested


@settings(max_examples=100, deadline=None)
@given(st.lists(st.floats(min_value=0, max_value=60), min_size=1, max_size=60), st.floats(1, 300))
def test_without_trouble_each_publish_waits_for_a_bounded_time(gaps: list[float], build: float) -> None:
    site = Site()
    published: list[float] = []
    done: list[float] = []

    def pass_time(seconds: float) -> None:
        end = site.now + seconds
        while site.now < end:
            ends = min([at + build for at, _ in site.builds[len(done) :]], default=end)
            site.run(max(min(ends, end) - site.now, 0.001))
            if site.in_flight and site.now >= ends:
                done.append(site.now)
                site.finish()

    for number, gap in enumerate(gaps):
        published.append(site.now)
        publish(site, f"p{number}")
        pass_time(gap)
    pass_time(LONGEST_WAIT + 2 * build + 10)
    assert site.most_in_flight == 1
    starts = [at for at, _ in site.builds]
    for at in published:
        first = min(start for start in starts if start >= at - 1)
        assert first - at <= LONGEST_WAIT + build + 1
    assert len(starts) <= len(published)


def test_two_functions_at_once_do_not_undo_each_others_work(site: Site) -> None:
    class Slow(MemoryStore):
        """Another function is done with its work between our reading and our writing."""

        def write(self, id: str, record: Record[State], now: float) -> Record[State]:
            if not self.items:
                super().write(id, record, now)
            return super().write(id, record, now)

    site.store = Slow()
    events = [a_publish("a"), a_publish("b")]
    with pytest.raises(Retry, match="another function") as retry:
        site.rebuild.handle(events)
    assert list(retry.value.of) == events
