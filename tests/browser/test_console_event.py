"""The console's page of one event, whatever is in it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from lambdas.contracts.event import timestamp
from tests.browser.console import NOW, Call, PlayedConsole, a_console
from tests.browser.histories import STORY, history, status

EVENT = "view=event&id=event-1"
SOURCE = "/endpoints/netlify-blog"
MARKUP = "<img src=x onerror=\"wrong.push('run')\"><script>wrong.push('run')</script>"
NODES = "(tree) => tree.querySelectorAll('*').length"


@pytest.fixture
def console(browser: Browser) -> Iterator[PlayedConsole]:
    options = {"permissions": ["clipboard-read", "clipboard-write"]}
    with a_console(browser, **options) as played:
        played.context.clock.set_fixed_time(NOW)
        yield played


def opened(console: PlayedConsole, known: dict[str, Any] | None = None) -> Page:
    console.answers["events/event-1"] = {"histories": [known or history()]}
    return console.open(EVENT)


def row(page: Page, subscriber: str) -> str:
    return page.locator(".outcomes tr", has_text=subscriber).first.inner_text()


def test_notice_is_shown_as_people_see_it(console: PlayedConsole) -> None:
    page = opened(console)
    notice = page.get_by_role("region", name="Notice")
    expect(notice.get_by_role("link")).to_have_attribute(
        "href", "https://app.netlify.com/sites/winter-blog/deploys/65a1"
    )
    expect(notice).to_contain_text("See the log for the whole output.")
    expect(notice).to_contain_text("9fceb02")


def test_each_subscriber_says_what_became_of_it(console: PlayedConsole) -> None:
    page = opened(console)
    assert "delivered" in row(page, "Slack")
    assert "7 attempts. the number is not a mobile one" in row(page, "Sms")
    assert "Next try in 8 min. 3 attempts. api.netlify.com answered 503" in row(page, "Rebuild")
    expect(page.locator(".outcomes h3")).to_contain_text("Replay 20270115-075800-3fa91c, sent 1 min ago")


def test_rule_that_does_not_match_says_why(console: PlayedConsole) -> None:
    page = opened(console)
    cdn = page.get_by_role("region", name="Who is told").get_by_role("listitem").filter(has_text="Cdn")
    expect(cdn).to_contain_text("is not told: type is deploy.failed; the rule takes deploy.succeeded")
    cdn.locator("summary").click()
    expect(cdn).to_contain_text('"prefix": "site."')
    expect(page.locator(".outcomes tr", has_text="Cdn")).to_have_count(0)


def test_event_says_what_of_it_is_denied(console: PlayedConsole) -> None:
    known = history()
    denied = "The credentials lack the action logs:FilterLogEvents"
    unknown = {"matched": None, "rule": None, "rule_text": ""}
    known["deliveries"][0]["subscribers"][0] = status("Slack", "unknown", reason=denied, **unknown)
    problem = {"error": denied, "action": "logs:FilterLogEvents"}
    console.answers["events/event-1"] = {"histories": [known], "problems": [problem]}
    page = console.open(EVENT)
    expect(page.get_by_role("alert")).to_contain_text("Your credentials lack logs:FilterLogEvents.")
    assert denied in row(page, "Slack")
    who = page.get_by_role("region", name="Who is told").get_by_role("listitem").filter(has_text="Slack")
    expect(who).to_contain_text("Slack unknown")


def test_event_that_nobody_is_told_of_says_so(console: PlayedConsole) -> None:
    known = history()
    known["deliveries"] = [{**known["deliveries"][0], "subscribers": [status("Slack", "not told")]}]
    page = opened(console, known)
    expect(page.get_by_role("region", name="What became of it")).to_contain_text("no rule matches")


def test_timeline_is_drawn_in_the_order_of_time(console: PlayedConsole) -> None:
    page = opened(console)
    words = page.locator(".track .words").all_text_contents()
    assert words == [
        *("07:50:00", "delivered after 700 ms", "dead after 6 min, attempt 7", "waits until 08:08:00"),
        "delivered after 1.1 s",
    ]
    ends = page.locator(".track .end").evaluate_all(
        "(ends) => ends.map((end) => end.getBoundingClientRect().x + end.getBoundingClientRect().width / 2)"
    )
    accepted, slack, sms, rebuild, replayed = ends
    now = page.locator(".now line").bounding_box()
    assert now
    assert accepted < slack < sms < rebuild < replayed < now["x"]
    next_try = page.locator(".track .next").bounding_box()
    assert next_try
    assert next_try["x"] > now["x"]


def test_story_leads_from_publish_to_live(console: PlayedConsole) -> None:
    page = opened(console, {**history(), "story": STORY})
    story = page.get_by_role("region", name="From publish to live")
    assert story.get_by_role("link").all_inner_texts() == [
        *("Build ordered", "Deployed", "Purged", "Seen on open pages")
    ]
    expect(story.get_by_role("link", name="Purged")).to_have_attribute("href", "/?view=event&id=event-8")


def test_page_follows_what_becomes_of_the_event(console: PlayedConsole) -> None:
    known = history()
    page = opened(console, known)
    known["deliveries"][0]["subscribers"][2] = status("Rebuild", "delivered", 1)
    expect(page.locator(".outcomes tr", has_text="Rebuild")).to_contain_text("delivered")
    expect(page.locator("#announcements")).to_have_text("What became of the event has changed.")


def test_replay_counts_before_it_sends(console: PlayedConsole) -> None:
    def replay(call: Call) -> Any:
        to = call.body["to"] or "all"
        return {
            "count": 1,
            "done": 1,
            "unsent": [],
            "undo": None,
            "sentence": f"1 event, dry: {call.body['dry_run']}, to {to}.",
        }

    console.answers["acts/replay"] = replay
    page = opened(console)
    page.get_by_role("button", name="Replay…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 event, dry: True, to all.")
    dialog.get_by_label("To").select_option("Slack")
    expect(dialog).to_contain_text("1 event, dry: True, to Slack.")
    dialog.get_by_role("button", name="Replay").click()
    expect(dialog).to_contain_text("1 event, dry: False, to Slack.")
    asked = {"ids": ["event-1"], "source": SOURCE, "to": "Slack"}
    assert [call.body for call in console.asked("acts/replay")][1:] == [
        {**asked, "dry_run": True},
        {**asked, "dry_run": False, "count": 1},
    ]


def test_count_of_an_earlier_choice_is_not_shown_late(console: PlayedConsole) -> None:
    page, held = opened(console), list[Route]()

    def answer(route: Route) -> None:
        asked = route.request.post_data_json
        if asked["to"] and asked["dry_run"]:
            route.fulfill(json={"count": 1, "sentence": "1 event to Slack."})
        else:
            held.append(route)

    page.route("**/acts/replay", answer)
    page.get_by_role("button", name="Replay…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("To").select_option("Slack")
    expect(dialog).to_contain_text("1 event to Slack.")
    with page.expect_request_finished(lambda request: request == held[0].request):
        held[0].fulfill(json={"count": 1, "sentence": "1 event to all."})
    dialog.get_by_role("button", name="Replay").click()
    expect(dialog.get_by_label("To")).to_be_disabled()  # while it is done
    expect(dialog).not_to_contain_text("to all")


def test_act_shows_a_count_that_has_changed(console: PlayedConsole) -> None:
    counts = iter([12, 15])

    def redrive(call: Call) -> Any:
        if call.body["dry_run"]:
            count = next(counts)
            return {"count": count, "sentence": f"{count} dead letters of Sms will be sent back."}
        if call.body["count"] != 15:
            return 409, {"error": "There are 15 now.", "count": 15}
        return {"done": 15, "unsent": [], "sentence": "15 were sent back.", "undo": None}

    console.answers["acts/redrive"] = redrive
    page = opened(console)
    page.get_by_role("button", name="Redrive, Sms").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Redrive").click()
    expect(dialog).to_contain_text("There are 15 now.")
    expect(dialog).to_contain_text("15 dead letters of Sms")
    dialog.get_by_role("button", name="Redrive").click()
    expect(dialog).to_contain_text("15 were sent back.")


def test_discarded_letter_comes_back_by_undo(console: PlayedConsole) -> None:
    undo = {"act": "replay", "body": {"ids": ["event-1"], "to": "Sms"}}
    console.answers |= {
        "acts/discard": {"count": 1, "sentence": "1 will go.", "done": 1, "unsent": [], "undo": undo},
        "acts/replay": {"count": 1, "sentence": "1 was sent.", "done": 1, "unsent": [], "undo": None},
    }
    page = opened(console)
    page.get_by_role("button", name="Discard, Sms").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Discard").click()
    assert (
        console.asked("acts/discard")[0].body["source"] == SOURCE
    )  # another endpoint may have accepted this id
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("Undone. 1 was sent.")
    assert console.asked("acts/replay")[-1].body == {**undo["body"], "dry_run": False, "count": 1}


def test_act_that_fails_says_why_and_may_be_tried_again(console: PlayedConsole) -> None:
    console.answers["acts/retry"] = (403, {"error": "It may not.", "action": "sqs:SendMessage"})
    page = opened(console)
    page.get_by_role("button", name="Try now, Rebuild").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("alert")).to_contain_text("Your credentials lack sqs:SendMessage.")
    console.answers["acts/retry"] = {"count": 0, "sentence": "Nothing waits at Rebuild."}
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_contain_text("Nothing waits at Rebuild.")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Deploy of winter-blog")


def test_event_is_copied_as_curl(console: PlayedConsole) -> None:
    command = "curl https://hub.test/hooks/netlify-blog --data '{}'"
    console.answers["events/event-1/curl"] = {"command": command, "signed": True, "note": ""}
    page = opened(console)
    page.get_by_role("button", name="Copy as curl").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(command)
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == command


def test_payload_is_searched(console: PlayedConsole) -> None:
    payload = {"deep": {"er": [{"colour": "teal"}, {"colour": "red"}]}, "teal": 1, "more": list(range(500))}
    page = opened(console, history(payload))
    field = page.get_by_label("Search in it").first
    field.fill("TEAL")
    expect(page.locator(".json .hit")).to_have_text("colour: teal")
    expect(page.locator(".json-bar").first).to_contain_text("1 of 2")
    field.press("Enter")
    expect(page.locator(".json .hit")).to_have_text("teal: 1")
    field.fill("499")
    expect(page.locator(".json .hit")).to_have_text("499: 499")
    field.fill("nowhere")
    expect(page.locator(".json-bar").first).to_contain_text("Not in it")


def test_payload_is_copied_whole(console: PlayedConsole) -> None:
    payload = {"text": "x" * 5000, "more": [1, None]}
    page = opened(console, history(payload))
    page.get_by_role("button", name="Copy the payload").click()
    expect(page.locator(".json .copies")).to_contain_text("Copied")
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == payload


def test_markup_is_text(console: PlayedConsole) -> None:
    known = history({MARKUP: MARKUP}, title=MARKUP, text=MARKUP, fields={MARKUP: MARKUP}, paths=[MARKUP])
    known["deliveries"][0]["subscribers"] = [status("Slack", "dead", 5, reason=MARKUP, rule_text=MARKUP)]
    page = opened(console, known)
    assert page.get_by_text(MARKUP).count() >= 6
    assert page.locator("main img, main script").count() == 0


def test_link_that_runs_something_is_text(console: PlayedConsole) -> None:
    page = opened(console, history(url="javascript:wrong.push('run')"))
    assert page.locator("a[href^='javascript']").count() == 0


def test_megabytes_are_folded_and_cut(console: PlayedConsole) -> None:
    page = opened(console, history({"text": "x" * 3_000_000}))
    tree = page.locator(".tree").first
    assert tree.evaluate("(tree) => tree.textContent.length") < 100
    tree.locator("summary").click()
    assert tree.evaluate("(tree) => tree.textContent.length") < 1000
    tree.get_by_role("button", name="Show all 3,000,000 characters").click()
    assert tree.evaluate("(tree) => tree.textContent.length") > 3_000_000


def test_ten_thousand_keys_come_in_pieces(console: PlayedConsole) -> None:
    page = opened(console, history({f"key-{number}": number for number in range(10_000)}))
    tree = page.locator(".tree").first
    assert tree.evaluate(NODES) < 1000
    tree.get_by_role("button", name="Show 200 more of 9,800").click()
    expect(tree.get_by_text("key-399")).to_be_attached()
    assert tree.evaluate(NODES) < 2000
    page.get_by_label("Search in it").first.fill("key-9999")
    expect(page.locator(".json .hit")).to_have_text("key-9999: 9999")


def test_payload_may_be_deep(console: PlayedConsole) -> None:
    payload: Any = "at the bottom"
    for _ in range(400):
        payload = {"in": payload}
    page = opened(console, history(payload))
    assert page.locator(".tree").first.evaluate(NODES) < 100
    page.get_by_label("Search in it").first.fill("bottom")
    expect(page.locator(".json .hit")).to_have_text("in: at the bottom")


def test_right_to_left_text_stays_in_its_place(console: PlayedConsole) -> None:
    page = opened(console, history(title="\u202egnp.exe", text="שלום עולם"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("⟨202E⟩gnp.exe")
    text = page.get_by_role("region", name="Notice").locator("p.text")
    assert text.evaluate("(text) => getComputedStyle(text).direction") == "rtl"
    facts = page.get_by_role("region", name="Facts")
    assert facts.evaluate("(text) => getComputedStyle(text).direction") == "ltr"


def test_control_characters_are_seen(console: PlayedConsole) -> None:
    page = opened(console, history({"bell\u0007": "a\u0000b\u001b[31mc\u007f\u0085"}, title="A\u0000B"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("A␀B")
    expect(page.locator(".tree").first).to_contain_text("bell␇: a␀b␛[31mc␡⟨0085⟩")


def test_unknown_event_is_said_in_words(console: PlayedConsole) -> None:
    console.answers["events/event-1"] = (404, {"error": "There is no event event-1."})
    page = console.open(EVENT)
    expect(page.get_by_role("alert")).to_contain_text("There is no event event-1.")


def test_second_endpoint_with_the_id_is_one_click_away(console: PlayedConsole) -> None:
    other = history(title="Another one")
    other["event"]["source"] = "/endpoints/contact-form"
    console.answers["events/event-1"] = {"histories": [history(), other]}
    page = console.open(f"{EVENT}&source=/endpoints/netlify-blog")
    page.get_by_role("link", name="/endpoints/contact-form").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Another one")


LARGE_ID = 820982911946154508
"""Beyond 2^53, from where a number of JavaScript is no longer exact."""


def test_large_number_is_shown_and_copied_exactly(console: PlayedConsole) -> None:
    payload = {"id": LARGE_ID, "below": -LARGE_ID, "text": str(LARGE_ID), "share": 0.1234567890123456789}
    page = opened(console, history(payload))
    tree = page.get_by_role("group", name="Payload")
    expect(tree).to_contain_text(f"id: {LARGE_ID}")
    expect(tree).to_contain_text(f"below: -{LARGE_ID}")
    page.get_by_role("button", name="Copy the payload").click()
    expect(page.get_by_role("status").filter(has_text="Copied")).to_have_count(1)
    assert json.loads(page.evaluate("navigator.clipboard.readText()")) == payload
    page.get_by_label("Search in it").first.fill("1946154508")
    expect(page.locator(".json-bar").first).to_contain_text("1 of 3")


def test_payload_kept_elsewhere_is_fetched(console: PlayedConsole) -> None:
    known = history()
    known["event"] |= {"dataref": "s3://payloads/event-1"}
    known["event"]["data"]["payload"] = None
    console.answers["events/event-1/payload"] = (502, {"error": "S3 does not answer.", "action": ""})
    page = opened(console, known)
    payload = page.get_by_role("region", name="Payload")
    expect(payload.get_by_role("alert")).to_contain_text("S3 does not answer.")
    console.answers["events/event-1/payload"] = {"payload": {"order": LARGE_ID}}
    payload.get_by_role("button", name="Try again").click()
    expect(payload.get_by_role("group", name="Payload")).to_contain_text(f"order: {LARGE_ID}")
    assert console.asked("events/event-1/payload")[0].query == {"endpoint": "netlify-blog"}


def test_event_kept_elsewhere_says_where(console: PlayedConsole) -> None:
    known = history()
    known["event"] |= {"dataref": "s3://payloads/event-1"}
    known["event"]["data"]["payload"] = None
    known["event"]["time"] = timestamp(NOW - 5)
    page = opened(console, known)
    expect(page.get_by_role("region", name="Payload")).to_contain_text("s3://payloads/event-1")
