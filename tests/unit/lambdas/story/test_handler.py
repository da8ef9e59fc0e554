"""One story for each publish, told once, when it is over."""

import itertools
from dataclasses import dataclass, field

import pytest

from lambdas.contracts.builds import accepted_at
from lambdas.contracts.event import Event, timestamp
from lambdas.contracts.publish_story import Story, elapsed
from lambdas.contracts.settings import StorySettings
from lambdas.contracts.state_table import Record, State
from lambdas.runtime import Retry
from lambdas.runtime.stateful import StatefulSubscriber
from lambdas.story.tracker import MAX_LOOK_SECONDS, MIN_LOOK_SECONDS, StoryTracker, by_story
from tests.fakes.events import NOON, happening
from tests.fakes.state_store import MemoryStore

WORD = "0a1b2c3d4e5f"


@dataclass
class Newsroom:
    now: float = NOON
    until: str = "cdn.invalidated"
    store: MemoryStore = field(default_factory=MemoryStore)
    announced: list[Event] = field(default_factory=list)
    waiting: list[Event] = field(default_factory=list)
    looks_after: float | None = None

    @property
    def subscriber(self) -> StatefulSubscriber[Story, None, None]:
        tracker = StatefulSubscriber(
            stack_id="Story",
            core=StoryTracker(StorySettings(until=self.until, patience=2700.0)),
            store=self.store,
            publish=self.announced.append,
            clock=lambda: self.now,
        )
        return by_story(tracker)

    def hear(self, *events: Event) -> None:
        self.waiting = []
        try:
            self.subscriber.handle(events)
        except Retry as retry:
            self.waiting, self.looks_after = list(retry.of), retry.after


@pytest.fixture
def newsroom() -> Newsroom:
    return Newsroom()


def requested(
    correlation: str = WORD,
    *,
    publishes: int = 2,
    echoes_correlation: bool = True,
    type: str = "build.requested",
    lasted: float = 2,
) -> Event:
    return happening(
        type,
        id=f"{type}-{correlation}",
        at=NOON + 12,
        source="/subscribers/Rebuild",
        correlation=correlation,
        text="netlify answered 404" if type == "build.failed" else "",
        body={
            "correlation": correlation,
            "started": NOON + 12,
            "echoes_correlation": echoes_correlation,
            "publishes": publishes,
            "first": timestamp(NOON),
            "last": timestamp(NOON + lasted),
            "name": "Summer news published and 1 more",
            "titles": ["Summer news published", "Bus times updated"],
        },
    )


def started(correlation: str = WORD) -> Event:
    return happening("deploy.started", id="s", at=NOON + 13, correlation=correlation)


def deployed(correlation: str = WORD, outcome: str = "deploy.succeeded") -> Event:
    return happening(
        outcome,
        id="d",
        at=NOON + 80,
        correlation=correlation,
        url="https://x.example",
        site="docs",
        text="npm",
    )


def purged(correlation: str = WORD) -> Event:
    return happening(
        "cdn.invalidated", id="p", at=NOON + 105, source="/subscribers/Cdn", correlation=correlation
    )


@pytest.mark.parametrize(("lasted", "shown"), [(0.999, None), (1, "+1 s")])
def test_last_publish_is_told_from_a_second_on(newsroom: Newsroom, lasted: float, shown: str | None) -> None:
    newsroom.hear(requested(lasted=lasted), started(), deployed(), purged())
    [told] = newsroom.announced
    assert told.notice.fields.get("Last of them") == shown


def test_a_publish_that_is_live_is_told_with_its_times(newsroom: Newsroom) -> None:
    for event in (requested(), started(), deployed()):
        newsroom.hear(event)
    assert newsroom.announced == []
    newsroom.hear(purged())
    [told] = newsroom.announced
    assert (told.type, told.correlationid, told.source) == ("site.published", WORD, "/subscribers/Story")
    assert told.notice.title == "Live after 1 min 45 s: Summer news published and 1 more"
    assert told.notice.text == "Summer news published\nBus times updated"
    assert told.notice.fields == {
        "Published": "08:00:00 UTC",
        "Last of them": "+2 s",
        "Build ordered": "+12 s",
        "Build started": "+13 s",
        "Deployed": "+1 min 20 s",
        "Purged": "+1 min 45 s",
    }
    assert (told.notice.url, told.notice.site, told.notice.severity) == (
        "https://x.example",
        "docs",
        "success",
    )
    assert [step["type"] for step in told.payload()["timeline"]][-1] == "cdn.invalidated"


