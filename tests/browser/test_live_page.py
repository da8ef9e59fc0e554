"""What a page shows and says of what is known, in a modelled world (visitors.py)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from lambdas.contracts.event import timestamp
from tests.browser.packages import AXE, needs_packages
from tests.browser.visitors import Visitor, World, a_world

DAY = 86_400.0


@pytest.fixture
def world(browser: Browser) -> Iterator[World]:
    with a_world(browser) as world:
        yield world


def text(visitor: Visitor, id: str = "text") -> str:
    return str(visitor.page.text_content(f"#{id}")).strip()


def stale(visitor: Visitor, id: str = "text") -> str | None:
    return visitor.page.get_attribute(f"#{id}", "data-jamwire-stale")


def told(visitor: Visitor, name: str) -> list[dict[str, Any]]:
    return [event for event in visitor.page.evaluate("seen") if event["name"] == name]


def states(visitor: Visitor) -> list[str]:
    return [event["state"] for event in told(visitor, "state")]


def rows(visitor: Visitor, list_: str = "list") -> list[str]:
    return list(visitor.page.eval_on_selector_all(f"#{list_} [data-jamwire-topic]", TOPICS))


TOPICS = "(rows) => rows.map((row) => row.dataset.jamwireTopic)"


@pytest.mark.parametrize("seconds", [0.5, 3, 30, 3600, 23 * 3600])
def test_late_page_is_right_at_once(world: World, seconds: float) -> None:
    world.send(world.notice("a", text="8 min late", expires=timestamp(world.now + DAY)))
    world.now += seconds
    late = world.open()
    assert text(late) == "8 min late"


def test_late_page_is_right_whatever_its_clock_says(world: World) -> None:
    world.send(world.notice("a", text="8 min late", expires=timestamp(world.now + 60)))
    for wrong in (-7200, 7200, 400 * DAY):
        visitor = world.open(clock_is_wrong_by=wrong)
        assert (text(visitor), stale(visitor)) == ("8 min late", None)
    world.wait(61)
    assert [stale(visitor) for visitor in world.visitors] == ["ended"] * 3


@pytest.mark.parametrize("sockets", ["refused", "silent", "hanging"])
def test_page_without_sockets_polls_until_it_has_them(world: World, sockets: str) -> None:
    visitor = world.open(sockets=sockets)
    world.wait(12)
    assert states(visitor)[-1] == "polling"
    world.send(world.notice("a", text="8 min late"))
    world.wait(7)
    assert text(visitor) == "8 min late"
    world.set_sockets(visitor, "open")
    world.wait(130, at_a_time=2)
    assert states(visitor)[-1] == "open"
    so_far = len(world.requests)
    world.wait(30)
    assert len(world.requests) - so_far <= len(
        set(world.requests)
    )  # it polls no longer; the read a second later


def test_hidden_page_does_not_poll(world: World) -> None:
    visitor = world.open(sockets="refused")
    world.wait(12)
    world.hide(visitor, True)
    world.wait(8)
    so_far = len(world.requests)
    world.wait(120, at_a_time=5)
    assert len(world.requests) == so_far
    world.send(world.notice("a", text="8 min late"))
    world.hide(visitor, False)
    assert text(visitor) == "8 min late"


@pytest.mark.parametrize("seconds", [2, 60, 3600])
@pytest.mark.parametrize("is_told", [True, False])
def test_page_is_right_a_second_after_the_network_is_back(
    world: World, seconds: float, is_told: bool
) -> None:
    visitor = world.open()
    world.wait(5)
    world.cut_network(visitor, is_told=is_told)
    world.wait(1)
    world.send(world.notice("a", text="8 min late"))
    world.wait(min(seconds, 60), at_a_time=10)
    world.skip(max(0, seconds - 60))
    assert text(visitor) == "on time"
    world.mend_network(visitor, is_told=is_told)
    world.wait(1, at_a_time=0.25)
    assert text(visitor) == "8 min late"
    world.wait(3)
    assert states(visitor)[-1] == "open"


@pytest.mark.parametrize(("age", "within"), [(0.0, 1.15), (0.5, 0.6)])
def test_page_is_right_once_the_edge_has_nothing_older(world: World, age: float, within: float) -> None:
    visitor = world.open()
    world.wait(5)
    world.cut_network(visitor, is_told=True)
    world.open()  # what the edge keeps is from now on
    world.send(world.notice("a", text="8 min late"))
    world.wait(age, at_a_time=0.1)
    world.mend_network(visitor, is_told=True)
    assert text(visitor) == "on time"
    world.wait(within, at_a_time=0.05)
    assert text(visitor) == "8 min late"


@pytest.mark.parametrize("hours", [0.2, 3])
def test_machine_that_slept_wakes_to_what_is_true(world: World, hours: float) -> None:
    visitor = world.open()
    world.wait(5)
    world.cut_network(visitor, is_told=False)
    world.send(world.notice("a", text="8 min late", expires=timestamp(world.now + DAY)))
    world.skip(hours * 3600)
    world.mend_network(visitor, is_told=False)
    world.wait(1, at_a_time=0.25)
    assert text(visitor) == "8 min late"


def test_page_that_comes_back_from_the_cache_is_right(world: World) -> None:
    visitor = world.open()
    world.wait(5)
    visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    world.settle()
    assert (states(visitor)[-1], visitor.streams) == ("asleep", [])
    world.send(world.notice("a", text="8 min late"))
    world.wait(60, at_a_time=20)
    assert text(visitor) == "on time"
    visitor.page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    world.settle()
    assert (states(visitor)[-1], text(visitor)) == ("open", "8 min late")


def test_only_a_page_that_was_loaded_before_is_old(world: World) -> None:
    world.send_update(world.update("before", "/line-12/"))
    world.wait(2)
    visitor = world.open()
    world.wait(5)
    assert not visitor.page.is_visible("#updated")
    world.hide(visitor, True)
    world.skip(3600)
    world.send_update(world.update("elsewhere", "/line-7/"))
    world.send_update(world.update("after", "/line-*"))
    assert states(visitor)[-1] == "asleep"
    world.hide(visitor, False)
    world.wait(1)
    assert visitor.page.is_visible("#updated")
    assert sorted(update["id"] for update in told(visitor, "updated")) == ["after", "elsewhere"]  # once each


@pytest.mark.parametrize(("others", "is_old"), [(3, False), (49, False), (50, True)])
def test_page_that_slept_through_many_updates_is_old(world: World, others: int, is_old: bool) -> None:
    world.send_update(world.update("before", "/line-12/"))
    world.wait(2)
    visitor = world.open()
    world.wait(5)
    world.hide(visitor, True)
    world.skip(3600)
    for number in range(others):
        world.now += 1
        world.send_update(world.update(f"u{number}", "/line-7/"))
    world.hide(visitor, False)
    world.wait(2)
    assert visitor.page.is_visible("#updated") == is_old
    assert len(told(visitor, "updated")) == others + is_old
    late = world.open()
    world.wait(2)
    assert not late.page.is_visible("#updated")


def test_what_ended_is_stale_and_then_forgotten(world: World) -> None:
    visitor = world.open()
    world.send(world.notice("a", text="8 min late", expires=timestamp(world.now + 60)))
    assert (text(visitor), stale(visitor)) == ("8 min late", None)
    as_of = visitor.page.get_attribute("#as-of", "datetime")
    assert as_of == timestamp(world.now)
    world.wait(61, at_a_time=5)
    assert (text(visitor), stale(visitor), stale(visitor, "as-of")) == ("8 min late", "ended", "ended")
    world.skip(DAY)
    world.wait(3)
    assert (text(visitor), stale(visitor)) == ("on time", None)
    assert visitor.page.inner_html("#text") == "on <b>time</b>"  # what was built, with its elements
    assert visitor.page.get_attribute("#as-of", "datetime") == "2027-01-01"


def test_what_was_built_is_stale_after_the_end_that_the_build_has_named(world: World) -> None:
    visitor = world.open(clock_is_wrong_by=7200)
    name_end = "(end) => { document.querySelector('#text').dataset.jamwireEnds = end; }"
    visitor.page.evaluate(name_end, timestamp(world.now + 60))
    world.wait(55, at_a_time=5)
    assert stale(visitor) is None
    world.wait(6)
    assert (text(visitor), stale(visitor)) == ("on time", "ended")
    world.send(world.notice("a", text="8 min late", expires=timestamp(world.now + DAY)))
    assert (text(visitor), stale(visitor)) == ("8 min late", None)
    world.skip(2 * DAY + 60)
    world.wait(3)
    assert (text(visitor), stale(visitor)) == ("on time", "ended")


def test_text_of_which_nothing_is_heard_for_too_long_is_stale(world: World) -> None:
    visitor = world.open()
    world.wait(240, at_a_time=10)
    assert stale(visitor, "delay") is None
    world.cut_network(visitor, is_told=False)
    world.wait(88, at_a_time=2)
    assert stale(visitor, "delay") is None
    world.wait(64, at_a_time=2)  # after 90 seconds without a word the connection is not believed any more
    assert states(visitor)[-1] in ("waiting", "connecting")
    assert (stale(visitor, "delay"), stale(visitor, "text")) == ("unknown", None)
    world.mend_network(visitor, is_told=True)
    world.wait(2)
    assert stale(visitor, "delay") is None


def test_list_takes_over_adds_sorts_and_removes_rows(world: World) -> None:
    visitor = world.open()
    visitor.page.focus("#list a")
    for id, topic, departs in (
        ("a", "line-12/9", "7:05"),
        ("b", "line-12/10", "10:00"),
        ("c", "line-12/0615", "6:15"),
    ):
        end = timestamp(world.now + 60)
        world.send(world.notice(id, topic, fields={"Departs": departs, "Delay": "<i>1</i>"}, expires=end))
    assert rows(visitor) == ["line-12/0615", "line-12/9", "line-12/10"]
    assert rows(visitor, "table") == ["line-12/9", "line-12/10", "line-12/0615"]
    assert visitor.page.text_content("#list li:last-child i") == "<i>1</i>"  # text, never HTML
    world.send(world.notice("d", "line-12/0615", fields={"Departs": "23:00"}))
    assert rows(visitor) == ["line-12/9", "line-12/10", "line-12/0615"]
    assert visitor.page.evaluate("document.activeElement.textContent") == "0615"  # the focus is kept
    world.skip(DAY + 3600)
    world.wait(3)
    assert rows(visitor) == ["line-12/0615"]  # which the build has rendered
    assert visitor.page.text_content("#list li b") == "06:15"


@pytest.mark.parametrize(("more", "left"), [({}, []), ({"cut": True}, ["line-12/9"])], ids=["whole", "cut"])
def test_row_that_a_family_lacks_goes_unless_it_was_cut(
    world: World, more: dict[str, Any], left: list[str]
) -> None:
    visitor = world.open()
    world.send(world.notice("a", "line-12/9", fields={"Departs": "7:05"}))
    world.wait(10)
    empty = json.dumps({"schema": 1, "family": "line-12", "topics": {}, **more})
    world.answer = lambda path: (200, "application/json", empty) if "-family/" in path else None
    visitor.page.evaluate("dispatchEvent(new Event('online'))")
    world.wait(3)
    assert [row for row in rows(visitor) if row == "line-12/9"] == left


COUNT_LOOKS = """() => {
  const its = document.querySelectorAll.bind(document);
  window.looks = 0;
  document.querySelectorAll = (names) => { looks += names === "[data-jamwire-text]"; return its(names); };
}"""


def test_what_one_document_says_of_many_topics_is_shown_at_once(world: World) -> None:
    visitor = world.open()
    topics = {f"line-12/{number}": {"text": ["late", 1, "a", 4_000_000_000_000]} for number in range(30)}
    family = json.dumps({"schema": 1, "family": "line-12", "topics": topics})
    world.answer = lambda path: (200, "application/json", family) if "-family/" in path else None
    visitor.page.evaluate(COUNT_LOOKS)
    visitor.page.evaluate("dispatchEvent(new Event('online'))")
    world.settle()
    assert (len(rows(visitor)), visitor.page.evaluate("looks")) == (31, 1)


def test_what_changes_often_is_summed_up(world: World) -> None:
    visitor = world.open()
    assert text(visitor, "summary") == ""
    polite = visitor.page.evaluate("[...document.querySelectorAll('[aria-live]')].map((e) => e.id)")
    assert polite == ["text", "delay", "summary", "updated"]  # neither what is quiet nor what is in a list
    for number in range(20):
        world.send(world.notice(f"n{number}", f"line-12/{number % 4}", fields={"Delay": str(number)}))
        world.wait(1)
    assert text(visitor, "summary") == ""
    world.wait(11)
    assert text(visitor, "summary") == "4 of 4 departures changed"
    visitor.page.evaluate("document.querySelector('#summary').textContent = ''")
    world.wait(60, at_a_time=5)
    assert text(visitor, "summary") == ""  # where nothing has changed nothing is said


def channels(visitor: Visitor) -> list[str]:
    return sorted(visitor.streams[0][1].values())


def test_page_leaves_topics_that_no_element_names_any_more(world: World) -> None:
    visitor = world.open()
    world.wait(2)
    before = channels(visitor)
    assert before == ["notice/line-12", "notice/line-12/*", "page/line-12", "site/updated"]
    for number in range(120):
        visitor.page.evaluate(
            "(topic) => { document.querySelector('#text').dataset.jamwireText = topic; }", f"line-{number}"
        )
        world.wait(1)
    world.wait(1)
    assert channels(visitor) == sorted([*before, "notice/line-119"])
    visitor.page.evaluate(
        "document.querySelectorAll('#list, #table, #summary').forEach((each) => each.remove())"
    )
    world.wait(2)
    assert channels(visitor) == ["notice/line-119", "notice/line-12", "page/line-12", "site/updated"]
    world.send(world.notice("a", "line-119", text="8 min late"))
    assert (text(visitor), states(visitor)[-1]) == ("8 min late", "open")


def test_summary_that_is_gone_says_nothing_and_goes_on_when_back(world: World) -> None:
    visitor = world.open()
    visitor.page.evaluate("window.gone = document.querySelector('#summary'); gone.remove()")
    world.send(world.notice("a", "line-12/1", fields={"Delay": "1"}))
    world.wait(40, at_a_time=2)
    assert visitor.page.evaluate("gone.textContent") == ""
    visitor.page.evaluate("document.body.append(gone)")
    world.send(world.notice("b", "line-12/1", fields={"Delay": "2"}))
    world.wait(32, at_a_time=2)
    assert text(visitor, "summary") == "1 of 1 departures changed"


def test_page_may_show_a_topic_in_its_own_way(world: World) -> None:
    visitor = world.open()
    visitor.page.evaluate(
        "document.addEventListener('jamwire:topic', (event) => event.detail.topic === 'line-12' && event.preventDefault())"
    )
    world.send(world.notice("a", text="8 min late"), world.notice("b", "line-12/9", text="late"))
    assert (text(visitor), "line-12/9" in rows(visitor)) == ("on time", True)
    [topic, _] = told(visitor, "topic")
    assert topic["entries"]["text"][0] == "8 min late"


GOOD = {"schema": 1, "topic": "line-12", "entries": {"text": ["8 min late", 1, "a", 4_000_000_000_000]}}


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, "<!doctype html><title>Sign in to the hotel's network</title>"),
        (502, json.dumps(GOOD)),
        (200, json.dumps(GOOD)[:-9]),
        (200, json.dumps(GOOD | {"schema": 2})),
        (200, ""),
        (200, "null"),
        (200, "[]"),
        (200, '{"schema": 1}'),
        (200, '{"schema": 1, "updates": {"a": 1}}'),
        (200, '{"schema": 1, "updates": [null, {"time": "2030-01-01T00:00:00Z", "paths": 7}]}'),
        (200, '{"schema": 1, "topics": {"line-12": null, "line-12/1": {"text": null}, "line-12/2": {"text": [1, 2, 3, 4]}}}'),
        (200, '{"schema": 1, "topic": "line-12", "entries": {"text": ["wrong", "1", "a", 5], "title": "wrong", "time": {}}}'),
        (200, '{"schema": 1, "topic": "line-12", "entries": ["wrong", ["wrong"]]}'),
        (200, '{"schema": 1, "topic": 7, "entries": 7}'),
    ],
)  # fmt: skip
def test_bad_state_harms_nothing(world: World, status: int, body: str) -> None:
    world.answer = lambda path: (status, "application/json", body)
    visitor = world.open()
    world.wait(5)
    assert (text(visitor), rows(visitor), rows(visitor, "table")) == ("on time", ["line-12/0615"], [])
    world.send(world.notice("a", text="8 min late"))
    assert text(visitor) == "8 min late"
    if status != 200 or '"schema": 1' not in body or "updates" in body:
        [problem] = {event.get("problem") for event in told(visitor, "state")} - {None}
        assert problem.endswith(f": {status}")
    world.answer = lambda path: None
    world.wait(310, at_a_time=10)
    assert "problem" not in told(visitor, "state")[-1]


@pytest.mark.parametrize(
    ("status", "body"), [(502, ""), (503, "busy"), (429, json.dumps(GOOD)), (200, json.dumps(GOOD)[:-9])]
)
def test_late_page_is_right_soon_after_a_bad_state(world: World, status: int, body: str) -> None:
    world.send(world.notice("a", text="8 min late"))
    world.answer = lambda path: (status, "application/json", body)
    late = world.open()
    world.wait(1.9, at_a_time=0.1)
    assert (text(late), states(late)[-1]) == ("on time", "open")
    world.answer = lambda path: None
    world.wait(3, at_a_time=0.25)
    assert (text(late), "problem" in told(late, "state")[-1]) == ("8 min late", False)


def test_bad_state_is_asked_for_ever_more_seldom(world: World) -> None:
    world.answer = lambda path: (503, "text/plain", "busy")
    visitor = world.open()
    world.wait(120, at_a_time=2)
    so_far = world.requests.count("/site.json")
    assert so_far <= 14
    world.wait(150, at_a_time=2)  # within a page's patience with an answer
    assert 2 <= world.requests.count("/site.json") - so_far <= 4
    world.send(world.notice("a", text="8 min late"))
    world.answer = lambda path: None
    world.wait(80, at_a_time=2)
    assert "problem" not in told(visitor, "state")[-1]


def test_old_script_reads_a_newer_state(world: World) -> None:
    document = GOOD | {"moods": [1], "entries": GOOD["entries"] | {"mood": ["good", 1, "a", 9, {"more": 1}]}}  # type: ignore[operator]
    world.answer = lambda path: (200, "application/json", json.dumps(document)) if "notice/" in path else None
    visitor = world.open()
    assert (text(visitor), states(visitor)) == ("8 min late", ["connecting", "open"])


@pytest.mark.parametrize("push", ["", "7", "null", '{"topic": 7}', '{"paths": [7], "tags": 7}', '{"topic": "line-12"}'])  # fmt: skip
def test_bad_push_harms_nothing(world: World, push: str) -> None:
    visitor = world.open()
    world.on_the_way = lambda texts: [push, *texts]
    world.send(world.notice("a", text="8 min late"))
    assert text(visitor) == "8 min late"


@pytest.mark.parametrize("topic", ["Linie Ä", "bus #12?", "100%", "a%20b", "日本/語", "line-12/früh"])
def test_topic_may_have_any_characters(world: World, topic: str) -> None:
    visitor = world.open()
    visitor.page.evaluate(
        "(topic) => { document.querySelector('#text').dataset.jamwireText = topic; }", topic
    )
    world.wait(2)  # elements may be added, or changed, at any time
    world.send(world.notice("a", topic, text="8 min late"))
    assert text(visitor) == "8 min late"
    assert told(visitor, "topic")[0]["entries"]["text"][0] == "8 min late"


@needs_packages
def test_axe_finds_nothing(world: World) -> None:
    visitor = world.open()
    world.send(world.notice("a", text="8 min late", fields={"Delay": "8 min"}))
    world.send(world.notice("b", "line-12/9", fields={"Departs": "9:00", "Delay": "1"}))
    world.send_update(world.update("u", "/line-12/"))
    world.wait(40)
    assert visitor.page.is_visible("#updated")
    visitor.page.clock.resume()  # axe waits by timers
    visitor.page.evaluate(AXE.read_text())
    found = visitor.page.evaluate("axe.run()")
    assert [violation["id"] for violation in found["violations"]] == []
