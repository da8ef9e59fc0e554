"""What is pushed to the worker: shown once, replaced by what is newer, and a click that opens its page."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from jamwire.local.polling import wait_for
from tests.browser.audience import OTHER_KEY, problem, settings_with
from tests.browser.following import (
    PATIENCE,
    Following,
    PushService,
    a_visitor,
    notifications,
    push_service_of,
)

URL = "https://example.com/line-12/"


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Following]:
    with a_visitor(browser) as visitor:
        yield visitor


@pytest.fixture
def page(visitor: Following) -> Page:
    """A page that follows line 12."""
    page = visitor.open()
    page.get_by_role("button", name="Tell me about line 12").click()
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_text("You follow this line.")).to_be_visible()
    return page


@pytest.fixture
def push(visitor: Following, page: Page) -> PushService:
    return push_service_of(visitor, page)


def message(id: str = "a", at: str = "08:00:00", *, topic: str = "line-12", **more: Any) -> str:
    """What the audience pushes of an event (docs/audience.md)."""
    said = {
        "title": f"Notice {id}",
        "body": "The 06:15 is 5 min late.",
        "navigate": URL,
        "tag": topic,
        "lang": "en",
        "dir": "auto",
        "silent": False,
        "data": {
            "id": id,
            "topic": topic,
            "severity": "warning",
            "time": f"2027-01-15T{at}.000Z",
            "url": URL,
        },
    }
    return json.dumps({"web_push": 8030, "notification": said | more})


def until_shown(page: Page, *titles: str) -> list[dict[str, Any]]:
    """Wait until these are shown and nothing else; gives them."""

    def are_shown() -> tuple[list[dict[str, Any]]] | None:
        shown = notifications(page)
        return (shown,) if sorted(one["title"] for one in shown) == sorted(titles) else None

    [shown] = wait_for(are_shown, seconds=PATIENCE / 1000, what=f"the notifications {titles}")
    return shown


def opened(visitor: Following) -> list[list[str]]:
    """What the worker has opened or focused."""
    return list(visitor.worker.evaluate("opened"))


def click(visitor: Following) -> None:
    """Click the notification that is shown."""
    visitor.worker.evaluate(
        """async () => {
          const [notification] = await registration.getNotifications();
          let done;
          const event = new NotificationEvent("notificationclick", { notification });
          event.waitUntil = (promise) => { done = promise; };
          dispatchEvent(event);
          await done;
        }"""
    )


def close_all(page: Page) -> None:
    """The visitor closes what is shown."""
    page.evaluate(
        """async () => { const its = await navigator.serviceWorker.getRegistration("/jamwire-worker/");
           (await its.getNotifications()).forEach((one) => one.close()); }"""
    )


def test_push_is_shown_while_no_page_of_the_site_is_open(
    visitor: Following, page: Page, push: PushService
) -> None:
    page.goto("about:blank")
    push.deliver(message())
    page.goto(visitor.site)
    [shown] = until_shown(page, "Notice a")
    assert (shown["body"], shown["tag"], shown["lang"]) == ("The 06:15 is 5 min late.", "line-12", "en")


def test_newer_push_replaces_the_older_of_its_topic(page: Page, push: PushService) -> None:
    push.deliver(message("a", "08:00:00"))
    push.deliver(message("news", "08:00:00", topic="news"))
    until_shown(page, "Notice a", "Notice news")
    push.deliver(message("b", "08:05:00"))
    shown = until_shown(page, "Notice b", "Notice news")
    assert {notification["renotify"] for notification in shown} == {True}


OLDER_OR_REPEATED = [
    message("a", "08:00:00"),
    message("b", "08:05:00", title="Again"),
    message("c", "08:10:00", title="Again"),
]


@pytest.mark.parametrize("data", OLDER_OR_REPEATED)
@pytest.mark.parametrize("is_closed", [False, True])
def test_older_push_and_repetition_change_nothing(
    page: Page, push: PushService, data: str, is_closed: bool
) -> None:
    push.deliver(message("b", "08:05:00"))
    until_shown(page, "Notice b")
    push.deliver(message("c", "08:10:00"))
    until_shown(page, "Notice c")
    if is_closed:
        close_all(page)
    push.deliver(data)  # browsers take the permission away from a site whose push shows nothing
    push.deliver(message("news", topic="news"))
    shown = until_shown(page, "Notice c", "Notice news")
    sounds = {one["title"]: (one["renotify"], one["silent"]) for one in shown}
    assert sounds == {"Notice c": (False, True), "Notice news": (True, False)}
    [newest] = [one for one in shown if one["tag"] == "line-12"]
    assert (newest["data"]["id"], newest["data"]["url"]) == ("c", URL)


def test_push_that_could_not_be_shown_is_shown_when_repeated(
    visitor: Following, page: Page, push: PushService
) -> None:
    visitor.worker.evaluate(
        """() => { const show = registration.showNotification;
           registration.showNotification = async () => { delete registration.showNotification; throw new TypeError(); }; }"""
    )
    push.deliver(message("a", "08:00:00"))
    push.deliver(message("a", "08:00:00"))
    [shown] = until_shown(page, "Notice a")
    assert (shown["renotify"], shown["silent"]) == (True, False)


@pytest.mark.parametrize("data", ["", "nonsense", "null", "{}", '{"notification": {"body": "x"}}'])
def test_unreadable_push_shows_a_plain_line(page: Page, push: PushService, data: str) -> None:
    push.deliver(data)
    until_shown(page, "Harbour Buses")


def test_click_opens_the_page(visitor: Following, page: Page, push: PushService) -> None:
    push.deliver(message())
    until_shown(page, "Notice a")
    click(visitor)
    assert opened(visitor) == [["opened", URL]]
    until_shown(page)


def test_click_focuses_the_page_that_is_open(visitor: Following, page: Page, push: PushService) -> None:
    push.deliver(message(navigate=f"{visitor.site}/#top"))
    until_shown(page, "Notice a")
    click(visitor)
    assert opened(visitor) == [["focused", f"{visitor.site}/"]]


@pytest.mark.parametrize(
    "navigate", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://", ""]
)
def test_click_opens_nothing_but_pages(
    visitor: Following, page: Page, push: PushService, navigate: str
) -> None:
    page.goto(f"{visitor.site}/elsewhere/")
    push.deliver(message(navigate=navigate))
    until_shown(page, "Notice a")
    click(visitor)
    assert opened(visitor) == [["opened", f"{visitor.site}/"]]


def change_subscription(visitor: Following) -> None:
    """The browser's push service gives a subscription up."""
    visitor.worker.evaluate(
        """async () => {
          let done;
          const event = new ExtendableEvent("pushsubscriptionchange");
          event.waitUntil = (promise) => { done = promise; };
          await (await registration.pushManager.getSubscription()).unsubscribe();
          dispatchEvent(event);
          await done;
        }"""
    )