@pytest.mark.parametrize("order", [*itertools.permutations(range(4))])
def test_the_order_in_which_they_come_is_of_no_matter(newsroom: Newsroom, order: tuple[int, ...]) -> None:
    events = [requested(), started(), deployed(), purged()]
    for place in order:
        newsroom.hear(events[place])
    [told] = newsroom.announced
    assert told.notice.title.startswith("Live after 1 min 45 s")


def test_it_is_told_once_whatever_comes_again(newsroom: Newsroom) -> None:
    newsroom.hear(requested(), deployed(), purged())
    newsroom.hear(requested(), deployed(), purged())
    newsroom.hear(started())
    assert len(newsroom.announced) == 1
    assert newsroom.waiting == []


def test_dying_after_it_was_told_tells_the_same_event(newsroom: Newsroom) -> None:
    class Dying(MemoryStore):
        def write(self, id: str, record: Record[State], now: float) -> Record[State]:
            if isinstance(record.state, Story) and record.state.announced_type:
                raise ConnectionError
            return super().write(id, record, now)

    newsroom.store = Dying()
    for _ in range(2):
        with pytest.raises(ConnectionError):
            newsroom.hear(requested(), deployed(), purged())
    assert len({event.id for event in newsroom.announced}) == 1


def test_a_failed_deploy_is_told_at_once_with_what_failed(newsroom: Newsroom) -> None:
    newsroom.hear(requested(), deployed(outcome="deploy.failed"))
    [told] = newsroom.announced
    assert told.type == "site.publish_failed"
    assert told.notice.title == "Not live, deploy failed after 1 min 20 s: Summer news published and 1 more"
    assert (told.notice.text, told.notice.severity) == ("npm", "error")


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("unchanged", "nothing had changed"),
        ("skipped", "the build was skipped"),
        ("superseded", "a newer build took its place"),
        ("held", "the build waits for a person"),
        ("cancelled", "the build was cancelled"),
        ("", "the build was cancelled"),
    ],
)
@pytest.mark.parametrize("type", ["deploy.cancelled", "build.cancelled"])
def test_publish_without_a_deploy_is_told_at_once_and_alarms_nobody(
    newsroom: Newsroom, type: str, outcome: str, reason: str
) -> None:
    end = happening(type, id="x", at=NOON + 80, correlation=WORD, outcome=outcome)
    newsroom.hear(requested(), started(), end)
    [told] = newsroom.announced
    assert (told.type, told.notice.severity) == ("site.publish_cancelled", "info")
    assert told.notice.title == f"No deploy, {reason} after 1 min 20 s: Summer news published and 1 more"
    assert newsroom.waiting == []


def test_publish_that_is_deployed_is_live_though_another_run_was_cancelled(newsroom: Newsroom) -> None:
    cancelled = happening("build.cancelled", id="x", at=NOON + 90, correlation=WORD, outcome="cancelled")
    newsroom.hear(requested(), deployed(), cancelled)
    assert newsroom.announced == []
    newsroom.hear(purged())
    assert [told.type for told in newsroom.announced] == ["site.published"]


def test_preview_is_no_step_of_a_story(newsroom: Newsroom) -> None:
    newsroom.hear(requested(echoes_correlation=False))
    newsroom.hear(happening("preview.failed", id="x", at=NOON + 20))
    newsroom.hear(happening("preview.succeeded", id="y", at=NOON + 30, correlation=WORD))
    assert newsroom.announced == []


def test_a_build_that_could_not_be_ordered_is_told(newsroom: Newsroom) -> None:
    newsroom.hear(requested(type="build.failed"))
    [told] = newsroom.announced
    assert told.notice.title.startswith("Not live, build failed after 12 s")
    assert told.notice.text == "netlify answered 404"


def test_a_publish_of_which_nothing_more_is_heard_is_told_as_stuck(newsroom: Newsroom) -> None:
    newsroom.hear(requested(), deployed())
    assert newsroom.waiting == [requested()]
    newsroom.now = NOON + 12 + 2699
    newsroom.hear(requested())
    assert newsroom.announced == []
    newsroom.now += 1
    newsroom.hear(requested())
    [told] = newsroom.announced
    assert told.notice.title.startswith("Not live, nothing was heard after “deployed” after 45 min")
    assert newsroom.waiting == []


