"""The console's acts on a real deployment in a local account, as a person does them: each counted first, with a way back."""

import secrets
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from jamwire.operations.retry import find_waiting
from jamwire.operations.secrets import list_secrets
from jamwire.operations.subscribers import choose_subscribers
from tests.browser.console import WATCH
from tests.deployed.deployed import Deployed

SAMPLE = "token/notice"


@pytest.fixture
def page(browser: Browser, operated: Deployed) -> Iterator[Page]:
    context = browser.new_context()
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(operated.account.console_url)
    yield page
    assert page.evaluate("wrong") == []
    context.close()


def visit(page: Page, view: str) -> None:
    page.get_by_role("navigation", name="Views").get_by_role("link", name=view).click()
    expect(page.locator("main:not([aria-busy]) h1")).to_be_visible()


def perform(page: Page, button: Locator, verb: str, said: str) -> Locator:
    """Do an act as it was counted; gives the dialog, which says what was done."""
    button.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=verb, exact=True).click()
    expect(dialog).to_contain_text(said)
    return dialog


def close(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Close").click()


def test_sample_is_sent_and_arrives_outside(page: Page, operated: Deployed) -> None:
    visit(page, "Endpoints")
    zap = page.get_by_role("region", name="zap")
    zap.get_by_label("Sample for zap").select_option(SAMPLE)
    close(
        perform(page, zap.get_by_role("button", name="Send a sample to zap"), "Send", "zap has accepted it.")
    )
    expect(zap.locator(".tag.good")).to_contain_text("heard")
    visit(page, "Outside")
    page.locator(".delivery-slack .events a").click()
    expect(page.get_by_role("heading", level=1, name="Line 12 is diverted")).to_be_visible()


def test_fault_leads_to_a_dead_letter_that_is_redriven(page: Page, operated: Deployed) -> None:
    visit(page, "Faults")
    page.get_by_role("button", name="The webhook is gone").click()
    expect(page.get_by_role("heading", name="1 fault is on")).to_be_visible()
    sent = operated.send(SAMPLE)
    visit(page, "Dead letters")
    group = page.get_by_role("listitem").filter(has_text="no_service")
    expect(group).to_be_visible()
    visit(page, "Faults")
    page.get_by_role("button", name="Mend everything").click()
    expect(page.get_by_text("All is well outside.")).to_be_visible()
    visit(page, "Dead letters")
    close(
        perform(page, group.get_by_role("button", name="Send back"), "Send back", "1 dead letter sent back.")
    )
    operated.until(lambda: operated.told(sent) == ["slack"], "one message")
    expect(page.get_by_text("There are no dead letters.")).to_be_visible()


def test_discarded_dead_letter_comes_back(page: Page, operated: Deployed) -> None:
    operated.fault(status=404, count=2)
    sent = operated.send(SAMPLE)
    visit(page, "Dead letters")
    letter = page.get_by_role("row").filter(has_text="notice.sent")
    expect(letter).to_be_visible()
    operated.inbox("DELETE", "/api/faults")
    dialog = perform(
        page, letter.get_by_role("button", name="Discard"), "Discard", "1 dead letter thrown away."
    )
    assert operated.told(sent) == []
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("Undone.")
    operated.until(lambda: operated.told(sent) == ["slack"], "one message")


def test_waiting_event_is_tried_now(page: Page, operated: Deployed) -> None:
    operated.fault(status=429, retry_after=3600, count=1)
    sent = operated.send(SAMPLE)
    [at] = choose_subscribers(operated.deployment, "slack")
    operated.until(lambda: find_waiting(operated.deployment, [at]), "a wait of an hour")
    visit(page, "Subscribers")
    slack = page.get_by_role("region", name="Slack")
    close(perform(page, slack.get_by_role("button", name="Try now: Slack"), "Try now", "1 event tried now."))
    operated.until(lambda: operated.told(sent) == ["slack"], "one message")
    # The old message would come back and find its event delivered; nobody waits for it here.
    operated.deployment.client("sqs").purge_queue(QueueUrl=at.queue_url)


def test_secret_is_added_ended_and_put_back(page: Page, operated: Deployed) -> None:
    def known() -> list[str]:
        return [key.value for key in list_secrets(operated.deployment, "zap")]

    before, value = known(), secrets.token_urlsafe(32)
    visit(page, "Endpoints")
    zap = page.get_by_role("region", name="zap")
    zap.get_by_role("button", name="Add a secret: zap").click()
    page.get_by_label("Paste it").fill(value)
    close(perform(page, page.get_by_role("button", name="Go on"), "Add it", "is live."))
    expect(zap.get_by_role("button", name="End secret")).to_have_count(2)
    assert known() == [*before, value]
    assert value not in page.content()
    dialog = perform(page, zap.get_by_role("button", name="End secret").first, "End it", "is ended")
    assert known() == [value]
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("Undone.")
    assert sorted(known()) == sorted([*before, value])
