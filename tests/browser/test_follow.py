"""A visitor follows a topic by a button: what is asked when, what is shown, and what is said where it cannot be."""

import re
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from starlette.responses import Response

from jamwire.local.polling import wait_for
from tests.browser.audience import KEY, OTHER_KEY, problem, settings_with
from tests.browser.following import PATIENCE, Following, a_visitor, pressed

BUTTON = "Tell me about line 12"


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Following]:
    with a_visitor(browser) as visitor:
        yield visitor


def follow(page: Page) -> None:
    """Follow line 12 by its button, with the permission."""
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_text("You follow this line.")).to_be_visible()


def test_button_follows_once_the_visitor_has_said_yes_twice(visitor: Following) -> None:
    page = visitor.open()
    assert not pressed(page)
    page.get_by_role("button", name=BUTTON).click()
    group = page.get_by_role("group", name="Line 12")
    expect(group).to_contain_text("Delays and detours, as they happen.")
    expect(group.get_by_role("button", name="Yes, tell me")).to_be_focused()
    assert (page.evaluate("asked"), visitor.endpoint.said) == (0, [])  # nobody is asked unprepared
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_have_text("You will be told: Line 12.")
    expect(page.get_by_text("You follow this line.")).to_be_visible()
    expect(page.get_by_role("button", name=BUTTON)).to_be_focused()
    assert page.evaluate("asked") == 1
    assert (pressed(page), pressed(page, "news")) == (True, False)
    [said] = visitor.endpoint.told("follow")
    assert (said["channel"], said["topics"], said["key"]) == ("push", ["line-12"], "one")
    assert said["zone"]
    assert said["subscription"].keys() == {"endpoint", "keys"}
    assert len(said["subscription"]["keys"]["p256dh"]) == 87  # 65 bytes
    assert page.evaluate("seen") == [{"name": "follow", "topics": ["line-12"], "channel": "push"}]
    assert [registration["scope"] for registration in registrations(page)] == [
        f"{visitor.site}/jamwire-worker/"
    ]


def registrations(page: Page) -> list[dict[str, str]]:
    found = page.evaluate(
        "async () => (await navigator.serviceWorker.getRegistrations()).map(({ scope }) => ({ scope }))"
    )
    return list(found)


def test_second_click_ends_it(visitor: Following) -> None:
    page = visitor.open()
    follow(page)
    page.get_by_role("button", name="Tell me the news").click()  # the permission is there already
    expect(page.locator("[data-jamwire-follow=news]")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("You will no longer be told: Line 12.")).to_be_visible()
    assert (pressed(page), pressed(page, "news")) == (False, True)
    assert visitor.endpoint.followers == {"token-0": ["news"]}
    page.get_by_role("button", name="Tell me the news").click()
    expect(page.get_by_text("You will no longer be told: News.")).to_be_visible()
    assert visitor.endpoint.followers == {}
    subscription = "async () => (await navigator.serviceWorker.getRegistration('/jamwire-worker/')).pushManager.getSubscription()"
    assert page.evaluate(subscription) is None
    assert [event["name"] for event in page.evaluate("seen")] == ["follow", "follow", "unfollow", "unfollow"]


def test_no_leaves_everything_as_it_was(visitor: Following) -> None:
    page = visitor.open()
    for leave in (
        lambda: page.get_by_role("button", name="No, thanks").click(),
        lambda: page.keyboard.press("Escape"),
    ):
        page.get_by_role("button", name=BUTTON).click()
        expect(page.get_by_role("group", name="Line 12")).to_be_visible()
        leave()
        expect(page.get_by_role("group", name="Line 12")).to_have_count(0)
        expect(page.get_by_role("button", name=BUTTON)).to_be_focused()
    assert (page.evaluate("asked"), pressed(page), visitor.endpoint.said) == (0, False, [])
    assert registrations(page) == []


def test_following_is_remembered_without_asking(visitor: Following) -> None:
    follow(visitor.open())
    visitor.endpoint.said.clear()
    page = visitor.open("/other/")
    expect(page.get_by_text("You follow this line.")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert visitor.endpoint.said == []


@pytest.mark.parametrize(("answer", "words"), [("denied", "blocked here"), ("default", "not answered")])
def test_refused_permission_is_said_plainly(visitor: Following, answer: str, words: str) -> None:
    page = visitor.open()
    page.evaluate("(answer) => { localStorage.answer = answer; }", answer)
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_role("status").first).to_contain_text(words)
    assert (pressed(page), visitor.endpoint.said) == (False, [])


