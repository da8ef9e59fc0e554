"""Forms for e-mail and text messages: without JavaScript the endpoint's pages answer, with it the page does."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.audience import CODE, SENTENCE, problem
from tests.browser.following import Following, a_visitor

LABELS = {"email": "E-mail", "text": "Number"}
ADDRESSES = {"email": "rider@example.com", "text": "+1 206 555 0100"}
NAMES = {"email": "address", "text": "number"}


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Following]:
    with a_visitor(browser) as visitor:
        yield visitor


def fill(page: Page, channel: str) -> Locator:
    """Fill a form in and send it; gives it."""
    page.get_by_text("By e-mail or text message").click()
    form = page.locator(f"form#{channel}")
    form.get_by_label(LABELS[channel]).fill(ADDRESSES[channel])
    form.get_by_label("I agree.").check()
    form.get_by_role("button").click()
    return form


@pytest.mark.parametrize("channel", LABELS)
def test_form_works_without_javascript(browser: Browser, channel: str) -> None:
    with a_visitor(browser, java_script_enabled=False) as visitor:
        page = visitor.context.new_page()
        page.goto(visitor.site)
        expect(page.get_by_role("button", name="Tell me about line 12")).to_have_count(0)
        fill(page, channel)
        expect(page.get_by_role("heading")).to_have_text(SENTENCE)
        assert page.url == f"{visitor.endpoint.url}follow"
        [said] = visitor.endpoint.told("follow")
        assert said == [
            ("channel", channel),
            ("topics", "line-12"),
            (NAMES[channel], ADDRESSES[channel]),
            ("consent", "true"),
        ]


def test_email_form_is_answered_on_the_page(visitor: Following) -> None:
    page = visitor.open()
    fill(page, "email")
    expect(page.locator("form#email + .jamwire-follow [role=status]")).to_have_text(SENTENCE)
    assert page.url == f"{visitor.site}/"
    [said] = visitor.endpoint.told("follow")
    assert said.pop("zone")
    assert said == {
        "channel": "email",
        "topics": ["line-12"],
        "address": "rider@example.com",
        "consent": True,
    }
    assert page.evaluate("seen") == [
        {"name": "follow", "topics": ["line-12"], "channel": "email", "pending": True}
    ]


def test_text_form_asks_for_the_code(visitor: Following) -> None:
    page = visitor.open()
    fill(page, "text")
    status = page.locator("form#text + .jamwire-follow [role=status]")
    code = page.get_by_label("The code in the text message")
    expect(code).to_be_focused()
    code.fill("000000")
    code.press("Enter")
    expect(status).to_have_text("That is not the code that we sent.")
    code.fill(f" {CODE} ")
    page.get_by_role("button", name="Confirm").click()
    expect(status).to_have_text("Confirmed. You will be told: Line 12.")
    expect(status).to_be_focused()
    expect(code).to_have_count(0)
    assert visitor.endpoint.told("confirm")[-1] == {"number": ADDRESSES["text"], "code": CODE}
    assert page.evaluate("seen")[-1] == {"name": "follow", "topics": ["line-12"], "channel": "text"}


def test_refused_form_can_be_sent_again(visitor: Following) -> None:
    visitor.endpoint.instead["follow"] = problem(429, "Slow down.")
    page = visitor.open()
    form = fill(page, "email")
    status = page.locator("form#email + .jamwire-follow [role=status]")
    expect(status).to_have_text("There are too many requests. Try again in 5 min.")
    visitor.endpoint.instead["follow"] = problem(400, "<b>That is no e-mail address.</b>")
    form.get_by_role("button").click()
    expect(status).to_have_text("<b>That is no e-mail address.</b>")  # text, not HTML
    visitor.endpoint.instead.clear()
    form.get_by_role("button").click()
    expect(status).to_have_text(SENTENCE)


def test_form_says_when_the_endpoint_is_not_reached(visitor: Following) -> None:
    page = visitor.open()
    page.route(f"{visitor.endpoint.url}follow", lambda route: route.abort("internetdisconnected"))
    fill(page, "email")
    expect(page.locator("form#email + .jamwire-follow [role=status]")).to_contain_text("could not be reached")
