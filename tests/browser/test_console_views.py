"""The console's other views: what they show, what they ask of the server, and that all of it is text."""

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import console_documents as documents
from tests.browser.console import Call, PlayedConsole, a_console
from tests.browser.console_documents import EVENT, MARKUP
from tests.browser.packages import AXE, needs_packages

VIEWS = ("rejected", "dead_letters", "endpoints", "subscribers", "alarms", "figures", "outside", "faults")
FAULT = {"channel": "slack", "status": 429, "retry_after": 2, "count": 5}
NOW = 1_800_000_000


class World:
    """The server's side: what was delivered, which faults are on, and how many an act would be about."""

    def __init__(self) -> None:
        self.deliveries = copy.deepcopy(documents.OUTSIDE)
        self.faults = [dict(FAULT)]
        self.count = 12

    def answers(self) -> dict[str, Any]:
        return {
            "rejected": copy.deepcopy(documents.REJECTED),
            "dead-letters": copy.deepcopy(documents.DEAD_LETTERS),
            "endpoints": copy.deepcopy(documents.ENDPOINTS),
            "samples": copy.deepcopy(documents.SAMPLES),
            "subscribers": copy.deepcopy(documents.SUBSCRIBERS),
            "alarms": copy.deepcopy(documents.ALARMS),
            "figures": lambda call: documents.figures(NOW, int(call.query["hours"])),
            "outside": self.outside,
            "faults": self.fault,
            **{
                f"acts/{act}": self.act
                for act in ("redrive", "discard", "retry", "secret-add", "secret-end", "send", "replay")
            },
        }

    def outside(self, call: Call) -> Any:
        after, channel = int(call.query.get("after", 0)), call.query.get("channel")
        chosen = [d for d in self.deliveries if d["number"] > after and channel in (None, d["channel"])]
        return {"deliveries": chosen}

    def fault(self, call: Call) -> Any:
        if call.method == "GET":
            return list(self.faults)
        self.faults = [] if call.method == "DELETE" else [*self.faults, call.body]
        return 204, None

    def act(self, call: Call) -> Any:
        if call.body["dry_run"]:
            return {"count": self.count, "sentence": f"{self.count} would be done."}
        if call.body["count"] != self.count:
            return 409, {"error": f"There are {self.count} now.", "count": self.count}
        undo = {"act": "replay", "body": {"ids": [EVENT], "to": "Slack"}}
        return {"done": self.count, "unsent": [], "sentence": f"{self.count} are done.", "undo": undo}


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def console(browser: Browser, world: World) -> Iterator[PlayedConsole]:
    with a_console(browser) as played:
        played.context.clock.set_fixed_time(NOW)
        played.answers |= world.answers()
        yield played


def posted(console: PlayedConsole, path: str) -> list[Any]:
    return [call.body for call in console.asked(path) if call.method == "POST"]


# What all of them have in common


@needs_packages
@pytest.mark.parametrize("view", VIEWS)
def test_view_is_accessible(console: PlayedConsole, view: str) -> None:
    page = console.open(f"view={view}")
    page.evaluate("for (const found of document.querySelectorAll('main details')) found.open = true")
    page.evaluate(AXE.read_text())
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 360)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 6000})  # what is out of sight is not looked at
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(v["id"], v["nodes"][0]["html"], scheme) for v in found] == []


