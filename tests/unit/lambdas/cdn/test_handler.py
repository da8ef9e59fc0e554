"""What is invalidated when, whatever CloudFront answers and wherever the function dies."""

import json
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.cdn import cloudfront
from lambdas.cdn.announcement import announcements_of
from lambdas.cdn.items import matches
from lambdas.cdn.memory import Memory
from lambdas.cdn.plan import MAX_PENDING, Cdn, Progress, apply_events, start_invalidation
from lambdas.cdn.state import Batch, CdnState
from lambdas.contracts.builds import Build, accepted_at
from lambdas.contracts.documents import to_document
from lambdas.contracts.settings import CdnSettings, SubscriberSettings
from lambdas.contracts.state_table import STATE_ID
from lambdas.runtime import Event, Retry, Undeliverable
from lambdas.runtime.stateful import StatefulSubscriber
from tests.fakes.cloudfront import CloudFront
from tests.fakes.events import NOON, a_publish, happening
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


def test_what_changed_is_invalidated_at_once_together_and_by_name() -> None:
    site = edge()
    site.hear(a_publish("a", paths=("/b", "/a")), a_publish("b", paths=("/a",)))
    assert site.items == [["/a", "/b"]]
    assert site.cloudfront.made[0].reference.startswith("a-")


def test_an_event_that_names_no_paths_is_everything() -> None:
    site = edge()
    site.hear(happening("deploy.succeeded", id="d"))
    assert site.items == [["/*"]]


def test_what_changes_while_one_has_just_begun_is_collected_for_the_next() -> None:
    site = edge(window=10.0)
    for number in range(20):
        site.hear(a_publish(f"p{number}", paths=(f"/{number}",)))
        site.run(1)
    site.run(30)
    assert [len(items) for items in site.items] == [1, 9, 10]


def test_what_changes_in_the_window_of_a_completed_invalidation_waits_for_its_end() -> None:
    site = edge(window=60.0)
    site.cloudfront.takes = 0.0
    site.hear(a_publish("a", paths=("/a",)))
    site.run(20)
    site.hear(a_publish("b", paths=("/b",)))
    assert [at for at, _ in site.queue] == [NOON + 60]
    site.run(60)
    assert [made.at for made in site.cloudfront.made] == [NOON, NOON + 60]


def test_invalidation_is_looked_at_later_than_it_is_requested() -> None:
    site = edge()
    site.hear(a_publish("a", paths=("/a",)))
    assert site.cloudfront.calls == 1


def test_the_others_are_told_when_cloudfront_has_completed_it() -> None:
    site = edge()
    site.hear(a_publish("a", paths=("/a",)))
    site.run(29)
    assert site.announced == []
    site.run(20)
    [told] = site.announced
    assert (told.type, told.source, told.notice.paths) == ("cdn.invalidated", "/subscribers/Cdn", ("/a",))
    assert told.payload()["distributions"] == {ONE: "I0"}
    assert site.queue == []


def test_several_distributions_are_all_invalidated_and_told_of_once() -> None:
    site = edge(distributions=(ONE, OTHER))
    site.hear(a_publish("a", paths=("/a",)))
    site.run(60)
    assert [made.distribution for made in site.cloudfront.made] == [ONE, OTHER]
    assert len(site.announced) == 1


def test_content_waits_for_the_deploy_of_a_build_that_began_after_it() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)))
    assert site.queue == []  # it is remembered, and waits for nothing of its own
    site.now = NOON + 10
    site.hear(requested("c" * 12, NOON + 10))
    site.now = NOON + 20
    site.hear(a_publish("b", NOON + 20, paths=("/b", "/a")))
    site.now = NOON + 60
    site.hear(deployed("c" * 12, NOON + 60))
    assert site.items == [["/a"]]
    site.run(60)
    site.hear(requested("d" * 12, NOON + 61))
    site.hear(deployed("d" * 12, site.now))
    assert site.items == [["/a"], ["/a", "/b"]]
    site.run(60)
    assert site.told == [
        ("cdn.invalidated", "c" * 12, ("/a",)),
        ("cdn.invalidated", "d" * 12, ("/a", "/b")),
    ]


