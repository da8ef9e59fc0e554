"""A webhook in, and what a visitor sees of it without a reload."""

import json
import secrets
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from jamwire.operations.live import Listening
from jamwire.operations.live_states import read_states
from lambdas.contracts.event import Event, Notice, timestamp
from tests.browser.cable import Cable
from tests.browser.site import a_site
from tests.deployed.deployed import Deployed


@pytest.fixture
def site(listening: Listening, cable: Cable) -> Iterator[str]:
    """The site, whose pages listen through the cable."""
    url = urlsplit(listening.url)
    through = listening.url.replace(f":{url.port}/", f":{cable.port}/")
    policy = listening.policy.replace(f":{url.port}", f":{cable.port}")
    with a_site(through, listening.key, policy) as address:
        yield address


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """The page at /news/, when it listens."""
    page = browser.new_page()
    page.clock.install()
    page.goto(f"{site}/news/")
    until_state(page, "open")
    page.evaluate("window.loadedOnce = true")
    yield page
    assert page.evaluate("window.loadedOnce"), "it was reloaded"
    assert page.evaluate("refused") == [], "the policy was broken"
    page.context.close()


def until_state(page: Page, state: str, after: int = 0) -> None:
    """Wait until the page says so, as one of what it says after so many."""
    there = "([state, after]) => seen.slice(after).some((e) => e.name === 'state' && e.state === state)"
    page.wait_for_function(there, arg=[state, after])


def seen(page: Page, name: str) -> list[dict[str, Any]]:
    """What the page was told by events of this name."""
    return [event for event in page.evaluate("seen") if event["name"] == name]


def publish(deployed: Deployed, kind: str, *, age: float = 0, topic: str = "", **notice: Any) -> None:
    """Publish an event as what is in a deployment does."""
    event = Event(
        id=secrets.token_hex(16),
        source="/subscribers/test",
        type=kind,
        time=timestamp(time.time() - age),
        subject=topic,
        notice=Notice(**{"title": "A test's", **notice}),
    )
    attributes = {
        name: {"DataType": "String", "StringValue": value} for name, value in event.attributes.items()
    }
    deployed.deployment.client("sns").publish(
        TopicArn=deployed.deployment.hub.outputs["TopicArn"],
        Message=event.to_json(),
        MessageAttributes=attributes,
    )


def send(deployed: Deployed, **body: Any) -> str:
    """A notice by the token endpoint; its event's id."""
    endpoint, headers, _ = deployed.signed("token/notice")
    named = headers | {"idempotency-key": secrets.token_hex(12)}  # the same words again are another notice
    answer = deployed.post(endpoint, named, json.dumps(body).encode())
    assert answer.status == 200
    return str(answer.document["id"])


def test_a_notice_changes_the_text_of_what_waits_for_its_topic(deployed: Deployed, page: Page) -> None:
    event = send(deployed, topic="line-12", title="Late", text="<b>5</b> min late", fields={"Delay": "5 min"})
    expect(page.locator("#text")).to_have_text("<b>5</b> min late")  # text, not HTML
    assert page.locator("#text b").count() == 0
    expect(page.locator("#delay")).to_have_text("5 min")
    expect(page.locator("#log")).to_have_text("Late")
    expect(page.locator("#other")).to_have_text("on time")
    [notice] = seen(page, "notice")
    assert (notice["id"], notice["topic"]) == (event, "line-12")


def test_a_deploy_is_told_where_the_page_asks_for_the_site(deployed: Deployed, page: Page) -> None:
    deployed.send("netlify/deploy-succeeded")
    expect(page.locator("#site")).to_be_visible()
    expect(page.locator("#page")).to_be_hidden()  # nobody said that this page has changed
    [update] = seen(page, "updated")
    assert (update["type"], update["here"]) == ("deploy.succeeded", False)


@pytest.mark.parametrize(
    ("named", "told"),
    [
        ({"paths": ("/news",)}, True),
        ({"paths": ("/news/*",)}, True),
        ({"paths": ("/about/",)}, False),
        ({"tags": ("author-7",)}, True),
        ({"tags": ("author",)}, False),
    ],
)
def test_an_invalidation_is_told_on_the_pages_that_it_names(
    deployed: Deployed, page: Page, named: dict[str, tuple[str, ...]], told: bool
) -> None:
    publish(deployed, "cdn.invalidated", **named)
    expect(page.locator("#site")).to_be_visible()
    if told:
        expect(page.locator("#page")).to_be_visible()
    else:
        expect(page.locator("#page")).to_be_hidden()
    deployed.until_quiet()
    send(deployed, topic="line-12", title="After it")
    expect(page.locator("#text")).to_have_text("After it")
    assert [update["here"] for update in seen(page, "updated")] == [told]  # told on two channels, seen once