@pytest.mark.parametrize("view", VIEWS)
def test_view_fits_a_phone(console: PlayedConsole, view: str) -> None:
    page = console.open(f"view={view}", width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def with_markup(value: Any, key: str = "") -> Any:
    """A document in which every text that is for people begins with markup."""
    if isinstance(value, dict):
        return {name: with_markup(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [with_markup(item, key) for item in value]
    kept = {"channel", "type", "group", "state", "received_at", "died_at", "time", "number", "severity"}
    return f"{MARKUP}{value}" if isinstance(value, str) and key not in kept else value


@pytest.mark.parametrize("view", VIEWS)
def test_markup_in_any_field_is_text(console: PlayedConsole, world: World, view: str) -> None:
    for path, answer in list(console.answers.items()):
        if not callable(answer) and path != "overview":
            console.answers[path] = with_markup(answer)
    console.answers["figures"] = lambda call: with_markup(documents.figures(NOW, int(call.query["hours"])))
    world.deliveries = with_markup(world.deliveries)
    world.faults = [{"channel": MARKUP, "status": 500}]
    page = console.open(f"view={view}", height=6000)
    expect(page.locator("main")).to_contain_text(MARKUP)
    assert page.locator("main img, main script").count() == 0  # and the policy had nothing to refuse


def test_credentials_that_may_not_read_are_named(console: PlayedConsole) -> None:
    console.answers["samples"] = 403, {"error": "You may not list them.", "action": "s3:ListSamples"}
    page = console.open("view=endpoints")
    expect(page.get_by_role("alert")).to_contain_text("s3:ListSamples")
    expect(page.get_by_role("region", name="netlify-blog")).to_be_visible()


def test_trouble_ends_when_the_server_answers_again(console: PlayedConsole) -> None:
    good = console.answers["alarms"]
    console.answers["alarms"] = 502, {"error": "CloudWatch does not answer."}
    page = console.open("view=alarms")
    expect(page.get_by_role("alert")).to_contain_text("CloudWatch does not answer.")
    console.answers["alarms"] = good
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Jamwire-IngestErrors")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_open_stays_open_as_figures_change(console: PlayedConsole, world: World) -> None:
    page = console.open("view=faults")
    mend = page.get_by_role("button", name="Mend everything")
    mend.focus()
    world.faults.append({"channel": "build", "status": 503})
    expect(page.get_by_role("heading", name="2 faults are on")).to_be_visible()
    expect(mend).to_be_focused()


# Acts

ACTS = [
    (
        "dead_letters",
        "Send back: Slack: Slack answered 404: no_service",
        "redrive",
        {"subscriber": "Slack", "reason": "Slack answered 404: no_service"},
    ),
    (
        "dead_letters",
        "Discard: Rebuild: the build host answered 401",
        "discard",
        {"subscriber": "Rebuild", "reason": "the build host answered 401"},
    ),
    (
        "dead_letters",
        f"Discard: deploy.failed {documents.OTHER}",
        "discard",
        {"subscriber": "Sms", "id": documents.OTHER},
    ),
    ("subscribers", "Try now: Slack", "retry", {"subscriber": "Slack"}),
    ("subscribers", "Send 12 dead letters back: Slack", "redrive", {"subscriber": "Slack"}),
    (
        "endpoints",
        "End secret 77be02 of netlify-blog",
        "secret-end",
        {"name": "netlify-blog", "id": "77be02"},
    ),
    (
        "endpoints",
        "Send a sample to netlify-blog",
        "send",
        {"sample": "netlify/deploy-failed", "endpoint": "netlify-blog"},
    ),
]


@pytest.mark.parametrize(("view", "button", "act", "body"), ACTS, ids=[button for _, button, *_ in ACTS])
def test_act_is_counted_first_and_undone(
    console: PlayedConsole, view: str, button: str, act: str, body: dict[str, Any]
) -> None:
    page = console.open(f"view={view}")
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("12 would be done.")
    assert posted(console, f"acts/{act}") == [body | {"dry_run": True}]
    dialog.get_by_role("button").last.click()
    expect(dialog).to_contain_text("12 are done.")
    assert posted(console, f"acts/{act}")[1:] == [body | {"dry_run": False, "count": 12}]
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("Undone.")
    assert posted(console, "acts/replay")[-1] == {
        "ids": [EVENT],
        "to": "Slack",
        "dry_run": False,
        "count": 12,
    }


def test_act_is_done_only_as_it_was_counted(console: PlayedConsole, world: World) -> None:
    page = console.open("view=subscribers")
    page.get_by_role("button", name="Try now: Slack").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("12 would be done.")
    world.count = 15  # somebody else was quicker
    dialog.get_by_role("button", name="Try now").click()
    expect(dialog).to_contain_text("There are 15 now.")
    dialog.get_by_role("button", name="Try now").click()
    expect(dialog).to_contain_text("15 are done.")


def test_view_shows_what_an_act_has_left(console: PlayedConsole) -> None:
    page = console.open("view=dead_letters")
    page.get_by_role("button", name="Send back: Slack: Slack answered 404: no_service").click()
    console.answers["dead-letters"] = documents.dead_letters()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Send back").click()
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_text("There are no dead letters.")).to_be_visible()


def test_secret_is_pasted_and_never_shown(console: PlayedConsole) -> None:
    page = console.open("view=endpoints")
    page.get_by_role("button", name="Add a secret: contact-form").click()
    field = page.get_by_label("Paste it")
    expect(field).to_have_attribute("type", "password")
    field.fill("  s3cr3t-value ")
    page.get_by_role("button", name="Go on").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog).to_contain_text("12 are done.")
    assert posted(console, "acts/secret-add") == [
        {"name": "contact-form", "value": "s3cr3t-value", "dry_run": True},
        {"name": "contact-form", "value": "s3cr3t-value", "dry_run": False, "count": 12},
    ]
    assert "s3cr3t-value" not in page.content()
    assert page.locator("input[type=password]").count() == 0


# Refused requests


def test_refusals_are_counted_by_reason(console: PlayedConsole) -> None:
    page = console.open("view=rejected")
    first = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="No such endpoint"))
    expect(first).to_contain_text("57")
    signature = page.get_by_role("listitem").filter(has_text="The signature does not match")
    expect(signature).to_contain_text("jamwire secret add netlify-blog")


