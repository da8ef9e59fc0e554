"""The console's shell: its navigation, its keyboard, its errors, and what it keeps from others."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.console import SITE, TOKEN, PlayedConsole, a_console


@pytest.fixture
def console(browser: Browser) -> Iterator[PlayedConsole]:
    with a_console(browser) as played:
        yield played


def test_navigation_names_each_view(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    expect(page.get_by_role("link", name="Alarms")).to_have_attribute("aria-current", "page")
    page.get_by_role("link", name="Subscribers").click()
    expect(page.get_by_role("heading", name="Subscribers", level=1)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Alarms", level=1)).to_be_visible()


def test_token_leaves_the_address(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    assert page.url.endswith("/?view=alarms")
    page.reload()
    expect(page.get_by_role("heading", name="Alarms", level=1)).to_be_visible()


def test_page_without_a_token_says_how_to_get_one(console: PlayedConsole) -> None:
    page = console.open("view=alarms", token="")
    expect(page.get_by_role("alert")).to_contain_text("jamwire ui")


def test_address_pasted_into_an_open_page_is_taken(console: PlayedConsole) -> None:
    page = console.open("", token="wrong")
    expect(page.get_by_role("alert")).to_contain_text("jamwire ui")
    page.evaluate(f"location.hash = 'token={TOKEN}'")
    expect(page.get_by_role("heading", name="Events", level=1)).to_be_visible()
    assert page.url == f"{SITE}/"


def test_second_tab_learns_the_token_of_the_first(console: PlayedConsole) -> None:
    console.open("view=alarms")
    page = console.open("view=alarms", token="")
    expect(page.get_by_role("heading", name="Alarms", level=1)).to_be_visible()


def test_theme_is_the_visitors_own(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    shown = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(shown)
    page.get_by_role("button", name="Theme: System").click()
    page.get_by_role("button", name="Theme: Light").click()
    expect(page.get_by_role("button", name="Theme: Dark")).to_be_visible()
    dark = page.evaluate(shown)
    page.reload()
    assert (page.evaluate(shown), light == dark) == (dark, False)


def test_letters_lead_to_views(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    page.keyboard.press("g")
    page.keyboard.press("s")
    expect(page.get_by_role("heading", name="Subscribers", level=1)).to_be_visible()


def test_letters_can_be_turned_off(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    page.keyboard.press("?")
    page.get_by_label("Letters act").uncheck()
    page.keyboard.press("Escape")
    for key in ("?", "g", "s"):
        page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", name="Alarms", level=1)).to_be_visible()


def test_view_that_fails_leaves_the_others(console: PlayedConsole) -> None:
    console.answers["events"] = (500, {})
    page = console.open("view=event&id=event-1")
    expect(page.get_by_role("alert")).to_contain_text("There is no events/event-1.")
    page.get_by_role("link", name="Alarms").click()
    expect(page.get_by_role("heading", name="Alarms", level=1)).to_be_visible()


def test_server_that_is_gone_is_said_in_words(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    console.context.route(f"{SITE}/console/api/**", lambda route: route.abort())
    page.evaluate(
        "history.pushState(null, '', '/?view=event&id=event-1'); dispatchEvent(new Event('popstate'))"
    )
    expect(page.get_by_role("alert")).to_contain_text("Is it still running?")


def test_skip_link_leads_to_the_view(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    assert page.url == f"{SITE}/?view=alarms"
