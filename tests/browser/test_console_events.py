"""The console's list of events."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.console import NOW, OVERVIEW, SITE, PlayedConsole, a_console
from tests.browser.histories import answered, history, listed, paged

SEEN = "(rows) => rows.filter((row) => row.checkVisibility({ contentVisibilityAuto: true })).length"
"""How many rows the browser has laid out."""


@pytest.fixture
def console(browser: Browser) -> Iterator[PlayedConsole]:
    with a_console(browser) as played:
        yield played


def titles(console: PlayedConsole) -> list[str]:
    return console.page.locator("td.title").all_inner_texts()


def test_accepted_event_arrives_by_itself(console: PlayedConsole) -> None:
    events: list[dict[str, Any]] = [listed(number) for number in range(3)]
    console.answers["events"] = paged(events)
    page = console.open("view=events")
    assert len(titles(console)) == 3
    events.insert(0, listed(-1, title="It has just come"))
    expect(page.locator("td.title").first).to_have_text("It has just come")
    expect(page.locator("td.title")).to_have_count(4)
    expect(page.locator("#announcements")).to_contain_text("1 new event: It has just come")
    assert console.asked("events")[-1].query["after"] >= events[1]["time"]


def test_event_that_comes_twice_is_listed_once(console: PlayedConsole) -> None:
    console.answers["events"] = answered(listed(1))
    page = console.open("view=events")
    with page.expect_response("**/events?after=*"):
        pass
    with page.expect_response("**/events?after=*"):
        pass
    assert len(titles(console)) == 1


def test_late_event_finds_its_place(console: PlayedConsole) -> None:
    console.answers["events"] = paged([listed(1), listed(3)])
    page = console.open("view=events")
    console.answers["events"] = answered(listed(2, title="Late"))
    expect(page.locator("td.title").nth(1)).to_have_text("Late")
    assert len(titles(console)) == 3


def test_burst_arrives_in_order(console: PlayedConsole) -> None:
    events = [listed(number) for number in range(400)]
    console.answers["events"] = paged(events[390:])
    page = console.open("view=events")
    console.answers["events"] = answered(*events)
    expect(page.locator("td.title")).to_have_count(400)
    console.answers["events"] = answered(listed(-1))
    expect(page.locator("td.title")).to_have_count(401)
    times = page.locator("tbody time").evaluate_all("(times) => times.map((time) => time.dateTime)")
    assert times == sorted(times, reverse=True)


HIDE = "Object.defineProperty(document, 'hidden', { get: () => window.isHidden ?? true })"


def test_list_has_no_hole_after_a_pause(console: PlayedConsole) -> None:
    """More came while nobody looked than one look brings."""
    events = [listed(number) for number in range(120)]
    console.answers["events"] = paged(events)
    page = console.open("view=events")
    page.evaluate(HIDE)
    page.wait_for_timeout(150)
    events[:0] = [listed(number) for number in range(-600, 0)]
    page.evaluate("window.isHidden = false")
    expect(page.locator("td.title")).to_have_count(500)
    page.get_by_role("button", name="Show older").click()
    expect(page.locator("td.title")).to_have_count(600)
    page.get_by_role("button", name="Show older").click()
    expect(page.locator("td.title")).to_have_count(700)
    links = page.locator("a[data-item]").evaluate_all("(links) => links.map(({ search }) => search)")
    assert [link.partition("id=event-")[2].partition("&")[0] for link in links] == [
        str(number) for number in range(-600, 100)
    ]


def test_rare_find_keeps_what_was_found_before(console: PlayedConsole) -> None:
    """A search that is watched all the time has no hole, however little of the past one look searches."""
    console.answers["events"] = {**answered(listed(600)), "until": listed(0)["time"]}
    page = console.open("view=events&text=rare")
    bounded = {"cursor": "further", "searched_since": listed(300)["time"], "until": listed(-1)["time"]}
    console.answers["events"] = {"events": [], **bounded}
    with page.expect_response("**/events?*after=*"):
        pass
    console.answers["events"] = {"events": [listed(0)], **bounded}
    expect(page.locator("td.title")).to_have_count(2)


def test_failed_event_that_was_sent_again_goes(console: PlayedConsole) -> None:
    events = [listed(number, dead_at=["Slack"]) for number in range(130)]
    console.answers["events"] = paged(events)
    page = console.open("view=events&failed=1")
    page.get_by_role("button", name="Show older").click()
    expect(page.locator("td.title")).to_have_count(130)
    page.locator("a[data-item]").nth(1).focus()
    del events[120], events[0]
    expect(page.locator("td.title")).to_have_count(128)
    expect(page.locator("a[data-item]").first).to_be_focused()
    events[0] = {**events[0], "dead_at": ["Slack", "Sms"]}
    expect(page.locator("td.title").first).to_contain_text("Dead at Slack, Sms")


def test_filters_are_in_the_address(console: PlayedConsole) -> None:
    console.answers["events"] = paged([listed(1)])
    page = console.open("view=events&severity=error")
    assert console.asked("events")[0].query == {"severity": "error", "limit": "100"}
    page.get_by_label("Failed").check()
    expect(page).to_have_url(f"{SITE}/?view=events&severity=error&failed=1")
    page.get_by_label("Endpoint").select_option("contentful")
    page.get_by_role("searchbox").fill("opening hours")
    asked = "text=opening+hours&endpoint=contentful&severity=error&failed=1"
    expect(page).to_have_url(f"{SITE}/?view=events&{asked}")
    page.go_back()
    expect(page.get_by_label("Failed")).to_be_checked()
    expect(page.get_by_label("Endpoint")).to_have_value("")
    page.go_back()
    expect(page.get_by_label("Failed")).not_to_be_checked()
    expect(page.get_by_label("Severity")).to_have_value("error")


def test_past_span_is_not_followed(console: PlayedConsole) -> None:
    console.answers["events"] = paged([listed(1)])
    page = console.open("view=events&since=2027-01-14T00:00&until=2h")
    assert console.asked("events")[0].query == {"since": "2027-01-14T00:00", "until": "2h", "limit": "100"}
    expect(page.get_by_label("Since")).to_have_value("2027-01-14T00:00")
    expect(page.locator(".live")).to_have_text("")
    page.wait_for_timeout(200)
    assert len(console.asked("events")) == 1


def test_older_events_come_by_the_page(console: PlayedConsole) -> None:
    console.answers["events"] = paged([listed(number) for number in range(130)])
    page = console.open("view=events")
    assert len(titles(console)) == 100
    page.get_by_role("button", name="Show older").click()
    expect(page.locator("td.title")).to_have_count(130)
    expect(page.get_by_role("button", name="Show older")).to_have_count(0)
    expect(page.locator(".more")).to_contain_text("130 events since")


def test_thousands_of_events_are_not_all_laid_out(console: PlayedConsole) -> None:
    console.answers["events"] = paged([listed(number) for number in range(5000)])
    page = console.open("view=events")
    for count in range(200, 5001, 100):
        page.locator(".more button").evaluate("(button) => button.click()")
        expect(page.locator("td.title")).to_have_count(count)
    rows = page.locator("tbody tr")
    for place in (0, 0.5, 1):
        page.evaluate(f"scrollTo(0, document.body.scrollHeight * {place})")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert 0 < rows.evaluate_all(SEEN) <= 200


def test_keyboard_goes_through_the_list(console: PlayedConsole) -> None:
    console.answers |= {
        "events": paged([listed(number) for number in range(3)]),
        "events/event-1": {"histories": [history()]},
    }
    page = console.open("view=events")
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    for key in ("j", "ArrowDown", "j", "k"):
        page.keyboard.press(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Deploy of winter-blog failed")
    console.shown()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", name="Events", level=1)).to_be_visible()
    expect(page.locator("a[data-item]").nth(1)).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Next in the list")


def test_list_says_that_it_is_not_live(console: PlayedConsole) -> None:
    console.answers["events"] = paged([listed(1)])
    page = console.open("view=events")
    expect(page.locator(".live")).to_have_text("Live")
    denied = {"error": "The credentials have expired.", "action": ""}
    console.answers["events"] = lambda call: (403, denied)
    expect(page.locator(".live")).to_have_text("Not live: The credentials have expired.")
    assert len(titles(console)) == 1


def test_list_heals_by_itself(console: PlayedConsole) -> None:
    console.answers["events"] = (502, {"error": "DynamoDB does not answer."})
    page = console.open("view=events")
    expect(page.get_by_role("alert")).to_contain_text("DynamoDB does not answer.")
    console.answers["events"] = paged([listed(number) for number in range(130)])
    expect(page.locator("td.title")).to_have_count(100)
    expect(page.get_by_role("button", name="Show older")).to_be_visible()


def test_missing_permission_is_said_in_words(console: PlayedConsole) -> None:
    denied = {"error": "The credentials may not read the archive.", "action": "dynamodb:Query"}
    console.answers |= {"overview": {**OVERVIEW, "poll_seconds": 60}, "events": (403, denied)}
    page = console.open("view=events")
    expect(page.get_by_role("alert")).to_contain_text("Your credentials lack dynamodb:Query.")
    console.answers["events"] = paged([listed(1)])
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("td.title")).to_have_count(1)


def test_empty_list_says_what_to_do(console: PlayedConsole) -> None:
    console.answers["events"] = paged([])
    page = console.open("view=events")
    expect(page.locator("main")).to_contain_text("jamwire send netlify/deploy-succeeded")
    page.get_by_label("Severity").select_option("critical")
    expect(page.locator("main")).to_contain_text("No event matches.")


def test_deployment_without_an_archive_says_so(console: PlayedConsole) -> None:
    console.answers["overview"] = {**OVERVIEW, "archive": False}
    page = console.open("view=events")
    expect(page.locator("main")).to_contain_text("ArchiveStack")
    assert not console.asked("events")


def test_hidden_page_asks_nothing(console: PlayedConsole) -> None:
    console.answers["events"] = paged([listed(1)])
    page = console.open("view=events")
    page.evaluate(HIDE)
    page.wait_for_timeout(150)
    before = len(console.calls)
    page.wait_for_timeout(300)
    assert len(console.calls) == before
    with page.expect_response("**/events?after=*"):
        page.evaluate("window.isHidden = false")


def test_times_say_how_long_ago(console: PlayedConsole) -> None:
    console.context.clock.set_fixed_time(NOW)
    console.answers["events"] = paged([listed(0), listed(59), listed(90)])
    page = console.open("view=events")
    shown = page.locator("tbody time")
    assert shown.all_inner_texts() == ["3 s ago", "59 min ago", "1 h ago"]
    expect(shown.first).to_have_attribute("title", "Fri, 15 Jan 2027, 07:59:57 UTC")
