"""States of topics: what one function writes and another has written meanwhile."""

from typing import Any

import pytest

from lambdas.clients import live_states
from lambdas.clients.live_states import MAX_TRIES, ContendedError, LiveStates
from lambdas.contracts.live_state import MAX_UPDATES, RETAINED, Entry
from tests.fakes.live_table import LiveTable

NOW = 1_800_000_000_000
CHANNEL = "notice/line-12"


def said(value: str, order: int, ends: int = NOW + 1000) -> dict[str, Entry]:
    return {"text": Entry(value, order, f"id-{order}", ends)}


@pytest.fixture
def table() -> LiveTable:
    return LiveTable()


def states_of(table: LiveTable) -> LiveStates:
    client: Any = table
    return LiveStates(client, "states")


def text_of(table: LiveTable, channel: str = CHANNEL) -> str:
    state = states_of(table).read(channel)
    assert state
    return state.entries["text"].value


def test_newest_is_kept_whatever_the_order(table: LiveTable) -> None:
    states = states_of(table)
    for order in (2, 3, 1):
        states.merge(CHANNEL, "line-12", said(f"no. {order}", order), now=NOW)
    assert text_of(table) == "no. 3"


def test_running_function_writes_without_reading(table: LiveTable) -> None:
    states = states_of(table)
    states.merge(CHANNEL, "line-12", said("one", 1), now=NOW)
    table.calls.clear()
    written = states.merge(CHANNEL, "line-12", said("two", 2), now=NOW)
    assert table.calls == ["PutItem"]
    assert written == states.read(CHANNEL)


def test_notice_that_says_nothing_new_is_not_written(table: LiveTable) -> None:
    states = states_of(table)
    states.merge(CHANNEL, "line-12", said("two", 2), now=NOW)
    table.calls.clear()
    known = states.merge(CHANNEL, "line-12", said("one", 1), now=NOW)
    assert table.calls == []
    assert known == states.remembered(CHANNEL)
    assert known.entries == said("two", 2)


def test_state_that_was_read_is_not_read_again(table: LiveTable) -> None:
    states_of(table).merge(CHANNEL, "line-12", said("two", 2), now=NOW)
    states = states_of(table)
    table.calls.clear()
    for _ in range(3):
        states.merge(CHANNEL, "line-12", said("one", 1), now=NOW)
    assert table.calls == ["GetItem"]


def test_topic_that_was_not_heard_of_for_longest_is_forgotten(
    table: LiveTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_states, "MAX_REMEMBERED", 2)
    states = states_of(table)
    for order, topic in enumerate(("a", "b", "a", "c"), start=1):
        states.merge(f"notice/{topic}", topic, said(f"no. {order}", order), now=NOW)
    assert [topic for topic in "abc" if states.remembered(f"notice/{topic}")] == ["a", "c"]
    assert states.last() == states.remembered("notice/c")


def test_what_another_function_wrote_is_merged(table: LiveTable) -> None:
    mine, another = states_of(table), states_of(table)
    mine.merge(CHANNEL, "line-12", {"title": Entry("mine", 1, "a", NOW)}, now=NOW)
    another.merge(CHANNEL, "line-12", said("another's", 5), now=NOW)
    mine.merge(CHANNEL, "line-12", said("mine", 3), now=NOW)
    assert text_of(table) == "another's"
    state = mine.read(CHANNEL)
    assert state
    assert (state.entries["title"].value, state.version) == ("mine", 2)


def test_state_that_was_deleted_begins_anew(table: LiveTable) -> None:
    states = states_of(table)
    states.merge(CHANNEL, "line-12", said("one", 1), now=NOW)
    table.items.clear()
    states.merge(CHANNEL, "line-12", said("two", 2), now=NOW)
    assert text_of(table) == "two"


def test_others_that_write_each_time_end_in_an_error(table: LiveTable) -> None:
    another, states = states_of(table), states_of(table)
    orders = iter(range(1, 2 * MAX_TRIES))

    def interfere() -> None:
        table.before_write = None
        order = next(orders)
        another.merge(CHANNEL, "line-12", said(f"no. {order}", order), now=NOW)
        table.before_write = interfere

    table.before_write = interfere
    with pytest.raises(ContendedError):
        states.merge(CHANNEL, "line-12", {"title": Entry("mine", 1, "a", NOW)}, now=NOW)


def test_forgotten_entries_leave_the_state(table: LiveTable) -> None:
    states = states_of(table)
    states.merge(CHANNEL, "line-12", said("old", 1, ends=NOW), now=NOW)
    new = {"title": Entry("new", 2, "b", NOW + RETAINED)}
    states.merge(CHANNEL, "line-12", new, now=NOW + RETAINED)
    state = states.read(CHANNEL)
    assert state
    assert dict(state.entries) == new


def test_forgotten_entry_hides_no_older_one_that_holds(table: LiveTable) -> None:
    states = states_of(table)
    states.merge(CHANNEL, "line-12", said("short", 2, ends=NOW), now=NOW)
    states.merge(CHANNEL, "line-12", said("holds", 1, ends=NOW + 2 * RETAINED), now=NOW + RETAINED)
    assert text_of(table) == "holds"


