"""The console's shell: its navigation, its keyboard, its errors, and what it keeps from others."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.console import PlayedConsole, a_console


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


def test_second_tab_learns_the_token_of_the_first(console: PlayedConsole) -> None:
    console.open("view=alarms")
    page = console.open("view=alarms", token="")
    expect(page.get_by_role("heading", name="Alarms", level=1)).to_be_visible()
