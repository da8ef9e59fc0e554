"""axe looks at the console: each state of the shell, the list and one event, in both themes, wide and narrow."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.console import NOW, PlayedConsole, a_console
from tests.browser.histories import STORY, history, listed, paged
from tests.browser.packages import AXE, needs_packages

pytestmark = needs_packages

COUNT = {"count": 1, "sentence": "1 event will be sent to Slack."}
ANSWERS: dict[str, Any] = {
    "events": paged([listed(0), listed(1, dead_at=["Slack"]), *(listed(number) for number in range(2, 30))]),
    "events/event-1": {"histories": [{**history(), "story": STORY}]},
    "events/event-1/curl": {"command": "curl https://hub.test", "signed": True, "note": ""},
    "acts/replay": COUNT,
    "acts/discard": COUNT,
}
UNFOLD = "(summaries) => summaries.forEach((summary) => summary.parentNode.open || summary.click())"
DENIED = (403, {"error": "The credentials may not read the archive.", "action": "dynamodb:Query"})
EMPTY: dict[str, Any] = {
    "events": [],
    "cursor": "",
    "searched_since": "2027-01-14T08:00:00.000Z",
    "until": "2027-01-15T08:00:00.000Z",
}

LOOKS = [("light", 1280), ("dark", 1280), ("dark", 360), ("light", 360)]


def pressing(*names: str) -> Callable[[Page], None]:
    def press(page: Page) -> None:
        for name in names:
            page.get_by_role("button", name=name).first.click()

    return press


STATES: dict[str, tuple[str, dict[str, Any], Callable[[Page], None]]] = {
    "list": ("view=events", {}, pressing()),
    "empty": ("view=events", {"events": EMPTY}, pressing()),
    "denied": ("view=events", {"events": DENIED}, pressing()),
    "event": ("view=event&id=event-1", {}, pressing()),
    "act": ("view=event&id=event-1", {}, pressing("Replay…")),
    "dangerous act": ("view=event&id=event-1", {}, pressing("Discard, Sms")),
    "curl": ("view=event&id=event-1", {}, pressing("Copy as curl")),
    "keys": ("view=events", {}, pressing("Keys")),
}


@pytest.fixture
def console(browser: Browser) -> Iterator[PlayedConsole]:
    with a_console(browser, reduced_motion="reduce") as played:
        played.context.clock.set_fixed_time(NOW)
        played.answers |= ANSWERS
        yield played


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing(console: PlayedConsole, state: str) -> None:
    query, answers, act = STATES[state]
    console.answers |= answers
    page = console.open(query)
    act(page)
    page.locator("main details > summary").evaluate_all(UNFOLD)
    page.evaluate(AXE.read_text())
    for scheme, width in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        found = page.evaluate("axe.run()")
        assert {one["id"]: [node["target"] for node in one["nodes"]] for one in found["violations"]} == {}
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