def test_content_that_is_heard_after_its_deploy_is_purged_at_once() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10))
    site.hear(deployed("c" * 12, NOON + 60))
    site.hear(a_publish("late", NOON + 5, paths=("/late",)))
    site.run(60)
    assert site.items == [["/a"], ["/late"]]


def test_a_failed_deploy_purges_nothing() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10))
    site.hear(happening("deploy.failed", id="f", at=NOON + 60, correlation="c" * 12))
    site.run(600)
    assert site.items == []


@pytest.mark.parametrize("type", ["build.failed", "build.succeeded", "build.started", "deploy.failed"])
def test_what_only_tells_of_builds_is_no_change(type: str) -> None:
    site = edge(wait_for_deploy=True)
    site.hear(happening(type, id="ours", source="/subscribers/Rebuild", correlation="c" * 12))
    site.hear(happening(type, id="another"))
    site.run(60)
    assert site.items == []


@pytest.mark.parametrize("type", ["deploy.failed", "deploy.started", "preview.succeeded", "deploy.cancelled"])
def test_what_leaves_the_site_as_it_is_purges_nothing_and_ends_nothing(type: str) -> None:
    site = edge()
    site.hear(happening(type, id="x", paths=("/x",)), a_publish("a", paths=("/a",)))
    assert site.items == [["/a"]]


def test_an_ordered_build_that_has_succeeded_is_a_deploy() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10))
    site.hear(happening("build.succeeded", id="w", at=NOON + 60, correlation="c" * 12))
    assert site.items == [["/a"]]
    site.run(60)
    site.hear(deployed("c" * 12, site.now))  # of the same build, by another webhook
    site.run(60)
    assert site.items == [["/a"]]


def test_a_deploy_that_nobody_ordered_is_everything_and_content_still_waits_for_its_own() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10))
    site.hear(deployed("", NOON + 30))
    site.run(60)
    assert site.items == [["/*"]]
    site.hear(deployed("c" * 12, site.now))
    assert site.items == [["/*"], ["/a"]]


def test_a_deploy_without_a_word_is_that_of_the_only_build_where_the_host_gives_none_back() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10, echoes_correlation=False))
    site.hear(deployed("", NOON + 30))
    site.run(60)
    assert site.items == [["/a"]]
    assert site.told == [("cdn.invalidated", "c" * 12, ("/a",))]


def test_deploy_after_that_of_a_build_whose_host_gives_no_word_back_is_everything() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10, echoes_correlation=False))
    site.hear(deployed("", NOON + 30))
    site.run(60)
    site.hear(deployed("", site.now))  # somebody has pushed
    assert site.items == [["/a"], ["/*"]]


def test_deploy_without_a_word_ends_no_build_of_another_host() -> None:
    site = edge(wait_for_deploy=True)
    others = requested("b" * 12, NOON + 5)
    site.hear(a_publish("a", NOON, paths=("/a",)), others)
    site.hear(requested("c" * 12, NOON + 10, echoes_correlation=False), deployed("", NOON + 30))
    site.run(60)
    site.hear(deployed("b" * 12, site.now))  # what it was for is on the site by then
    site.run(3600)
    assert site.items == [["/a"]]


@pytest.mark.parametrize("echoes_correlation", [True, False])
def test_restored_deploy_is_everything_and_content_still_waits_for_its_own(echoes_correlation: bool) -> None:
    site = edge(wait_for_deploy=True)
    order = requested("c" * 12, NOON + 10, echoes_correlation=echoes_correlation)
    site.hear(a_publish("a", NOON, paths=("/a",)), order)
    site.hear(happening("deploy.succeeded", id="r", at=NOON + 3600, subject="old", outcome="restored"))
    site.run(60)
    assert site.items == [["/*"]]
    site.hear(deployed("c" * 12 if echoes_correlation else "", site.now))
    assert site.items == [["/*"], ["/a"]]


