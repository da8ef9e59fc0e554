"""The console's other views: what they show, what they ask of the server, and that all of it is text."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser import console_documents as documents
from tests.browser.console import NOW, Call, PlayedConsole
from tests.browser.console_documents import EVENT, MARKUP
from tests.browser.console_world import FAULT, World
from tests.browser.packages import AXE, needs_packages

VIEWS = ("rejected", "dead_letters", "endpoints", "subscribers", "alarms", "figures", "outside", "faults")


def posted(busy: PlayedConsole, path: str) -> list[Any]:
    return [call.body for call in busy.asked(path) if call.method == "POST"]


# What all of them have in common


@needs_packages
@pytest.mark.parametrize("view", VIEWS)
def test_view_is_accessible(busy: PlayedConsole, view: str) -> None:
    page = busy.open(f"view={view}")
    page.evaluate("for (const found of document.querySelectorAll('main details')) found.open = true")
    page.evaluate(AXE.read_text())
    for scheme, width in (("light", 1280), ("dark", 1280), ("light", 360)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 6000})  # what is out of sight is not looked at
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(v["id"], v["nodes"][0]["html"], scheme) for v in found] == []


@needs_packages
def test_dialog_of_a_secret_is_accessible(busy: PlayedConsole) -> None:
    page = busy.open("view=endpoints", width=360)
    page.get_by_role("button", name="Add a secret: contact-form").click()
    page.evaluate(AXE.read_text())
    assert page.evaluate("axe.run('dialog')")["violations"] == []


@pytest.mark.parametrize("view", VIEWS)
def test_view_fits_a_phone(busy: PlayedConsole, view: str) -> None:
    page = busy.open(f"view={view}", width=360)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    expect(page.locator("#views [aria-current]")).to_be_in_viewport(ratio=1)


def with_markup(value: Any, key: str = "") -> Any:
    """A document in which every text that is for people begins with markup."""
    if isinstance(value, dict):
        return {name: with_markup(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [with_markup(item, key) for item in value]
    kept = {"channel", "type", "group", "state", "received_at", "died_at", "time", "number", "severity"}
    return f"{MARKUP}{value}" if isinstance(value, str) and key not in kept else value


@pytest.mark.parametrize("view", VIEWS)
def test_markup_in_any_field_is_text(busy: PlayedConsole, world: World, view: str) -> None:
    for path, answer in list(busy.answers.items()):
        if not callable(answer) and path != "overview":
            busy.answers[path] = with_markup(answer)
    busy.answers["figures"] = lambda call: with_markup(documents.figures(NOW, int(call.query["hours"])))
    busy.answers["rejected"] = documents.rejected(with_markup(documents.REJECTED))
    world.deliveries = with_markup(world.deliveries)
    world.faults = [{"channel": MARKUP, "status": 500}]
    page = busy.open(f"view={view}", height=6000)
    expect(page.locator("main")).to_contain_text(MARKUP)
    assert page.locator("main img, main script").count() == 0  # and the policy had nothing to refuse


def test_credentials_that_may_not_read_are_named(busy: PlayedConsole) -> None:
    busy.answers["samples"] = 403, {"error": "You may not list them.", "action": "s3:ListSamples"}
    page = busy.open("view=endpoints")
    expect(page.get_by_role("alert")).to_contain_text("s3:ListSamples")
    expect(page.get_by_role("region", name="netlify-blog")).to_be_visible()


def test_trouble_ends_when_the_server_answers_again(busy: PlayedConsole) -> None:
    good = busy.answers["alarms"]
    busy.answers["alarms"] = 502, {"error": "CloudWatch does not answer."}
    page = busy.open("view=alarms")
    expect(page.get_by_role("alert")).to_contain_text("CloudWatch does not answer.")
    busy.answers["alarms"] = good
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_text("Jamwire-IngestErrors")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_open_stays_open_as_figures_change(busy: PlayedConsole, world: World) -> None:
    page = busy.open("view=faults")
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
        {"subscriber": "Sms", "id": documents.OTHER, "source": documents.SOURCE},
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
    busy: PlayedConsole, view: str, button: str, act: str, body: dict[str, Any]
) -> None:
    page = busy.open(f"view={view}")
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("12 would be done.")
    assert posted(busy, f"acts/{act}") == [body | {"dry_run": True}]
    dialog.get_by_role("button").last.click()
    expect(dialog).to_contain_text("12 are done.")
    assert posted(busy, f"acts/{act}")[1:] == [body | {"dry_run": False, "count": 12}]
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("Undone.")
    assert posted(busy, "acts/replay")[-1] == {
        "ids": [EVENT],
        "to": "Slack",
        "dry_run": False,
        "count": 12,
    }


def test_act_is_done_only_as_it_was_counted(busy: PlayedConsole, world: World) -> None:
    page = busy.open("view=subscribers")
    page.get_by_role("button", name="Try now: Slack").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("12 would be done.")
    world.count = 15  # somebody else was quicker
    dialog.get_by_role("button", name="Try now").click()
    expect(dialog).to_contain_text("There are 15 now.")
    dialog.get_by_role("button", name="Try now").click()
    expect(dialog).to_contain_text("15 are done.")


def test_act_that_ends_midway_is_gone_on_with_and_undone(busy: PlayedConsole, world: World) -> None:
    def act(call: Call) -> Any:
        if call.body["dry_run"]:
            return world.act(call)
        undo = {"act": "replay", "body": {"ids": [f"{world.count}"]}}
        error = {"error": "AWS answered RequestThrottled"} if world.count == 12 else {}
        return {**world.act(call), "undo": undo, **error}

    busy.answers["acts/discard"] = act
    page = busy.open("view=dead_letters")
    page.get_by_role("button", name="Discard: Slack: Slack answered 404: no_service").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Discard").click()
    expect(dialog).to_contain_text("12 are done.")
    expect(dialog.get_by_role("alert")).to_contain_text("RequestThrottled")
    expect(dialog.get_by_role("button", name="Undo")).to_be_visible()
    world.count = 5
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_contain_text("5 would be done.")
    dialog.get_by_role("button", name="Discard").click()
    expect(dialog).to_contain_text("5 are done.")
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("Undone.")
    back = [body["ids"] for body in posted(busy, "acts/replay") if not body["dry_run"]]
    assert back == [["12"], ["5"]]


def test_second_try_of_an_act_is_known_as_one(busy: PlayedConsole, world: World) -> None:
    """By the name that the server gave to the first one."""
    names = iter(("r1", "r2"))

    def act(call: Call) -> Any:
        if call.body["dry_run"]:
            return {**world.act(call), "body": {"replay": call.body.get("replay") or next(names)}}
        return 502, {"error": "SNS does not answer."}

    busy.answers["acts/retry"] = act
    page = busy.open("view=subscribers")
    page.get_by_role("button", name="Try now: Slack").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Try now").click()
    expect(dialog).to_contain_text("SNS does not answer.")
    busy.answers["acts/retry"] = world.act
    world.count = 3
    dialog.get_by_role("button", name="Try again").click()
    expect(dialog).to_contain_text("There are 3 now.")
    assert [body.get("replay") for body in posted(busy, "acts/retry")] == [None, "r1", "r1", "r1"]


def test_view_shows_what_an_act_has_left(busy: PlayedConsole) -> None:
    page = busy.open("view=dead_letters")
    page.get_by_role("button", name="Send back: Slack: Slack answered 404: no_service").click()
    busy.answers["dead-letters"] = documents.dead_letters()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Send back").click()
    dialog.get_by_role("button", name="Close").click()
    expect(page.get_by_text("There are no dead letters.")).to_be_visible()


def test_view_stands_still_behind_a_dialog(busy: PlayedConsole) -> None:
    """A look at dead letters hides them from the act that the dialog asks about."""
    page = busy.open("view=dead_letters")
    page.get_by_role("button", name="Send back: Slack: Slack answered 404: no_service").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("12 would be done.")
    page.clock.run_for(40_000)
    dialog.get_by_role("button", name="Send back").click()
    expect(dialog).to_contain_text("12 are done.")
    dialog.get_by_role("button", name="Close").click()
    with page.expect_response("**/dead-letters?*"):
        page.clock.run_for(16_000)
    assert len(busy.asked("dead-letters")) == 3  # at first, after the act, and now


def test_secret_is_pasted_and_never_shown(busy: PlayedConsole) -> None:
    page = busy.open("view=endpoints")
    page.get_by_role("button", name="Add a secret: contact-form").click()
    field = page.get_by_label("Paste it")
    expect(field).to_have_attribute("type", "password")
    field.fill("  s3cr3t-value ")
    page.get_by_role("button", name="Go on").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog).to_contain_text("12 are done.")
    assert posted(busy, "acts/secret-add") == [
        {"name": "contact-form", "value": "s3cr3t-value", "dry_run": True},
        {"name": "contact-form", "value": "s3cr3t-value", "dry_run": False, "count": 12},
    ]
    assert "s3cr3t-value" not in page.content()
    assert page.locator("input[type=password]").count() == 0


# Refused requests


def test_refusals_are_counted_by_reason(busy: PlayedConsole) -> None:
    page = busy.open("view=rejected")
    first = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="No such endpoint"))
    expect(first).to_contain_text("57")
    signature = page.get_by_role("listitem").filter(has_text="The signature does not match")
    expect(signature).to_contain_text("jamwire secret add netlify-blog")


def test_refusals_of_one_reason_are_in_the_address(busy: PlayedConsole) -> None:
    page = busy.open("view=rejected&since=7d")
    page.get_by_role("link", name="Body too large").click()
    expect(page.get_by_role("row")).to_have_count(2)  # with the heading
    assert "reason=body+too+large" in page.url
    assert busy.asked("rejected")[-1].query["since"] == "7d"
    page.get_by_role("link", name="show all").click()
    expect(page.get_by_role("row")).to_have_count(10)


def test_flood_of_refusals_says_what_is_not_shown(busy: PlayedConsole) -> None:
    flood = [documents.rejection("no such endpoint", count=2) for _ in range(620)]
    busy.answers["rejected"] = documents.rejected(flood, complete_since="2027-01-15T07:00:00Z")
    page = busy.open("view=rejected")
    main = page.locator("main")
    expect(main).to_contain_text("More was refused than can be read: here is all since")
    expect(main).to_contain_text("1,240 requests")
    expect(main).to_contain_text("The newest 500 of 620 rows.")
    expect(page.get_by_role("row")).to_have_count(501)


# Dead letters


def test_dead_letters_are_narrowed_by_the_address(busy: PlayedConsole) -> None:
    page = busy.open("view=dead_letters")
    page.get_by_label("Subscriber").select_option("Slack")
    page.wait_for_url("**/*subscriber=Slack*")
    busy.shown()
    page.get_by_role("link", name="Slack answered 404: no_service").click()
    busy.shown()
    expect(page.get_by_role("link", name="show all")).to_be_visible()
    assert busy.asked("dead-letters")[-1].query == {
        "subscriber": "Slack",
        "reason": "Slack answered 404: no_service",
    }


# Endpoints, subscribers and alarms


def test_destination_gets_a_new_address(busy: PlayedConsole) -> None:
    page = busy.open("view=subscribers")
    page.get_by_role("button", name="New address: slack-fallback").click()
    page.get_by_label("Paste it").fill("https://hooks.slack.com/services/T/B/x")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("dialog")).to_contain_text("12 would be done.")
    [asked] = posted(busy, "acts/secret-add")
    assert asked["name"] == "slack-fallback"


def test_what_could_not_be_found_out_is_said_beside(busy: PlayedConsole) -> None:
    missing = {"error": "You may not read the queue.", "action": "sqs:GetQueueAttributes"}
    busy.answers["subscribers"] = {**documents.SUBSCRIBERS, "problems": [missing]}
    page = busy.open("view=subscribers")
    expect(page.get_by_role("alert")).to_contain_text("sqs:GetQueueAttributes")
    expect(page.get_by_role("region", name="Cdn")).to_be_visible()


def test_nothing_is_not_said_of_what_could_not_be_read(busy: PlayedConsole) -> None:
    missing = {"error": "You may not read the queue.", "action": "sqs:GetQueueAttributes"}
    busy.answers["dead-letters"] = {**documents.dead_letters(), "problems": [missing]}
    page = busy.open("view=dead_letters")
    expect(page.get_by_role("alert")).to_contain_text("sqs:GetQueueAttributes")
    expect(page.get_by_text("There are no dead letters.")).to_have_count(0)


def test_guide_names_the_endpoint(busy: PlayedConsole) -> None:
    page = busy.open("view=endpoints")
    page.get_by_text("What to click at netlify").click()
    expect(page.get_by_role("region", name="netlify-blog")).to_contain_text(
        "jamwire secret add netlify-blog --generate"
    )


def test_endpoint_without_a_secret_says_so(busy: PlayedConsole) -> None:
    page = busy.open("view=endpoints")
    expect(page.get_by_role("region", name="contact-form")).to_contain_text("every request is refused")


def test_endpoint_that_should_have_spoken_is_silent(busy: PlayedConsole) -> None:
    page = busy.open("view=endpoints")
    expect(page.get_by_role("region", name="site")).to_contain_text("silent, heard 12 h ago")
    expect(page.get_by_role("region", name="netlify-blog")).not_to_contain_text("silent, ")


def test_url_of_an_endpoint_is_copied(busy: PlayedConsole) -> None:
    busy.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = busy.open("view=endpoints")
    page.get_by_role("button", name="Copy the URL of netlify-blog").click()
    expect(page.get_by_role("region", name="netlify-blog").get_by_role("status")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "https://hooks.example.com/hooks/netlify-blog"


def test_alarms_that_ring_are_first(busy: PlayedConsole) -> None:
    page = busy.open("view=alarms")
    names = page.get_by_role("heading", level=2).all_inner_texts()
    assert names == ["Jamwire-Slack-DeadLetters", "Jamwire-Sms-StillFailing", "Jamwire-IngestErrors"]
    expect(page.get_by_text("AWS has sent a mail to new@example.com")).to_be_visible()


# Faults


def test_fault_is_on_and_undone(busy: PlayedConsole, world: World) -> None:
    page = busy.open("view=faults")
    page.get_by_role("button", name="Slack is down").click()
    expect(page.get_by_role("heading", name="2 faults are on")).to_be_visible()
    assert world.faults[1] == {"channel": "slack", "status": 500}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("heading", name="1 fault is on")).to_be_visible()
    assert world.faults == [FAULT]


def test_faults_are_mended_and_come_back(busy: PlayedConsole, world: World) -> None:
    page = busy.open("view=faults")
    page.get_by_role("button", name="Mend everything").click()
    expect(page.get_by_text("All is well outside.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Slack answers 429 and asks for 2 s, 5 times.")).to_be_visible()
    assert world.faults == [FAULT]


def test_own_fault_has_what_was_filled_in(busy: PlayedConsole, world: World) -> None:
    page = busy.open("view=faults")
    page.get_by_label("Who").select_option("build")
    page.get_by_label("Answers").select_option("503")
    page.get_by_label("Waits before").fill("1.5")
    page.get_by_label("Times").fill("3")
    page.get_by_role("button", name="Let it fail").click()
    expect(page.get_by_role("heading", name="2 faults are on")).to_be_visible()
    assert world.faults[1] == {"channel": "build", "status": 503, "hang": 1.5, "count": 3}