def test_other_channels_are_offered_where_push_is_refused(visitor: Following) -> None:
    page = visitor.open()
    page.evaluate("localStorage.permission = 'denied'")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("You can be told in another way:")).to_be_visible()
    assert page.evaluate("asked") == 0
    page.get_by_role("button", name="By text message").click()
    expect(page.get_by_label("Number")).to_be_focused()
    visitor.endpoint.settings = settings_with(push={"key": KEY, "id": "one"})
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_text("You can be told in another way:")).to_have_count(0)
    expect(page.get_by_role("status").first).to_contain_text("blocked here")


@pytest.mark.parametrize(
    ("browser_is", "words"),
    [
        ("delete window.PushManager", "cannot be notified"),
        (
            "delete window.PushManager; Object.defineProperty(navigator, 'standalone', { value: false })",
            "Add to Home Screen",
        ),
    ],
)
def test_browser_without_push_says_what_is_needed(visitor: Following, browser_is: str, words: str) -> None:
    page = visitor.open()
    page.evaluate(browser_is)
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("status").first).to_contain_text(words)
    page.get_by_role("button", name="By e-mail").click()
    expect(page.get_by_label("E-mail")).to_be_focused()


def test_audience_without_push_offers_the_others(visitor: Following) -> None:
    visitor.endpoint.settings = settings_with(email={"consent": "I agree."})
    page = visitor.open()
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("button", name="By e-mail")).to_be_visible()
    expect(page.get_by_role("button", name="By text message")).to_have_count(0)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (problem(429, "Slow down.", **{"retry-after": "90"}), "Try again in 2 min."),
        (problem(400, "There is no topic 'line-12'."), "There is no topic 'line-12'."),
        (Response("<h1>Bad gateway</h1>", 502), "That did not work."),
    ],
)
def test_endpoints_refusal_is_said(visitor: Following, answer: Response, words: str) -> None:
    visitor.endpoint.instead["follow"] = answer
    page = visitor.open()
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_role("status").first).to_contain_text(words)
    assert not pressed(page)
    visitor.endpoint.instead.clear()
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_text("You follow this line.")).to_be_visible()


def test_button_waits_and_says_so_when_offline(visitor: Following) -> None:
    page = visitor.open()
    held: list[Route] = []
    page.route(f"{visitor.endpoint.url}settings", lambda route: held.append(route))
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("status").first).to_have_text("One moment …")
    expect(page.get_by_role("button", name=BUTTON)).to_have_attribute("aria-busy", "true")
    page.get_by_role("button", name=BUTTON).click()  # does nothing
    [request] = held
    request.abort("internetdisconnected")
    expect(page.get_by_role("status").first).to_contain_text("could not be reached")
    expect(page.get_by_role("button", name=BUTTON)).to_have_attribute("aria-busy", "false")


def test_page_brings_its_own_words(visitor: Following) -> None:
    visitor.words = {"yes": "Ja, gern", "followed": "Sie hören von uns: {title}."}
    page = visitor.open()
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_role("button", name="Ja, gern").click()
    expect(page.get_by_text("Sie hören von uns: Line 12.")).to_be_visible()


def test_challenge_is_met_before_it_is_followed(visitor: Following) -> None:
    visitor.endpoint.settings["challenge"] = {"kind": "turnstile", "site_key": "0x4AAA"}
    page = visitor.open()
    page.evaluate(
        """() => { window.turnstile = { render: (place, { sitekey, callback }) => {
             place.textContent = sitekey; window.met = () => callback("a token"); } }; }"""
    )
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("group", name="Line 12")).to_contain_text("0x4AAA")
    page.get_by_role("button", name="Yes, tell me").click()
    assert visitor.endpoint.said == []
    page.evaluate("met()")
    expect(page.get_by_text("You follow this line.")).to_be_visible()
    assert [said["challenge"] for said in visitor.endpoint.told("follow")] == ["a token"]


def test_other_page_of_the_site_shows_what_is_followed(visitor: Following) -> None:
    other, page = visitor.open("/other/"), visitor.open()
    follow(page)
    other.evaluate("dispatchEvent(new Event('visibilitychange'))")
    expect(other.get_by_text("You follow this line.")).to_be_visible()


def test_several_topics_are_followed_by_one_button(visitor: Following) -> None:
    page = visitor.open()
    page.evaluate("document.querySelector('button').dataset.jamwireFollow = 'line-12 news'")
    page.get_by_role("button", name=BUTTON).click()
    expect(page.get_by_role("group", name="Line 12, News")).to_contain_text("something new")
    page.get_by_role("button", name="Yes, tell me").click()
    expect(page.get_by_text("You will be told: Line 12, News.")).to_be_visible()
    assert visitor.endpoint.followers == {"token-0": ["line-12", "news"]}