def test_family_is_read_at_once_and_nothing_beside_it(table: LiveTable) -> None:
    states = states_of(table)
    for name in ("line-12/0615", "line-12/0630", "line-12", "line-1/0615", "line-12b/0615"):
        states.merge(f"notice/{name}", name, said(name, 1), now=NOW)
    table.calls.clear()
    assert [state.topic for state in states.read_family("notice/line-12")] == ["line-12/0615", "line-12/0630"]
    assert table.calls == ["Query"]


def test_large_family_is_read_page_by_page(table: LiveTable) -> None:
    states = states_of(table)
    for number in range(30):
        states.merge(f"notice/line-12/{number:02}", f"line-12/{number:02}", said("x" * 90_000, 1), now=NOW)
    table.calls.clear()
    family = states.read_family("notice/line-12")
    assert (next(family).topic, table.calls) == ("line-12/00", ["Query"])
    assert [state.topic for state in family] == [f"line-12/{number:02}" for number in range(1, 30)]
    assert table.calls == ["Query"] * 3


def test_site_keeps_its_newest_updates_once(table: LiveTable) -> None:
    states = states_of(table)
    for second in [*range(MAX_UPDATES + 5), 30]:
        time = f"2027-01-15T08:00:{second:02}.000Z"
        states.add_update({"id": f"u{second}", "time": time, "paths": ["/"]}, now=NOW / 1000)
    kept = [update["id"] for update in states.read_updates()]
    assert kept == [f"u{second}" for second in reversed(range(5, MAX_UPDATES + 5))]
    assert table.items["site"]["version"] == {"N": f"{MAX_UPDATES + 5}"}  # as often as it was written


def test_others_that_write_the_sites_updates_each_time_end_in_an_error(table: LiveTable) -> None:
    def interfere() -> None:
        table.items["site"]["version"] = {"N": f"{len(table.calls)}"}
        table.before_write = interfere

    states = states_of(table)
    states.add_update({"id": "u1", "time": "2027-01-15T08:00:01.000Z"}, now=NOW / 1000)
    table.before_write = interfere
    with pytest.raises(ContendedError):
        states.add_update({"id": "u2", "time": "2027-01-15T08:00:02.000Z"}, now=NOW / 1000)


def test_site_is_kept_a_month_after_its_newest_update(table: LiveTable) -> None:
    states_of(table).add_update({"id": "u1", "time": "2027-01-15T08:00:00.000Z"}, now=NOW / 1000)
    assert int(table.items["site"]["ttl"]["N"]) == NOW // 1000 + 31 * 24 * 3600


def test_site_tells_of_large_updates_what_fits(table: LiveTable) -> None:
    states = states_of(table)
    paths = [f"/{number}/" + "x" * 2_000 for number in range(10)]
    for minute in range(MAX_UPDATES):
        time = f"2027-01-15T08:{minute:02}:00.000Z"
        update = {"id": f"u{minute}", "time": time, "paths": paths, "tags": ["a"]}
        states.add_update(update, now=NOW / 1000)
    updates = states.read_updates()
    assert [(len(update["paths"]), update["tags"]) for update in updates[:2]] == [(10, ["a"])] * 2
    assert all((update["paths"], update["tags"]) == (["/*"], []) for update in updates[2:])
    assert len(updates) == MAX_UPDATES
    assert len(table.items["site"]["updates"]["S"]) < 64_000


@pytest.mark.parametrize(
    "spoilt",
    [
        {"entries": {"S": '{"text":["cut'}},
        {"entries": {"S": '{"text":["three",1,"a"]}'}},
        {"entries": {"S": '{"text":["no number","1","a",2]}'}},
        {"entries": {"S": "[]"}},
        {"version": {"S": ""}, "entries": {"S": ""}},
    ],
)
def test_unreadable_state_begins_anew_and_is_counted(table: LiveTable, spoilt: dict[str, Any]) -> None:
    counted: list[int] = []
    client: Any = table
    states_of(table).merge(CHANNEL, "line-12", said("one", 1), now=NOW)
    table.items[CHANNEL] |= spoilt
    if "version" in spoilt:
        del table.items[CHANNEL]["version"]
    states = LiveStates(client, "states", lambda: counted.append(1))
    state = states.read(CHANNEL)
    assert state
    assert (state.entries, counted) == ({}, [1])
    states.merge(CHANNEL, "line-12", said("two", 2), now=NOW)
    assert text_of(table) == "two"


def test_unreadable_updates_begin_anew_and_are_counted(table: LiveTable) -> None:
    counted: list[int] = []
    client: Any = table
    states = LiveStates(client, "states", lambda: counted.append(1))
    for n, spoilt in enumerate(('["cut', '{"id": "a"}', '[{"id": "a"}]')):
        states.add_update({"id": f"u{n}", "time": "2027-01-15T08:00:00.000Z"}, now=NOW / 1000)
        assert [update["id"] for update in states.read_updates()] == [f"u{n}"]
        table.items["site"]["updates"] = {"S": spoilt}
    assert len(counted) == 2