@pytest.mark.parametrize("outcome", ["unchanged", "skipped", "superseded", "cancelled"])
def test_content_of_a_build_without_a_result_waits_for_the_next(outcome: str) -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)), requested("c" * 12, NOON + 10))
    site.hear(happening("deploy.cancelled", id="x", at=NOON + 30, correlation="c" * 12, outcome=outcome))
    site.run(60)
    assert site.items == []
    site.hear(requested("d" * 12, site.now))
    site.hear(deployed("d" * 12, site.now + 30))
    assert site.items == [["/a"]]


def test_where_nobody_orders_builds_a_deploys_own_begin_counts() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)))
    site.hear(happening("deploy.started", id="s", at=NOON + 5, subject="d1"))
    site.hear(a_publish("b", NOON + 9, paths=("/b",)))
    site.hear(deployed("", NOON + 30, subject="d1"))
    assert site.items == [["/*"]]
    site.run(60)
    site.hear(happening("deploy.started", id="s2", at=site.now, subject="d2"))
    site.hear(deployed("", site.now + 9, subject="d2"))
    assert "/*" in site.items[-1]


def test_what_an_endpoint_says_of_builds_is_not_believed() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)))
    site.hear(
        happening("build.requested", id="x", at=NOON, correlation="c" * 12, body={"correlation": "c" * 12})
    )
    site.hear(deployed("c" * 12, NOON + 1))
    assert site.items == []  # somebody ordered it, and may tell so yet
    site.run(80)
    assert site.items == [["/*"]]


def test_a_deploy_that_is_heard_before_its_order_purges_no_more_than_what_it_was_for() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(a_publish("a", NOON, paths=("/a",)))
    site.hear(deployed("c" * 12, NOON + 8))
    assert site.reasons == ["waiting for the order of its build"]
    site.now += 3
    site.hear(requested("c" * 12, NOON + 2))
    site.run(200)
    assert site.items == [["/a"]]
    assert site.told == [("cdn.invalidated", "c" * 12, ("/a",))]
    assert site.queue == []


def test_tags_are_purged_where_the_distribution_knows_them() -> None:
    site = edge(cache_tags=True)
    site.hear(a_publish("a", paths=("/a", "/b"), tags=("post", "Post-1")))
    assert site.items == [["#post", "#post-1"]]


def test_a_tag_that_can_be_none_is_left_out_and_the_paths_are_named() -> None:
    site = edge(cache_tags=True)
    site.hear(a_publish("a", paths=("/a",), tags=("post", "a,b")), a_publish("b", paths=("/c",), tags=("é",)))
    assert site.items == [["#post", "/a", "/c"]]
    assert site.counted == [("LeftOut", 2)]


def test_where_nothing_can_be_named_it_is_everything() -> None:
    site = edge(cache_tags=True)
    site.hear(a_publish("a", tags=("a,b",), paths=("#",)))
    assert site.items == [["/*"]]


def test_after_the_free_paths_and_the_paid_ones_folders_are_purged() -> None:
    site = edge(paid_paths=200)
    for number in range(12):
        site.hear(a_publish(f"p{number}", paths=tuple(f"/blog/{number}/{page}" for page in range(110))))
        site.run(60)
    assert [len(items) for items in site.items] == [110] * 10 + [1, 1]
    assert site.items[-1] == ["/blog/11/*"]
    site.now += 32 * 24 * 3600  # another month
    site.hear(a_publish("next", paths=("/blog/a", "/blog/b")))
    assert site.items[-1] == ["/blog/a", "/blog/b"]


def test_each_distribution_is_paid_for() -> None:
    site = edge(distributions=(ONE, OTHER))
    for number in range(6):
        site.hear(a_publish(f"p{number}", paths=tuple(f"/blog/{number}/{page}" for page in range(100))))
        site.run(60)
    assert [len(items) for items in site.items[::2]] == [100] * 5 + [1]


def test_paths_that_cannot_be_named_are_counted() -> None:
    site = edge()
    site.hear(a_publish("a", paths=("/a", "#top", "")))
    assert (site.items, site.counted) == ([["/a"]], [("LeftOut", 2)])