def test_element_added_later_follows_and_is_shown(visitor: Following) -> None:
    page = visitor.open()
    follow(page)
    page.evaluate(
        """() => { const more = document.createElement("button"); more.dataset.jamwireFollow = "line-12";
           more.textContent = "Another"; document.body.append(more); }"""
    )
    expect(page.get_by_role("button", name="Another")).to_have_attribute("aria-pressed", "true")


def test_new_key_takes_over_when_the_follower_comes_back(visitor: Following) -> None:
    follow(visitor.open())
    visitor.endpoint.settings = settings_with(push={"key": OTHER_KEY, "id": "two"})
    page = visitor.context.new_page()
    page.clock.install()
    page.clock.fast_forward("25:00:00")
    page.goto(f"{visitor.site}/")
    expect(page.get_by_text("You follow this line.")).to_be_visible()
    wait_for(lambda: visitor.endpoint.told("renew"), seconds=PATIENCE / 1000, what="the renewal")
    expect(page.get_by_text("You follow this line.")).to_be_visible()
    page.wait_for_load_state("networkidle")
    [said] = visitor.endpoint.told("renew")
    assert (said["follower"], said["key"]) == ("token-0", "two")
    assert said["subscription"]["endpoint"] != visitor.endpoint.endpoints["token-0"]
    assert visitor.endpoint.followers == {"token-1": ["line-12"]}


def test_click_while_a_page_asks_is_not_forgotten(visitor: Following) -> None:
    page = visitor.open()
    follow(page)
    page.clock.install()
    page.clock.fast_forward("25:00:00")
    held: list[Route] = []
    page.route(f"{visitor.endpoint.url}state", lambda route: held.append(route))
    page.reload()
    wait_for(lambda: page.evaluate("1") and held, seconds=PATIENCE / 1000, what="the question")
    page.get_by_role("button", name="Tell me the news").click()
    with suppress(TimeoutError):  # it could be told before what is known of it is answered
        wait_for(lambda: len(visitor.endpoint.told("follow")) == 2, seconds=1, what="the second topic")
        expect(page.get_by_text("You will be told: News.")).to_be_visible()
    held[0].fulfill(json={"topics": ["line-12"]}, headers={"access-control-allow-origin": "*"})
    expect(page.get_by_text("You will be told: News.")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert (pressed(page), pressed(page, "news")) == (True, True)
    assert pressed(visitor.open("/other/"), "news")


def test_permission_that_was_taken_away_ends_it(visitor: Following) -> None:
    page = visitor.open()
    follow(page)
    page.evaluate("localStorage.permission = 'denied'")
    with page.expect_response(re.compile("preferences")):
        page.reload()
    expect(page.get_by_text("You follow this line.")).to_be_hidden()
    assert visitor.endpoint.followers == {}


def test_follower_that_the_endpoint_forgot_is_shown_so(visitor: Following) -> None:
    follow(visitor.open())
    visitor.endpoint.followers.clear()
    page = visitor.context.new_page()
    page.clock.install()
    page.clock.fast_forward("25:00:00")
    with page.expect_response(re.compile("state")):
        page.goto(f"{visitor.site}/")
    expect(page.get_by_text("You follow this line.")).to_be_hidden()
    page.get_by_role("button", name=BUTTON).click()  # the permission is still there
    expect(page.get_by_text("You follow this line.")).to_be_visible()


POLICY = 'const own = trustedTypes.createPolicy("site", { createScriptURL: (url) => url });'


@pytest.mark.parametrize(
    ("type", "line"),
    [
        ("module", 'import "/jamwire-worker.js";'),
        ("classic", f'{POLICY} importScripts(own.createScriptURL("/jamwire-worker.js"));'),
    ],
)
def test_sites_own_worker_can_be_told(visitor: Following, type: str, line: str) -> None:
    visitor.more, visitor.policies = ' data-jamwire-worker=""', "jamwire-follow site"
    visitor.files["/sw.js"] = ("text/javascript", line)
    watch = visitor.files["/watch.js"][1]
    register = f'navigator.serviceWorker.register(own.createScriptURL("/sw.js"), {{ type: "{type}" }});'
    visitor.files["/watch.js"] = ("text/javascript", watch + POLICY + register)
    page = visitor.open()
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    follow(page)
    assert registrations(page) == [{"scope": f"{visitor.site}/"}]
