"""axe looks at what the script shows: each state of a button and of a form, wide and narrow."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.following import Following, a_visitor
from tests.browser.packages import AXE, needs_packages
from tests.browser.test_follow import BUTTON, follow
from tests.browser.test_follow_forms import fill

pytestmark = needs_packages


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Following]:
    with a_visitor(browser) as visitor:
        yield visitor


def explained(page: Page) -> None:
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("group", name="Line 12")).to_be_visible()


def refused(page: Page) -> None:
    page.evaluate("localStorage.permission = 'denied'")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("button", name="By e-mail")).to_be_visible()


def coded(page: Page) -> None:
    fill(page, "text")
    expect(page.get_by_label("The code in the text message")).to_be_visible()


STATES: dict[str, Callable[[Page], object]] = {
    "new": lambda page: page.get_by_text("By e-mail or text message").click(),
    "explained": explained,
    "followed": follow,
    "refused": refused,
    "code": coded,
}


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(visitor: Following, state: str) -> None:
    page = visitor.open()
    STATES[state](page)
    page.evaluate(AXE.read_text())
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        found = page.evaluate("axe.run()")
        assert {one["id"]: [node["target"] for node in one["nodes"]] for one in found["violations"]} == {}
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