def test_worker_renews_a_subscription_that_changed(visitor: Following, page: Page) -> None:
    page.goto("about:blank")
    visitor.endpoint.settings = settings_with(push={"key": OTHER_KEY, "id": "two"})
    change_subscription(visitor)
    [said] = visitor.endpoint.told("renew")
    assert (said["follower"], said["key"]) == ("token-0", "two")
    assert visitor.endpoint.followers == {"token-1": ["line-12"]}
    expect(visitor.open().get_by_text("You follow this line.")).to_be_visible()
    assert len(visitor.endpoint.told("renew")) == 1


def end_follower(visitor: Following) -> None:
    """The endpoint was told that the old subscription is gone, and has ended its follower."""
    visitor.endpoint.followers.clear()


def test_push_before_the_renewal_ends_nothing(visitor: Following, page: Page) -> None:
    end_follower(visitor)
    change_subscription(visitor)
    [said] = visitor.endpoint.told("follow")[1:]
    assert (said["channel"], said["topics"]) == ("push", ["line-12"])
    assert visitor.endpoint.followers == {"token-1": ["line-12"]}
    assert said["subscription"]["endpoint"] == visitor.endpoint.endpoints["token-1"]
    page.reload()
    expect(page.get_by_text("You follow this line.")).to_be_visible()
    assert len(visitor.endpoint.told("follow")) == 2


def test_page_follows_anew_what_the_worker_could_not(visitor: Following, page: Page) -> None:
    visitor.endpoint.instead["renew"] = problem(503, "Later.")
    change_subscription(visitor)
    visitor.endpoint.instead.clear()
    end_follower(visitor)
    with page.expect_response(lambda response: response.url.endswith("follow")):
        page.reload()
    expect(page.get_by_text("You follow this line.")).to_be_visible()
    assert visitor.endpoint.followers == {"token-1": ["line-12"]}


def test_end_that_a_challenge_keeps_is_said(visitor: Following, page: Page) -> None:
    visitor.endpoint.settings = visitor.endpoint.settings | {"challenge": {"site_key": "0x4A"}}
    end_follower(visitor)
    change_subscription(visitor)
    page.reload()
    expect(page.get_by_text("You will no longer be told: Line 12.")).to_be_visible()
    expect(page.get_by_text("You follow this line.")).to_be_hidden()
    assert len(visitor.endpoint.told("follow")) == 1


def test_page_renews_what_the_worker_could_not(visitor: Following, page: Page) -> None:
    visitor.endpoint.instead["renew"] = problem(503, "Later.")
    change_subscription(visitor)
    visitor.endpoint.instead.clear()
    with page.expect_response(lambda response: response.url.endswith("renew")):
        page.reload()
    expect(page.get_by_text("You follow this line.")).to_be_visible()
    assert visitor.endpoint.followers == {"token-1": ["line-12"]}