def test_after_a_broken_connection_it_listens_again(deployed: Deployed, page: Page, cable: Cable) -> None:
    so_far = page.evaluate("seen.length")
    cable.cut()
    until_state(page, "waiting", so_far)
    so_far = page.evaluate("seen.length")
    until_state(page, "connecting", so_far)  # it tries, in vain
    until_state(page, "waiting", so_far)
    cable.mend()
    until_state(page, "open", so_far)
    assert seen(page, "state")[-1]["missed"] > 0
    send(deployed, topic="line-12", title="Late", text="7 min late")
    expect(page.locator("#text")).to_have_text("7 min late")


def test_what_was_accepted_before_what_is_shown_is_not_shown_after_it(deployed: Deployed, page: Page) -> None:
    publish(deployed, "notice.sent", topic="line-12", text="new")
    expect(page.locator("#text")).to_have_text("new")
    publish(deployed, "notice.sent", topic="line-12", text="old", age=20)
    page.wait_for_function("() => seen.filter((e) => e.name === 'notice').length === 2")
    expect(page.locator("#text")).to_have_text("new")


def test_a_notice_that_is_forgotten_is_not_pushed(deployed: Deployed, page: Page) -> None:
    ended = timestamp(time.time() - 86_401)
    publish(deployed, "notice.sent", topic="line-12", text="yesterday", expires=ended, age=2 * 86_400)
    publish(deployed, "notice.sent", topic="line-7", text="now")
    expect(page.locator("#other")).to_have_text("now")
    deployed.until_quiet()
    assert [notice["topic"] for notice in seen(page, "notice")] == ["line-7"]


def test_a_page_may_show_a_topic_in_its_own_way(deployed: Deployed, page: Page) -> None:
    page.evaluate("document.addEventListener('jamwire:topic', (event) => event.preventDefault())")
    send(deployed, topic="line-12", title="Late")
    page.wait_for_function("() => seen.some((e) => e.name === 'notice')")
    expect(page.locator("#text")).to_have_text("on time")


def test_a_connection_that_falls_silent_is_made_anew(page: Page) -> None:
    so_far = page.evaluate("seen.length")
    page.clock.fast_forward(91_000)  # AppSync says something every minute
    until_state(page, "waiting", so_far)
    page.clock.fast_forward(1_000)
    until_state(page, "open", so_far)


def test_a_page_whose_machine_has_slept_listens_again(page: Page) -> None:
    so_far = page.evaluate("seen.length")
    page.clock.set_system_time(page.evaluate("Date.now() + 3_600_000"))  # no timer has run meanwhile
    page.clock.run_for(21_000)
    until_state(page, "open", so_far)
    assert seen(page, "state")[-1]["missed"] > 3_600_000


def test_a_hidden_page_falls_asleep_and_listens_again_when_it_is_looked_at(
    deployed: Deployed, page: Page
) -> None:
    hide(page, True)
    page.clock.fast_forward(80_000)
    page.clock.fast_forward(190_000)  # it has heard nothing meanwhile, and connects anew
    until_state(page, "open", page.evaluate("seen.length") - 1)
    so_far = page.evaluate("seen.length")
    page.clock.fast_forward(31_000)  # five minutes in all
    until_state(page, "asleep", so_far)
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.fast_forward(3_600_000)
    assert page.evaluate("seen.at(-1).state") == "asleep"
    hide(page, False)
    until_state(page, "open", so_far)
    send(deployed, topic="line-12", title="Late")
    expect(page.locator("#text")).to_have_text("Late")


def hide(page: Page, hidden: bool) -> None:
    """Make the page believe that its tab is hidden, or seen."""
    page.evaluate(
        "(hidden) => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });"
        " document.dispatchEvent(new Event('visibilitychange', { bubbles: true })); }",
        hidden,
    )


def test_when_the_network_is_back_it_does_not_wait(page: Page, cable: Cable) -> None:
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))  # no timer runs from now on
    cable.cut()
    until_state(page, "waiting")
    cable.mend()
    so_far = page.evaluate("seen.length")
    page.evaluate("dispatchEvent(new Event('online'))")
    until_state(page, "open", so_far)


def test_what_is_said_is_announced_once_and_politely(page: Page) -> None:
    polite = page.evaluate("[...document.querySelectorAll('[aria-live=polite]')].map((e) => e.id)")
    assert polite == ["text", "delay", "other", "page", "site"]  # not what is in a live region already


def test_a_page_that_opens_late_shows_what_was_said(
    deployed: Deployed, listening: Listening, browser: Browser
) -> None:
    publish(deployed, "notice.sent", topic="line-7", text="8 min late")
    deployed.until(
        lambda: "8 min late" in str(list(read_states(deployed.deployment, ["line-7"]))), "the state"
    )
    with a_site(listening.url, listening.key, listening.policy, listening.state_url) as address:
        page = browser.new_page()
        page.goto(f"{address}/news/")
        expect(page.locator("#other")).to_have_text("8 min late")
        page.context.close()


def test_without_the_script_nothing_changes(browser: Browser, site: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site}/news/")
    expect(page.locator("#text")).to_have_text("on time")
    expect(page.locator("#page")).to_be_hidden()
    context.close()