def test_refusals_of_one_reason_are_in_the_address(console: PlayedConsole) -> None:
    page = console.open("view=rejected&since=7d")
    page.get_by_role("link", name="Body too large").click()
    expect(page.get_by_role("row")).to_have_count(2)  # with the heading
    assert "reason=body+too+large" in page.url
    assert console.asked("rejected")[-1].query["since"] == "7d"
    page.get_by_role("link", name="show all").click()
    expect(page.get_by_role("row")).to_have_count(9)


# Dead letters


def test_dead_letters_are_narrowed_by_the_address(console: PlayedConsole) -> None:
    page = console.open("view=dead_letters")
    page.get_by_label("Subscriber").select_option("Slack")
    page.wait_for_url("**/*subscriber=Slack*")
    console.shown()
    page.get_by_role("link", name="Slack answered 404: no_service").click()
    console.shown()
    expect(page.get_by_role("link", name="show all")).to_be_visible()
    assert console.asked("dead-letters")[-1].query == {
        "subscriber": "Slack",
        "reason": "Slack answered 404: no_service",
    }


# Endpoints, subscribers and alarms


def test_destination_gets_a_new_address(console: PlayedConsole) -> None:
    page = console.open("view=subscribers")
    page.get_by_role("button", name="New address: slack-fallback").click()
    page.get_by_label("Paste it").fill("https://hooks.slack.com/services/T/B/x")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("dialog")).to_contain_text("12 would be done.")
    [asked] = posted(console, "acts/secret-add")
    assert asked["name"] == "slack-fallback"


def test_what_could_not_be_found_out_is_said_beside(console: PlayedConsole) -> None:
    missing = {"error": "You may not read the queue.", "action": "sqs:GetQueueAttributes"}
    console.answers["subscribers"] |= {"problems": [missing]}
    page = console.open("view=subscribers")
    expect(page.get_by_role("alert")).to_contain_text("sqs:GetQueueAttributes")
    expect(page.get_by_role("region", name="Cdn")).to_be_visible()


def test_guide_names_the_endpoint(console: PlayedConsole) -> None:
    page = console.open("view=endpoints")
    page.get_by_text("What to click at netlify").click()
    expect(page.get_by_role("region", name="netlify-blog")).to_contain_text(
        "jamwire secret add netlify-blog --generate"
    )


def test_endpoint_without_a_secret_says_so(console: PlayedConsole) -> None:
    page = console.open("view=endpoints")
    expect(page.get_by_role("region", name="contact-form")).to_contain_text("every request is refused")


