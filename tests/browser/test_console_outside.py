"""What was delivered, as whoever got it sees it."""

import re
from typing import Any

from playwright.sync_api import Browser, Page, expect

from tests.browser import console_deliveries as deliveries
from tests.browser.console import PlayedConsole, a_console
from tests.browser.console_documents import EVENT
from tests.browser.console_world import World


def test_deliveries_arrive_without_reload(busy: PlayedConsole, world: World) -> None:
    page = busy.open("view=outside")
    expect(page.get_by_role("listitem").filter(has_text="fax")).to_be_visible()
    world.deliveries.append(deliveries.delivery(15, "slack", {"text": "fresh from the press"}))
    expect(page.locator(".delivery").first).to_contain_text("fresh from the press")
    expect(page.locator("#announcements")).to_contain_text("fresh from the press")
    assert page.locator(".delivery").count() == 15
    assert int(busy.asked("outside")[-1].query["after"]) > 0


def test_answer_that_comes_later_is_shown(busy: PlayedConsole, world: World) -> None:
    page = busy.open("view=outside")
    first = page.locator(".delivery").first
    expect(first).to_contain_text("no answer")
    world.deliveries[-1]["status"] = 503
    expect(first).to_contain_text("answered 503")
    assert page.locator(".delivery").count() == 14


def test_channel_is_in_the_address(busy: PlayedConsole) -> None:
    page = busy.open("view=outside")
    page.get_by_role("link", name="Text messages").click()
    expect(page.locator(".delivery")).to_have_count(2)
    assert "channel=sms" in page.url
    page.reload()
    expect(page.locator(".delivery")).to_have_count(2)


def test_delivery_leads_to_its_events(busy: PlayedConsole) -> None:
    page = busy.open("view=outside", height=6000)
    alone = page.locator(".delivery").filter(has_text="Line 12 is late").get_by_role("link", name=EVENT[:9])
    expect(alone).to_have_attribute("href", f"/?view=event&id={EVENT}")
    digest = page.locator(".delivery").filter(has_text="9 form submissions")
    expect(digest).to_contain_text("13 events")
    expect(digest.get_by_role("link").first).to_have_attribute("href", "/?view=events&text=000000000")


