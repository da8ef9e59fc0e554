"""A page that opens late shows what a page shows that was open all along."""

from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser

from lambdas.contracts.event import Event, timestamp
from tests.browser.visitors import World, a_world, shown

DAY = 86_400


@pytest.fixture
def world(browser: Browser) -> Iterator[World]:
    with a_world(browser) as world:
        yield world


def text(visitor: Any, id: str = "text") -> str:
    return str(visitor.page.text_content(f"#{id}"))


def test_page_that_opens_late_shows_what_was_said(world: World) -> None:
    early = world.open()
    world.send(world.notice("a", text="8 min late", fields={"Delay": "8 min"}))
    world.send(world.notice("b", "line-12/0630", fields={"Delay": "2 min"}))
    world.wait(5)
    late = world.open(clock_is_wrong_by=-7200)
    assert text(late) == "8 min late"
    assert shown(late) == shown(early)
    assert ["line-12/0630", "2 min", None] in shown(late)


def test_what_is_said_while_a_page_connects_is_shown(world: World) -> None:
    said: list[Event] = [world.notice("a", text="8 min late")]
    world.meanwhile = lambda: world.deliver(said.pop()) if said else None
    visitor = world.open()
    world.wait(2, at_a_time=0.5)
    assert text(visitor) == "8 min late"


def test_what_outlives_its_successor_is_not_shown_again(world: World) -> None:
    sleeper, awake = world.open(), world.open()
    world.send(world.notice("a", text="diversion", expires=timestamp(world.now + 15 * DAY)))
    world.hide(sleeper, True)
    world.wait(310, at_a_time=10)
    world.send(world.notice("b", text="8 min late", expires=timestamp(world.now + DAY)))
    world.skip(3 * DAY)
    assert text(sleeper) == "diversion"
    world.hide(sleeper, False)
    world.wait(3)
    assert text(world.open()) == text(awake) == text(sleeper) == "on time"


def test_what_was_just_pushed_stays_where_the_state_lacks_it(world: World) -> None:
    visitor = world.open(sockets="refused")
    world.wait(1)
    world.set_sockets(visitor, "open")
    world.wait(3)
    world.send(world.notice("a", text="8 min late"))
    world.table.items.clear()
    world.wait(1)
    visitor.page.evaluate("dispatchEvent(new Event('online'))")
    world.wait(1)
    assert text(visitor) == "8 min late"
    world.wait(310, at_a_time=10)
    assert text(visitor) == "on time"


def test_what_is_older_is_not_shown_after_what_is_newer(world: World) -> None:
    visitor = world.open()
    world.wait(3)
    world.send(world.notice("b", text="8 min late"))
    world.send(world.notice("a", text="on time", age=20))
    assert text(visitor) == "8 min late"


notice = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["late", "on time", "cancelled"]),
        "fields": st.dictionaries(
            st.sampled_from(["Delay", "Platform", "Departs"]), st.sampled_from("123"), max_size=2
        ),
        "expires": st.integers(1, 4 * 3600) | st.sampled_from([DAY, 20 * DAY]),
    },
)
said = st.tuples(st.sampled_from(["line-12", "line-12/0615", "line-12/0630", "line-12/7"]), notice)
happening = st.one_of(
    # How old they are, and how often they come.
    st.tuples(st.just("send"), st.lists(said, min_size=1, max_size=8), st.integers(0, 90), st.integers(1, 2)),
    st.tuples(st.just("update"), st.sampled_from(["/line-12/", "/*", "/other/"])),
    st.tuples(st.just("wait"), st.sampled_from([0.2, 1, 5])),
    st.tuples(st.just("sleep"), st.sampled_from([600, 3 * 3600, 3 * DAY])),
    st.tuples(st.just("network"), st.booleans()),
    st.tuples(st.just("sockets"), st.sampled_from(["open", "refused", "silent", "hanging"])),
    st.tuples(st.just("losing"), st.booleans()),
    st.tuples(st.just("disorder"), st.booleans()),
    st.tuples(st.just("hidden"), st.booleans()),
    st.tuples(st.just("open"), st.sampled_from([0, -7200, DAY])),
)