def test_url_of_an_endpoint_is_copied(console: PlayedConsole) -> None:
    console.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = console.open("view=endpoints")
    page.get_by_role("button", name="Copy the URL of netlify-blog").click()
    expect(page.get_by_role("region", name="netlify-blog").get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "https://hooks.example.com/hooks/netlify-blog"


def test_alarms_that_ring_are_first(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    names = page.get_by_role("heading", level=2).all_inner_texts()
    assert names == ["Jamwire-Slack-DeadLetters", "Jamwire-Sms-StillFailing", "Jamwire-IngestErrors"]
    expect(page.get_by_text("AWS has sent a mail to new@example.com")).to_be_visible()


# The outside


def test_deliveries_arrive_without_reload(console: PlayedConsole, world: World) -> None:
    page = console.open("view=outside")
    expect(page.get_by_role("listitem").filter(has_text="fax")).to_be_visible()
    world.deliveries.append(documents.delivery(12, "slack", {"text": "fresh from the press"}))
    expect(page.locator(".delivery").first).to_contain_text("fresh from the press")
    expect(page.locator("#announcements")).to_contain_text("fresh from the press")
    assert page.locator(".delivery").count() == 12
    assert int(console.asked("outside")[-1].query["after"]) > 0


def test_answer_that_comes_later_is_shown(console: PlayedConsole, world: World) -> None:
    page = console.open("view=outside")
    first = page.locator(".delivery").first
    expect(first).to_contain_text("no answer")
    world.deliveries[-1]["status"] = 503
    expect(first).to_contain_text("answered 503")
    assert page.locator(".delivery").count() == 11


def test_channel_is_in_the_address(console: PlayedConsole) -> None:
    page = console.open("view=outside")
    page.get_by_role("link", name="Text messages").click()
    expect(page.locator(".delivery")).to_have_count(2)
    assert "channel=sms" in page.url
    page.reload()
    expect(page.locator(".delivery")).to_have_count(2)


def test_delivery_leads_to_its_events(console: PlayedConsole) -> None:
    page = console.open("view=outside", height=6000)
    alone = page.locator(".delivery").filter(has_text="Line 12 is late").get_by_role("link", name=EVENT[:9])
    expect(alone).to_have_attribute("href", f"/?view=event&id={EVENT}")
    digest = page.locator(".delivery").filter(has_text="9 form submissions")
    expect(digest).to_contain_text("13 events")
    expect(digest.get_by_role("link").first).to_have_attribute("href", "/?view=events&text=000000000")


def test_delivery_is_reached_and_opened_by_keyboard(console: PlayedConsole) -> None:
    page = console.open("view=outside&channel=build")
    page.keyboard.press("j")
    expect(page.locator(".delivery")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/?view=event&id={EVENT}")


def test_text_message_says_what_it_is_billed_by(console: PlayedConsole) -> None:
    page = console.open("view=outside&channel=sms")
    expect(page.locator(".delivery").last).to_contain_text("1 part of GSM-7")
    expect(page.locator(".delivery").last).to_contain_text("costs at most $0.50")
    expect(page.locator(".delivery").first).to_contain_text("2 parts of UCS-2")


def test_event_in_slack_is_drawn_as_slack_does(console: PlayedConsole) -> None:
    page = console.open("view=outside&channel=slack", height=6000)
    message = page.locator(".delivery").last
    title = message.locator("strong a")
    expect(title).to_have_text("Deploy of blog failed")
    expect(title).to_have_attribute("href", "https://app.netlify.com/sites/blog/deploys/1")
    expect(message.locator("blockquote")).to_have_text("npm ERR! missing script: build & <more>")
    bar = message.locator(".slack-attachment")
    assert bar.evaluate("(node) => getComputedStyle(node).borderInlineStartColor") == "rgb(224, 30, 90)"
    expect(message.locator(".slack-fields strong").first).to_have_text("Branch")


def test_button_in_slack_is_a_link_to_the_web_only(console: PlayedConsole) -> None:
    page = console.open("view=outside&channel=slack", height=6000)
    expect(page.get_by_role("link", name="Open")).to_have_attribute("href", "https://example.com")
    assert page.locator("a.slack-button").count() == 1
    assert page.locator("a[href^='javascript']").count() == 0


def test_date_in_slack_is_in_the_visitors_zone(browser: Browser, world: World) -> None:
    world.deliveries = [documents.delivery(1, "slack", {"text": "<!date^1800000000^{date} {time}|then>"})]
    with a_console(browser, timezone_id="America/New_York") as console:
        console.answers |= world.answers()
        page = console.open("view=outside")
        expect(page.locator(".slack .mrkdwn")).to_have_text("January 15, 2027 03:00")


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


def test_markup_of_slack_is_read(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    for text, expected in MARKED:
        html = drawn(page, text, verbatim=True)
        assert expected in (html, re.sub("<[^>]*>", "", html)), text


def test_bare_address_is_a_link_unless_it_is_verbatim(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    text = "see https://example.com/a?b=1&amp;c=2."
    assert 'href="https://example.com/a?b=1&amp;c=2"' in drawn(page, text)
    assert "href" not in drawn(page, text, verbatim=True)


def test_endless_message_is_cut(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    assert len(drawn(page, "*a " * 1_000_000)) < 30_000


# Faults


def test_fault_is_on_and_undone(console: PlayedConsole, world: World) -> None:
    page = console.open("view=faults")
    page.get_by_role("button", name="Slack is down").click()
    expect(page.get_by_role("heading", name="2 faults are on")).to_be_visible()
    assert world.faults[1] == {"channel": "slack", "status": 500}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="1 fault is on")).to_be_visible()
    assert world.faults == [FAULT]


def test_faults_are_mended_and_come_back(console: PlayedConsole, world: World) -> None:
    page = console.open("view=faults")
    page.get_by_role("button", name="Mend everything").click()
    expect(page.get_by_text("All is well outside.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Slack answers 429 and asks for 2 s, 5 times.")).to_be_visible()
    assert world.faults == [FAULT]


def test_own_fault_has_what_was_filled_in(console: PlayedConsole, world: World) -> None:
    page = console.open("view=faults")
    page.get_by_label("Who").select_option("build")
    page.get_by_label("Answers").select_option("503")
    page.get_by_label("Waits before").fill("1.5")
    page.get_by_label("Times").fill("3")
    page.get_by_role("button", name="Let it fail").click()
    expect(page.get_by_role("heading", name="2 faults are on")).to_be_visible()
    assert world.faults[1] == {"channel": "build", "status": 503, "hang": 1.5, "count": 3}


# Figures


def test_figures_are_read_by_keyboard(console: PlayedConsole) -> None:
    page = console.open("view=figures")
    plot = page.get_by_role("slider", name="Points of Age at delivery")
    expect(plot).to_have_attribute("aria-valuetext", re.compile("^at most: Slack p50 .*, Slack p99 "))
    plot.press("End")
    expect(plot).to_have_attribute("aria-valuetext", "Fri 07:57: Slack p50 126 ms, Slack p99 1 s")
    plot.press("ArrowLeft")
    expect(plot).to_have_attribute("aria-valuetext", re.compile("^Fri 07:54: Slack p50 "))


def test_figures_are_read_by_mouse(console: PlayedConsole) -> None:
    page = console.open("view=figures")
    chart = page.get_by_role("figure", name="Accepted events")
    expect(chart.locator(".reading")).to_have_text("in all")
    whole = chart.locator(".legend").inner_text()
    chart.locator(".plot").hover()
    expect(chart.locator(".reading")).to_have_text(re.compile(r"\d\d:\d\d"))
    assert chart.locator(".legend").inner_text() != whole


def test_figures_are_in_a_table_too(console: PlayedConsole) -> None:
    page = console.open("view=figures")
    chart = page.get_by_role("figure", name="Delivered")
    chart.get_by_text("As a table").click()
    assert chart.get_by_role("columnheader").all_inner_texts() == ["From", "Slack", "Cdn", "Sms"]
    assert chart.get_by_role("row").count() > 10


def test_range_of_figures_is_in_the_address(console: PlayedConsole) -> None:
    page = console.open("view=figures")
    page.get_by_role("link", name="Week").click()
    expect(page.get_by_role("link", name="Week")).to_have_attribute("aria-current", "true")
    assert console.asked("figures")[-1].query == {"hours": "168"}


def scales(page: Page, expression: str) -> Any:
    script = f"async () => {{ const scales = await import('/console/static/parts/scales.js'); return {expression}; }}"
    return page.evaluate(script)


def test_axis_ends_at_a_round_number(console: PlayedConsole) -> None:
    page = console.open("view=alarms")
    tops = [scales(page, f"scales.niceScale({most}).top") for most in (0, 1, 3, 7, 12, 99, 1204, 0.3)]
    assert tops == [1, 1, 3, 8, 15, 100, 1500, 0.3]


BINS = [
    ("sum", [[1, 0, 5]]),
    ("max", [[1, None, 3]]),
]


@pytest.mark.parametrize(("how", "rows"), BINS)
def test_points_are_gathered_by_time(
    console: PlayedConsole, how: str, rows: list[list[float | None]]
) -> None:
    page = console.open("view=alarms")
    given = json.dumps([{"points": [[600, 1], [1200, 2], [1260, 3], [1500, 9]]}])
    made = scales(page, f"scales.bins({given}, {{from: 600, to: 1500, column: 300, how: '{how}'}})")
    assert made == {"columns": [600, 900, 1200], "rows": rows}
