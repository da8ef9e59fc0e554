"""A page that opens late shows what a page shows that was open all along."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, BrowserContext

from lambdas.contracts.event import timestamp
from tests.browser.visitors import World, a_world, shown


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def world(context: BrowserContext) -> Iterator[World]:
    with a_world(context) as world:
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


notice = st.fixed_dictionaries(
    {},
    optional={
        "text": st.sampled_from(["late", "on time", "cancelled"]),
        "fields": st.dictionaries(st.sampled_from(["Delay", "Platform"]), st.sampled_from("123"), max_size=2),
        "expires": st.integers(1, 4 * 3600),
    },
)
happening = st.one_of(
    st.tuples(
        st.just("send"),
        st.lists(
            st.tuples(st.sampled_from(["line-12", "line-12/0615", "line-12/0630"]), notice),
            min_size=1,
            max_size=8,
        ),
        st.integers(0, 90),  # how old they are: what is late is not pushed
        st.integers(1, 2),  # how often they come
    ),
    st.tuples(st.just("wait"), st.sampled_from([0.2, 1, 5])),
    st.tuples(st.just("sleep"), st.sampled_from([600, 3 * 3600])),
    st.tuples(st.just("network"), st.booleans()),
    st.tuples(st.just("sockets"), st.booleans()),
    st.tuples(st.just("losing"), st.booleans()),
    st.tuples(st.just("hidden"), st.booleans()),
    st.tuples(st.just("open"), st.sampled_from([0, -7200, 86_400])),
)


@settings(deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(happening, max_size=14), st.randoms(use_true_random=False))
def test_late_page_equals_early_page_whatever_happened(
    context: BrowserContext, happenings: list[Any], random: Any
) -> None:
    with a_world(context) as world:
        early = world.open()
        number = 0
        for kind, *details in happenings:
            if kind == "send":
                said, age, times = details
                events = []
                for topic, of in said:
                    number += 1
                    ends = {"expires": timestamp(world.now + of["expires"])} if "expires" in of else {}
                    events.append(world.notice(f"n{number}", topic, age=age + number % 3, **{**of, **ends}))
                events *= times
                random.shuffle(events)
                for event in events if number % 2 else [events]:
                    world.send(*(event if isinstance(event, list) else [event]))
            elif kind == "wait":
                world.wait(*details)
            elif kind == "sleep":
                world.skip(*details)
            elif kind == "network":
                world.set_network(early, *details)
            elif kind == "sockets":
                early.sockets = details[0]
            elif kind == "losing":
                early.losing = details[0]
            elif kind == "hidden":
                world.hide(early, *details)
            elif kind == "open" and len(world.visitors) < 3:
                world.open(clock_is_wrong_by=details[0])
        has_lost = ("losing", True) in happenings
        early.losing = False
        if early.page.evaluate("document.hidden"):
            world.hide(early, False)
        if not early.network:
            world.set_network(early, True)
        # A push that was lost without a word is made up for by the next look; a page that polls looks every few seconds.
        world.wait(310 if has_lost else 8, at_a_time=10 if has_lost else 1)
        late = world.open()
        world.wait(2)
        pages = [shown(visitor) for visitor in world.visitors]
        assert all(page == shown(late) for page in pages)
