"""The console at a local account: what is accepted is there at once, and one event is found, opened and replayed."""

import json
import os
import subprocess
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.console import WATCH
from tests.deployed.deployed import Deployed, Sent

SAMPLE = "netlify/deploy-failed"
TRIES = 20
"""Of which one must succeed: the machine may do other things meanwhile."""

ARRIVES_WITHIN = 1.0
"""Seconds from the answer that an event is accepted to its line in the list."""

PAINTED_WITHIN = 200
"""Milliseconds to the first paint."""


@pytest.fixture
def page(browser: Browser, operated: Deployed) -> Iterator[Page]:
    context = browser.new_context()
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(operated.account.console_url)
    expect(page.locator("main:not([aria-busy])")).to_be_visible()
    yield page
    assert page.evaluate("wrong") == []
    context.close()


def line(sent: Sent) -> str:
    """Where an event is in the list."""
    return f"a[data-item][href*='{sent.id}']"


def arrival(page: Page, operated: Deployed) -> float:
    """Seconds until an event that was accepted is in the list."""
    sent = operated.send(SAMPLE)
    answered = time.monotonic()
    page.wait_for_selector(line(sent))
    return time.monotonic() - answered


def test_accepted_event_is_listed_within_a_second(page: Page, operated: Deployed) -> None:
    assert any(arrival(page, operated) <= ARRIVES_WITHIN for _ in range(TRIES))


def test_page_is_painted_at_once(page: Page) -> None:
    def first_paint() -> float:
        page.reload()
        expect(page.locator("main:not([aria-busy])")).to_be_visible()
        return float(page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"))

    assert any(first_paint() <= PAINTED_WITHIN for _ in range(TRIES))


def test_event_is_found_opened_and_replayed(page: Page, operated: Deployed) -> None:
    sent = operated.send(SAMPLE)
    page.wait_for_selector(line(sent))
    page.get_by_role("searchbox").fill(sent.mark)
    expect(page.locator("a[data-item]")).to_have_count(1)
    page.locator(line(sent)).click()
    slack = page.locator(".outcomes tr", has_text="Slack")
    expect(slack).to_contain_text("delivered")
    expect(page.locator(".track.delivered .words")).to_contain_text("delivered after")
    page.get_by_role("button", name="Replay…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("To").select_option("Slack")
    expect(dialog.locator(".content")).to_contain_text("Slack")
    expect(dialog.locator(".content")).to_contain_text("1 event")
    assert operated.told(sent) == ["slack"]  # it was counted only
    dialog.get_by_role("button", name="Replay").click()
    dialog.get_by_role("button", name="Close").click()
    operated.until(lambda: operated.told(sent) == ["slack", "slack"], "the replay")
    expect(page.locator(".outcomes h3")).to_contain_text("Replay")
    expect(slack.last).to_contain_text("delivered")


def test_event_is_sent_again_by_curl(page: Page, operated: Deployed) -> None:
    sent = operated.send(SAMPLE)
    page.locator(line(sent)).click()
    page.get_by_role("button", name="Copy as curl").click()
    command = page.get_by_role("dialog").locator("pre").inner_text()
    trusting = {**os.environ, "CURL_CA_BUNDLE": str(operated.account.certificate)}
    answer = subprocess.run(["bash", "-c", command], env=trusting, capture_output=True, check=True).stdout
    again = json.loads(answer)["id"]
    page.get_by_role("button", name="Close").click()
    page.get_by_role("link", name="Events").first.click()
    page.wait_for_selector(f"a[data-item][href*='{again}']")