class Story:
    """What happens to an early page, and to those that are opened later.

    Attributes:
        world: Where.
        early: The page that was open all along.
        updates: When this page was updated.
    """

    def __init__(self, world: World, random: Any) -> None:
        self.world, self.random = world, random
        self.early = world.open()
        self.updates: list[float] = []
        self._number = 0

    def send(self, said: list[Any], age: int, times: int) -> None:
        """In any order, by themselves or several at once."""
        events = []
        for topic, of in said:
            self._number += 1
            ends = {"expires": timestamp(self.world.now + of["expires"])} if "expires" in of else {}
            events.append(
                self.world.notice(f"n{self._number}", topic, age=age + self._number % 3, **{**of, **ends})
            )
        events *= times
        self.random.shuffle(events)
        for some in [[event] for event in events] if self._number % 2 else [events]:
            self.world.send(*some)

    def update(self, path: str) -> None:
        self._number += 1
        self.world.wait(
            1
        )  # the second in which a page is loaded is not told from the one in which it changes
        self.world.send_update(self.world.update(f"u{self._number}", path))
        if path != "/other/":
            self.updates.append(self.world.now)
        self.world.wait(1)

    def disorder(self, there: bool) -> None:
        """Pushes come twice and in any order, or as they were made."""

        def disturb(texts: Any) -> Any:
            several = [*texts, *texts]
            self.random.shuffle(several)
            return several

        self.world.on_the_way = disturb if there else lambda texts: texts

    def open(self, clock_is_wrong_by: float) -> None:
        if len(self.world.visitors) < 3:
            self.world.open(clock_is_wrong_by=clock_is_wrong_by)

    def losing(self, there: bool) -> None:
        self.early.losing = there

    def wait(self, seconds: float) -> None:
        self.world.wait(seconds)

    def sleep(self, seconds: float) -> None:
        self.world.skip(seconds)

    def network(self, there: bool) -> None:
        change = self.world.mend_network if there else self.world.cut_network
        change(self.early, is_told=True)

    def sockets(self, kind: str) -> None:
        self.world.set_sockets(self.early, kind)

    def hidden(self, hidden: bool) -> None:
        self.world.hide(self.early, hidden)

    def calm_down(self) -> None:
        """The early page is seen again, and has a network."""
        self.losing(False)
        if self.early.page.evaluate("document.hidden"):
            self.hidden(False)
        if not self.early.network:
            self.network(True)


# What lasts long is said before a page falls asleep; while it sleeps, what replaces that, and is forgotten.
OUTLIVED: list[Any] = [
    (
        "send",
        [("line-12", {"text": "diversion", "expires": 20 * DAY}), ("line-12/7", {"expires": 20 * DAY})],
        0,
        1,
    ),
    ("hidden", True),
    ("sleep", 600),
    ("send", [("line-12", {"text": "late", "expires": DAY}), ("line-12/7", {"expires": 60})], 0, 1),
    ("sleep", 3 * DAY),
]

# Each example opens pages: a tenth of the profile's examples, and as many as one likes by --hypothesis-profile=many.
EXAMPLES = max(1, settings.default.max_examples // 10)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(happening, max_size=14), st.randoms(use_true_random=False))
@example(OUTLIVED, Random(1))  # noqa: S311
def test_late_page_equals_early_page_whatever_happened(
    browser: Browser, happenings: list[Any], random: Any
) -> None:
    with a_world(browser) as world:
        story = Story(world, random)
        for kind, *details in happenings:
            getattr(story, kind)(*details)
        story.calm_down()
        # A push that was lost without a word is made up for by the next look; a page that polls looks every few seconds.
        has_lost = ("losing", True) in happenings
        world.wait(310 if has_lost else 8, at_a_time=10 if has_lost else 1)
        late = world.open()
        world.wait(3)
        for visitor in world.visitors:
            assert shown(visitor) == shown(late)
            is_old = any(time > visitor.opened_at for time in story.updates)
            assert visitor.page.is_visible("#updated") == is_old