def test_without_a_cdn_a_publish_is_live_when_it_is_deployed(newsroom: Newsroom) -> None:
    newsroom.until = "deploy.succeeded"
    newsroom.hear(requested(), deployed())
    assert len(newsroom.announced) == 1


def seen() -> Event:
    return happening("pages.notified", id="seen", at=NOON + 75, source="/subscribers/Live", correlation=WORD)


def test_with_live_pages_a_publish_is_told_when_they_know_of_it(newsroom: Newsroom) -> None:
    newsroom.until = "pages.notified"
    newsroom.hear(requested(), deployed(), purged())
    assert newsroom.announced == []
    newsroom.hear(seen())
    [told] = newsroom.announced
    assert told.notice.fields["Seen on open pages"] == "+1 min 15 s"


def test_where_no_page_could_be_told_it_is_live_all_the_same(newsroom: Newsroom) -> None:
    newsroom.until = "pages.notified"
    newsroom.hear(requested(), deployed(), purged())
    for seconds in (59, 60):  # after the purge, and not after what came before it
        assert newsroom.announced == []
        newsroom.now = accepted_at(purged()) + seconds
        newsroom.hear(requested())
    [told] = newsroom.announced
    assert told.type == "site.published"
    assert "Seen on open pages" not in told.notice.fields


@pytest.mark.parametrize("late", [deployed(), purged()])
def test_what_is_heard_after_its_consequence_is_in_the_story(newsroom: Newsroom, late: Event) -> None:
    newsroom.until = "pages.notified"
    newsroom.hear(*(event for event in (requested(), deployed(), purged(), seen()) if event != late))
    assert newsroom.announced == []
    assert newsroom.waiting == [requested()]
    newsroom.hear(late)
    [told] = newsroom.announced
    assert {"Deployed", "Purged", "Seen on open pages"} <= set(told.notice.fields)


def test_what_is_never_heard_of_does_not_hold_up_a_story(newsroom: Newsroom) -> None:
    newsroom.hear(requested(), purged())
    newsroom.now = accepted_at(purged()) + 59
    newsroom.hear(requested())
    assert newsroom.announced == []
    newsroom.now += 1
    newsroom.hear(requested())
    [told] = newsroom.announced
    assert told.notice.title.startswith("Live after 1 min 45 s")


def test_single_publish_is_told_by_its_name_alone(newsroom: Newsroom) -> None:
    newsroom.until = "deploy.succeeded"
    newsroom.hear(requested(publishes=1), deployed())
    [told] = newsroom.announced
    assert told.notice.text == ""


def test_deploys_that_nobody_ordered_are_no_story(newsroom: Newsroom) -> None:
    newsroom.hear(started(""), deployed(""), purged(""))
    newsroom.hear(deployed("f" * 12, outcome="deploy.failed"))
    assert newsroom.announced == []


def test_where_the_host_gives_no_word_back_the_next_deploy_is_the_builds(newsroom: Newsroom) -> None:
    newsroom.until = "deploy.succeeded"
    newsroom.hear(requested(echoes_correlation=False))
    newsroom.hear(deployed(""))
    [told] = newsroom.announced
    assert told.correlationid == WORD


def test_deploy_from_before_a_build_was_ordered_is_not_the_builds(newsroom: Newsroom) -> None:
    newsroom.until = "deploy.succeeded"
    newsroom.hear(requested(echoes_correlation=False))
    newsroom.hear(happening("deploy.succeeded", id="earlier", at=NOON + 11))
    assert newsroom.announced == []


@pytest.mark.parametrize(("passed", "after"), [(1, MIN_LOOK_SECONDS), (80, 20), (400, MAX_LOOK_SECONDS)])
def test_story_without_an_end_is_looked_at_ever_more_seldom(
    newsroom: Newsroom, passed: float, after: float
) -> None:
    newsroom.now = NOON + 12 + passed
    newsroom.hear(requested())
    assert newsroom.looks_after == after


def test_stories_do_not_mix(newsroom: Newsroom) -> None:
    other = "f" * 12
    newsroom.hear(requested(), requested(other), deployed(other), purged(other))
    [told] = newsroom.announced
    assert told.correlationid == other
    assert newsroom.waiting == [requested()]


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.2, "0 s"), (59.4, "59 s"), (60, "1 min 0 s"), (3600, "1 h 0 min"), (-3, "0 s")]
)
def test_a_time_is_told_as_people_read_it(seconds: float, text: str) -> None:
    assert elapsed(seconds) == text