def test_delivery_is_reached_and_opened_by_keyboard(busy: PlayedConsole) -> None:
    page = busy.open("view=outside&channel=build")
    page.keyboard.press("j")
    expect(page.locator(".delivery")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/?view=event&id={EVENT}")


def test_text_message_says_what_it_is_billed_by(busy: PlayedConsole) -> None:
    page = busy.open("view=outside&channel=sms")
    expect(page.locator(".delivery").last).to_contain_text("1 part of GSM-7")
    expect(page.locator(".delivery").last).to_contain_text("costs at most $0.50")
    expect(page.locator(".delivery").first).to_contain_text("2 parts of UCS-2")


def test_event_in_slack_is_drawn_as_slack_does(busy: PlayedConsole) -> None:
    page = busy.open("view=outside&channel=slack", height=6000)
    message = page.locator(".delivery").last
    title = message.locator("strong a")
    expect(title).to_have_text("Deploy of blog failed")
    expect(title).to_have_attribute("href", "https://app.netlify.com/sites/blog/deploys/1")
    expect(message.locator("blockquote")).to_have_text("npm ERR! missing script: build & <more>")
    bar = message.locator(".slack-attachment")
    assert bar.evaluate("(node) => getComputedStyle(node).borderInlineStartColor") == "rgb(224, 30, 90)"
    expect(message.locator(".slack-fields strong").first).to_have_text("Branch")


def test_button_in_slack_is_a_link_to_the_web_only(busy: PlayedConsole) -> None:
    page = busy.open("view=outside&channel=slack", height=6000)
    expect(page.get_by_role("link", name="Open", exact=True)).to_have_attribute("href", "https://example.com")
    assert page.locator("a.slack-button").count() == 1
    assert page.locator("a[href^='javascript']").count() == 0


def test_date_in_slack_is_in_the_visitors_zone(browser: Browser, world: World) -> None:
    world.deliveries = [deliveries.delivery(1, "slack", {"text": "<!date^1800000000^{date} {time}|then>"})]
    with a_console(browser, timezone_id="America/New_York") as abroad:
        abroad.answers |= world.answers()
        page = abroad.open("view=outside")
        expect(page.locator(".slack .mrkdwn")).to_have_text("January 15, 2027 03:00")


def test_push_is_drawn_as_a_notification(busy: PlayedConsole) -> None:
    page = busy.open("view=outside&channel=push")
    shown = page.locator(".delivery")
    expect(shown.locator(".title")).to_have_text("Line 12 is delayed")
    expect(shown).to_contain_text("8 min, roadworks at the station")
    expect(shown).to_contain_text("Waits 3,600 seconds for the browser")
    expect(shown.get_by_role("link", name="line-12")).to_have_attribute("href", "https://example.com/line-12")
    expect(shown.get_by_role("link", name=EVENT[:9])).to_have_attribute("href", f"/?view=event&id={EVENT}")


def test_push_that_was_refused_says_why(busy: PlayedConsole, world: World) -> None:
    wrong = {"message": None, "wrong": "The token is not signed by k."}
    world.deliveries = [deliveries.delivery(1, "push", wrong, status=403, event_ids=[])]
    shown = busy.open("view=outside").locator(".delivery")
    expect(shown).to_contain_text("answered 403")
    expect(shown).to_contain_text("The token is not signed by k.")


def test_mail_is_shown_as_text_with_its_links_and_headers(busy: PlayedConsole) -> None:
    page = busy.open("view=outside&channel=email")
    shown = page.locator(".delivery")
    expect(shown.locator(".title")).to_have_text("Line 12")
    expect(shown).to_contain_text("Harbour Buses <news@example.com>")
    link = shown.locator(".text").get_by_role("link")
    expect(link).to_have_attribute("href", "https://example.com/unsubscribe?t=abc")
    expect(shown.get_by_text("List-Unsubscribe", exact=True)).to_be_hidden()
    shown.get_by_text("Headers").click()
    expect(shown.get_by_text("List-Unsubscribe", exact=True)).to_be_visible()
    expect(shown.get_by_text("office@example.com")).to_be_visible()
    expect(shown.locator("details").get_by_role("link")).to_have_text("https://example.com/unsubscribe?t=abc")


def test_html_of_a_mail_is_never_run(busy: PlayedConsole) -> None:
    page = busy.open("view=outside&channel=email")
    page.locator(".delivery").get_by_text("HTML").click()
    expect(page.locator(".mail pre")).to_contain_text("<p>Line 12 is 8 min late</p>")
    assert page.locator(".mail p:not(.title), .mail img, .mail script, .mail iframe").count() == 0


def test_phone_answers_a_text_to_a_follower(busy: PlayedConsole, world: World) -> None:
    page = busy.open("view=outside&channel=text")
    shown = page.locator(".delivery")
    expect(shown).to_contain_text("costs at most $0.05")
    shown.get_by_label("Answer as this phone").fill("STOP")
    shown.get_by_role("button", name="Answer").click()
    expect(shown.locator(".bubble.own")).to_have_text("STOP")
    assert world.answers_of_phones == [{"from": "+12065550100", "to": "+18005550199", "text": "STOP"}]
    shown.get_by_label("Answer as this phone").fill("NOBODY")
    page.keyboard.press("Enter")
    expect(shown).to_contain_text("The deployment has no such number.")


MARKED = [
    ("*bold* _it_ ~no~", "<p><strong>bold</strong> <em>it</em> <s>no</s></p>"),
    ("*_both_*", "<p><strong><em>both</em></strong></p>"),
    ("2*3*4 snake_case_word * a *", "<p>2*3*4 snake_case_word * a *</p>"),
    ("`*code*` &lt;b&gt; &amp;amp;", "<p><code>*code*</code> &lt;b&gt; &amp;amp;</p>"),
    ("```\n*as is*\n```", "<pre>*as is*</pre>"),
    ("&gt; a\n&gt; b\nc", "<blockquote>a\nb</blockquote><p>c</p>"),
    ("• a\n• b", "<ul><li>a</li><li>b</li></ul>"),
    ("<@U1|ada> <#C1> <!channel>", "@ada #C1 @channel"),
    ("<javascript:alert(1)|click>", "<p>&lt;javascript:alert(1)|click&gt;</p>"),
    ("*open _and", "<p>*open _and</p>"),
    ("a\u202eb", "<p>a⟨202E⟩b</p>"),
]


def drawn(page: Page, text: str, **options: Any) -> str:
    script = """async ([text, options]) => {
      const { mrkdwn } = await import("/console/static/parts/mrkdwn.js");
      return mrkdwn(text, options).innerHTML;
    }"""
    html: str = page.evaluate(script, [text, options])
    return html


def test_markup_of_slack_is_read(busy: PlayedConsole) -> None:
    page = busy.open("view=alarms")
    for text, expected in MARKED:
        html = drawn(page, text, verbatim=True)
        assert expected in (html, re.sub("<[^>]*>", "", html)), text


def test_bare_address_is_a_link_unless_it_is_verbatim(busy: PlayedConsole) -> None:
    page = busy.open("view=alarms")
    text = "see https://example.com/a?b=1&amp;c=2."
    assert 'href="https://example.com/a?b=1&amp;c=2"' in drawn(page, text)
    assert "href" not in drawn(page, text, verbatim=True)


def test_endless_message_is_cut(busy: PlayedConsole) -> None:
    page = busy.open("view=alarms")
    assert len(drawn(page, "*a " * 1_000_000)) < 30_000