def test_folders_that_stand_for_too_many_paths_wait_for_their_own_changes_only() -> None:
    many = range(MAX_PENDING // 2 + 1)
    changes = [
        a_publish(folder, NOON + at, paths=tuple(f"/{folder}/{page}" for page in many))
        for folder, at in (("a", 1.0), ("b", 2.0))
    ]
    state = apply_events(CdnState(), changes, CdnSettings(distributions=(ONE,), wait_for_deploy=True))
    assert state.pending == {"/a/*": (NOON + 1, NOON + 1), "/b/*": (NOON + 2, NOON + 2)}


def test_announcement_names_paths_and_tags_apart_and_no_more_than_an_event_holds() -> None:
    batch = Batch(reference="r", items=("/a", "#entry-7"), began=NOON)
    [told] = announcements_of(batch)
    assert (told.notice.paths, told.notice.tags) == (("/a",), ("entry-7",))
    [told] = announcements_of(replace(batch, items=tuple(f"/{n}{'x' * 3000}" for n in range(100))))
    assert 0 < sum(map(len, told.notice.paths)) < 200_000


@pytest.mark.parametrize(
    ("items", "changed"), [(("/a",), "1 path"), (("/a", "/b"), "2 paths"), (("/*",), "everything")]
)
def test_announcement_says_in_words_how_much_is_fetched(items: tuple[str, ...], changed: str) -> None:
    [told] = announcements_of(Batch(reference="r", items=items, began=NOON))
    assert told.notice.title == f"The CDN fetches {changed} anew"


@pytest.mark.parametrize("code", ["Throttling", "AccessDenied", "ServiceUnavailable"])
def test_a_cloudfront_that_does_not_answer_well_is_asked_again_on_the_schedule(code: str) -> None:
    site = edge()
    site.cloudfront.errors = [code]
    site.hear(a_publish("a", paths=("/a",)))
    assert site.reasons == [f"CloudFront answered {code}"]
    site.run(400)
    assert site.items == [["/a"]]


def test_a_cloudfront_with_too_many_in_progress_is_waited_for() -> None:
    site = edge()
    site.cloudfront.errors = ["TooManyInvalidationsInProgress"] * 5
    site.hear(a_publish("a", paths=("/a",)))
    site.run(100)
    assert site.items == [["/a"]]
    assert site.dead == []


def test_a_distribution_that_does_not_exist_is_in_the_dead_letters_and_holds_up_no_other() -> None:
    site = edge(distributions=("E0NOWHERE", ONE))
    event = a_publish("a", paths=("/a",))
    site.hear(event)
    assert site.dead == [("a", "CloudFront answered NoSuchDistribution for E0NOWHERE")]
    assert [made.distribution for made in site.cloudfront.made] == [ONE]
    site.cloudfront.distributions += ("E0NOWHERE",)
    site.run(60)
    site.hear(event)  # a person sends it once more
    assert [made.distribution for made in site.cloudfront.made] == [ONE, "E0NOWHERE", ONE]


def test_invalidation_of_no_existing_distribution_is_not_announced() -> None:
    site = edge(distributions=("E0NOWHERE",))
    site.hear(a_publish("a", paths=("/a",)))
    site.run(60)
    assert (site.announced, site.queue) == ([], [])
    assert site.store.read(STATE_ID, CdnState).state.batches == ()


def test_items_that_cloudfront_does_not_take_do_not_hold_up_the_rest() -> None:
    site = edge()
    site.cloudfront.bad = "/bad"
    site.hear(a_publish("a", paths=("/bad", "/good")))
    assert site.items == [["/*"]]
    assert site.counted == [("LeftOut", 2)]
    site.run(60)
    site.hear(a_publish("b", paths=("/good",)))
    assert site.items[-1] == ["/good"]


def test_a_crash_after_cloudfront_was_asked_asks_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    site = edge()

    def die() -> None:
        raise CrashError

    site.cloudfront.on_made = die
    site.hear(a_publish("a", paths=("/a",)), a_publish("b", paths=("/b",)))
    site.cloudfront.on_made = lambda: None
    site.run(400)
    assert site.items == [["/a", "/b"]]
    assert site.cloudfront.calls > 2
    assert len(site.announced) == 1


def test_a_site_of_very_many_and_very_long_paths_stays_within_what_is_kept() -> None:
    site = edge(wait_for_deploy=True)
    for number in range(80):
        paths = tuple(f"/{number % 7}/{number}-{page}-{'x' * 300}" for page in range(100))
        site.hear(a_publish(f"p{number}", NOON + number, paths=paths))
    text = site.store.items[STATE_ID]["document"]
    assert len(text) < 350_000
    site.hear(requested("c" * 12, NOON + 100))
    site.hear(deployed("c" * 12, NOON + 200))
    [items] = site.items
    for number in range(80):
        assert any(matches(item, f"/{number % 7}/{number}-5-{'x' * 300}") for item in items)


def test_paths_too_long_to_be_kept_while_they_wait_are_purged_together() -> None:
    site = edge()
    site.hear(a_publish("a", paths=tuple(f"/news/{number}-{'x' * 400}" for number in range(600))))
    assert site.items == [["/*"]]  # as few bytes as there can be


def test_long_paths_beside_long_ones_in_progress_are_purged_by_their_folder() -> None:
    def long_paths(folder: str) -> tuple[str, ...]:
        return tuple(f"/{folder}/{number}-{'x' * 350}" for number in range(200))

    in_progress = [
        Batch(reference=folder, items=long_paths(folder), began=NOON) for folder in ("old", "older")
    ]
    state = apply_events(
        CdnState(batches=tuple(in_progress), began=NOON),
        [a_publish("a", paths=long_paths("news"))],
        edge().settings,
    )
    assert len(state.pending) == 200  # each by its name as long as it waits
    state = start_invalidation(state, edge().settings, NOON + 60)
    assert state.batches[2].items == ("/news/*",)
    assert len(json.dumps(to_document(state))) < 350_000


stories = st.lists(
    st.tuples(
        st.sampled_from(["publish", "publish", "build", "deploy", "fail", "other", "again"]),
        st.lists(st.sampled_from(["/a", "/b/1", "/b/2", "/c/d/e", "/x y", "/*", "/q/*/z"]), max_size=4),
        st.floats(min_value=0, max_value=40),
        st.sampled_from(["", "", "", "TooManyInvalidationsInProgress", "Throttling", "dies"]),
    ),
    max_size=25,
)


@settings(max_examples=150, deadline=None)
@given(stories, st.booleans())
def test_every_change_is_covered_by_an_invalidation_that_began_after_its_deploy(
    story: list[tuple[str, list[str], float, str]], wait_for_deploy: bool
) -> None:
    site = edge(wait_for_deploy=wait_for_deploy, distributions=(ONE, OTHER))
    changed: list[tuple[float, str]] = []
    builds: list[tuple[str, float]] = []
    deploys: list[tuple[float, float]] = []  # the begin of a build, the end of its deploy

    def die_once() -> None:
        site.cloudfront.on_made = lambda: None
        raise CrashError

    for number, (what, paths, seconds, trouble) in enumerate(story):
        if trouble == "dies":
            site.cloudfront.on_made = die_once
        elif trouble:
            site.cloudfront.errors = [trouble]
        if what == "publish":
            event = a_publish(f"p{number}", site.now, paths=tuple(paths))
            changed += [(accepted_at(event), path) for path in paths or ["/anything"]]
            site.hear(event)
        elif what == "again" and changed:
            site.look()
        elif what == "build":
            correlation = f"{number:012x}"
            builds.append((correlation, site.now))
            site.hear(requested(correlation, site.now))
        elif what in ("deploy", "fail") and builds:
            correlation, began = builds.pop(0)
            if what == "deploy":
                deploys.append((began, site.now))
                site.hear(deployed(correlation, site.now))
        elif what == "other":
            site.hear(happening("deploy.succeeded", id=f"o{number}", at=site.now))
        site.run(seconds)
    site.cloudfront.errors, site.cloudfront.on_made = [], lambda: None
    site.run(2000)
    assert site.queue == []
    assert site.cloudfront.most_wildcards <= 15
    for at, path in changed:
        item = "/q/*" if path == "/q/*/z" else path.replace(" ", "%20")
        live = next((end for began, end in deploys if began > at), None) if wait_for_deploy else at
        if live is None:
            continue
        for distribution in (ONE, OTHER):
            assert any(
                made.at >= live - 0.001  # events tell milliseconds
                and made.distribution == distribution
                and any(matches(found, item) for found in made.items)
                for made in site.cloudfront.made
            ), (at, path, live)


def entry(type: str, at: float, *paths: str, incomplete: bool = False) -> Event:
    return happening(
        type,
        id=f"e-{at}",
        at=at,
        source="/endpoints/cms",
        subject="entry",
        paths=paths,
        incomplete=incomplete,
    )


def test_entry_is_purged_where_it_was_shown_after_the_deploy_that_removed_it() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(entry("content.published", NOON, "/blog/winter", "/blog"))
    site.hear(requested("c" * 12, NOON + 1), deployed("c" * 12, NOON + 40))
    site.run(100)
    removed = site.now
    site.hear(entry("content.deleted", removed, "/*", "/blog", incomplete=True))
    site.run(5)
    assert site.items == [["/blog", "/blog/winter"]]
    site.hear(requested("d" * 12, removed + 1), deployed("d" * 12, removed + 40))
    site.run(100)
    assert site.items == [["/blog", "/blog/winter"]] * 2
    assert site.counted == []


def test_entry_that_nobody_remembers_is_counted_and_told() -> None:
    site = edge()
    site.hear(
        entry("content.deleted", NOON, "/*", "/blog", incomplete=True),
        entry("content.unpublished", NOON + 1, incomplete=True),
    )
    site.run(100)
    assert site.items == [["/*"]]
    assert site.counted == [("Unplaced", 2)]
    assert site.announced[0].notice.text.endswith(
        "Where 2 entries were shown is not known, so everything is fetched."
    )
    site.hear(happening("deploy.succeeded", id="d", at=site.now))
    site.run(100)
    assert site.counted == [("Unplaced", 2)]
    assert site.announced[1].notice.text == "/*"


def test_unplaced_entry_is_told_with_the_invalidation_that_it_caused() -> None:
    site = edge(wait_for_deploy=True)
    site.hear(entry("content.deleted", NOON, "/*", incomplete=True))
    site.hear(happening("notice.sent", id="n", at=NOON + 1, paths=("/news",)))
    site.run(100)
    assert site.items == [["/news"]]
    assert site.counted == []
    site.hear(requested("c" * 12, NOON + 2), deployed("c" * 12, site.now))
    site.run(100)
    assert site.items == [["/news"], ["/*"]]
    assert site.counted == [("Unplaced", 1)]
    assert [bool("not known" in event.notice.text) for event in site.announced] == [False, True]


def test_tags_of_an_entry_are_enough_where_the_distribution_knows_them() -> None:
    site = edge(cache_tags=True)
    event = entry("content.deleted", NOON, "/*", incomplete=True)
    site.hear(replace(event, notice=replace(event.notice, tags=("post", "7"))))
    site.run(100)
    assert site.items == [["#7", "#post"]]
    assert site.counted == []


def test_page_is_purged_at_all_its_addresses_where_the_site_has_them() -> None:
    site = edge(page_twins=True)
    site.hear(a_publish("a", paths=("/a/", "/main.css")))
    assert site.items == [["/a", "/a.html", "/a/", "/a/index.html", "/main.css"]]


def test_memory_needs_the_table_of_a_stateful_subscriber(monkeypatch: pytest.MonkeyPatch) -> None:
    told = SubscriberSettings(
        stack_id="Cdn", queue_url="q", dead_letters_url="d", ledger_table="l", give_up_after=1.0
    )
    for name, value in told.to_environment().items():
        monkeypatch.setenv(name, value)
    with pytest.raises(LookupError, match="stateful=True"):
        Memory.from_environment()
