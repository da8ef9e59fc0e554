"""The bus line in a browser: right whenever it is opened, delays that move, articles that are built, purged, offered."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from playwright.sync_api import Browser, Page, expect

from examples.bus_times.build import clock, departures
from examples.bus_times.day import Day, Moment
from examples.bus_times.example import Example, local_account
from examples.bus_times.show import RateLimit, Show
from examples.bus_times.visitor import Visitor
from examples.edge import make_app
from examples.inbox import deliveries
from examples.serving import edges_of, serving
from jamwire.local.credentials import HOST
from jamwire.local.polling import wait_for
from jamwire.local.processes import free_port
from jamwire.operations.live import listening_to
from tests.deployed.deployed import Deployed

ARTICLE = "Line 12 now runs all night"


@dataclass
class Seen:
    """Where the example is seen: at its edge, and behind a proxy that swallows `Upgrade`."""

    example: Example
    address: str
    blocked: str


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    folder = tmp_path_factory.mktemp("example")
    port = free_port()
    with local_account(folder / "account", f"http://{HOST}:{port}") as account, ExitStack() as served:
        account.up()
        [live] = listening_to(account.deployment)
        address = served.enter_context(serving(make_app(*edges_of(account)), port))
        blocked = served.enter_context(
            serving(make_app(*edges_of(account), blocked=urlsplit(live.url).netloc))
        )
        example = Example.prepare(account, folder, address)
        example.build_host.deploy()
        yield Seen(example, address, blocked)


@pytest.fixture
def example(seen: Seen) -> Example:
    return seen.example


@pytest.fixture
def address(seen: Seen) -> str:
    """Where the edge serves the site."""
    return seen.address


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []  # the policy's among them
    page.context.close()


def look_at(page: Page, address: str, path: str) -> None:
    """Open a page, and wait until it listens."""
    page.add_init_script(
        "document.addEventListener('jamwire:state', "
        "({ detail }) => (document.documentElement.dataset.state = detail.state))"
    )
    page.goto(f"{address}{path}")
    expect(page.locator("html[data-state=open]")).to_be_attached()
    page.evaluate("window.loadedOnce = true")


def departure(page: Page, time: str) -> Any:
    return page.locator(".departures li", has=page.get_by_text(time, exact=True))


def moments_of(example: Example, times: list[str]) -> Iterator[Moment]:
    """What is true of an invented day at these times."""
    planned = [time for part in example.line["parts"] for time in departures(part)]
    known: dict[str, Moment] = {}
    for moment in Day(planned, Random(12)).moments(0):  # noqa: S311 - no secret
        known |= {time: moment for time in times if clock(moment.minute) <= time}
    return iter(known[time] for time in times)


def until_board_is(page: Page, says: str, told: dict[str, str]) -> None:
    """Wait until a page shows what was told; of the other departures other tests may have told something."""
    expect(page.get_by_role("status")).to_have_text(says)
    page.wait_for_function(
        """(told) => Object.entries(told).every(([time, status]) =>
          document.querySelector(`[data-jamwire-text="line-12.${time}"]`).textContent === status)""",
        arg=told,
    )


def built_with(example: Example) -> str:
    """The front page as it would be built now."""
    example.build_host.deploy()
    return (example.build_host.dist / "index.html").read_text()


def messages(example: Example) -> list[dict[str, Any]]:
    return [delivery["request"] for delivery in deliveries(example.account.ports.inbox_url, "slack")]


def test_without_javascript_all_is_there_as_it_was_built(address: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/")
    expect(page.locator(".departures li")).to_have_count(65)
    expect(departure(page, "08:15").locator("span")).not_to_be_empty()
    expect(page.get_by_role("link", name="More buses for the harbour festival")).to_be_visible()
    expect(page.locator("[data-jamwire-updated]")).to_be_hidden()
    context.close()


def test_a_delay_moves_on_the_open_page(example: Example, address: str, page: Page) -> None:
    look_at(page, address, "/")
    other = departure(page, "08:35").text_content()
    said = {"08:15": "+4 min", "08:25": "cancelled"}
    example.timetable.say("The 08:15 is expected 4 min late.", said, dict.fromkeys(said, 3600.0))
    expect(departure(page, "08:15")).to_contain_text("+4 min")
    expect(departure(page, "08:15")).to_have_attribute("data-kind", "late")
    expect(departure(page, "08:25")).to_have_attribute("data-kind", "cancelled")
    expect(departure(page, "08:35")).to_have_text(other)
    expect(page.get_by_role("status")).to_have_text("The 08:15 is expected 4 min late.")
    assert page.evaluate("window.loadedOnce")


def test_page_that_opens_late_is_right_at_any_minute(seen: Seen, browser: Browser, page: Page) -> None:
    look_at(page, seen.address, "/")
    told: dict[str, str] = {}
    for moment in moments_of(seen.example, ["06:20", "08:01", "12:30", "21:40"]):
        statuses = {time: status.words for time, status in moment.statuses.items()}
        seen.example.timetable.say(moment.says, statuses, dict.fromkeys(statuses, 3600.0))
        told |= statuses
        until_board_is(page, moment.says, told)  # who has been there all along
        for address in (seen.address, seen.blocked):
            late = browser.new_page()
            late.goto(f"{address}/")
            until_board_is(late, moment.says, told)
            expect(late.locator("[data-jamwire-as-of]")).not_to_have_text("the plan")
            expect(late.get_by_role("status").and_(late.locator("[data-jamwire-stale]"))).to_have_count(0)
            late.context.close()


def test_page_behind_a_proxy_that_swallows_upgrades_polls(seen: Seen, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(f"{seen.blocked}/")
    expect(page.locator("#live")).to_have_attribute("data-state", "polling", timeout=60_000)
    seen.example.timetable.say("The 09:05 is expected 2 min late.", {"09:05": "+2 min"}, {"09:05": 3600.0})
    expect(departure(page, "09:05")).to_contain_text("+2 min")
    page.context.close()


def test_delay_is_history_once_its_bus_has_left(example: Example, address: str, page: Page) -> None:
    look_at(page, address, "/")
    example.timetable.say("All buses run on time.", {"09:15": "+3 min"}, {"09:15": 3.0})
    expect(departure(page, "09:15").locator("span")).to_have_attribute("data-jamwire-stale", "ended")
    assert "+3 min" not in built_with(example)  # nor is it built any more


def test_an_article_is_built_purged_and_offered_to_who_is_there(
    example: Example, address: str, page: Page
) -> None:
    deployed, host = Deployed(example.account), example.build_host
    builds, purges, stories = heard(deployed), len(purged(example)), len(messages(example))
    look_at(page, address, "/news/")
    example.cms.publish("night-bus")
    [title] = wait_for(host.new_orders, seconds=60, what="the order of a build")
    deploy = host.begin(title)
    deployed.until(lambda: heard(deployed) > builds, "the build known to the CDN")
    host.deploy()
    assert httpx2.get(f"{address}/news/night-bus/").status_code == 200  # the new site is there …
    stale = httpx2.get(f"{address}/news/")
    assert stale.headers["x-cache"] == "Hit from edge"  # … and the edge has the old one
    assert ARTICLE not in stale.text
    expect(page.locator("[data-jamwire-updated]")).to_be_hidden()

    host.tell("deploy-succeeded", deploy, title)
    expect(page.get_by_text("There is a new version of this page.")).to_be_visible()
    assert page.evaluate("window.loadedOnce")
    expect(page.get_by_role("link", name=ARTICLE)).to_have_count(0)
    page.get_by_role("link", name="Show it").click()
    expect(page.get_by_role("link", name=ARTICLE)).to_be_visible()
    assert not page.evaluate("window.loadedOnce")
    expect(page.locator("[data-jamwire-updated]")).to_be_hidden()

    assert purged(example)[purges:] == [["/", "/news/", "/news/night-bus/"]]
    deployed.until(lambda: messages(example)[stories:], "the story")
    until_quiet(deployed)
    [story] = messages(example)[stories:]
    assert "Live after" in story["text"]
    assert ARTICLE in story["text"]
    for step in ("Published", "Build ordered", "Build started", "Deployed", "Purged", "Seen on open pages"):
        assert f"*{step}*" in json.dumps(story)


def test_delay_reaches_who_has_closed_the_page(example: Example, address: str, browser: Browser) -> None:
    visitor = Visitor(browser, example.account.ports.inbox_url, address)
    visitor.follow()
    says = "The 09:25 is expected 5 min late: a market at Old Gate."
    example.timetable.say(says, {"09:25": "+5 min"}, {"09:25": 3600.0}, warn=True)
    pushed, clicked = wait_for(lambda: list(visitor.look()), seconds=90, what="the push")
    assert pushed == f"Pushed, while no page is open: Line 12: {says}"
    assert clicked == f"Its click opens the page, which says: {says}"
    example.timetable.say("All buses run on time.", {"09:25": "on time"}, {"09:25": 3600.0})
    until_quiet(Deployed(example.account))
    assert list(visitor.look()) == []
    visitor.close()


def test_the_show_plays_delays_and_publishes(example: Example) -> None:
    said: list[str] = []
    pace = RateLimit(speed=3600, publish_after=0.001, publish_every=3600)
    show = Show(example, pace, said.append, time.monotonic)

    def seen(beginning: str) -> bool:
        show.step()
        return any(text.startswith(beginning) for text in said)

    for beginning in ("Published: ", "Build ordered: ", "Deployed 3 files", "Purged: ", "Slack: Live after"):
        wait_for(lambda beginning=beginning: seen(beginning), seconds=60, what=beginning)
    assert any("min late" in text for text in said)
    until_quiet(Deployed(example.account))


def until_quiet(deployed: Deployed) -> None:
    """Wait until nothing is on its way; what was ordered has been built."""
    deployed.until(lambda: not any(map(deployed.waiting, deployed.queues.values())), "quiet")


def purged(example: Example) -> list[list[str]]:
    return [found["request"]["Paths"] for found in deliveries(example.account.ports.inbox_url, "cdn")]


def heard(deployed: Deployed) -> int:
    """Orders that the CDN has heard of; at a deploy of which it has heard no order, it would purge everything."""
    lines = [line.get("event_type") for line in deployed.log("Cdn") if line.get("message") == "delivered"]
    return lines.count("build.requested")
