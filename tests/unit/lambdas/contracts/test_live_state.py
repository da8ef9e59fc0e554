"""The state of a topic: the newest of what was said, by one rule on both sides."""

import json
import subprocess
import sys
from dataclasses import replace
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.contracts.event import Event, Sender
from lambdas.contracts.live_state import (
    MAX_SEQUENCE,
    RETAINED,
    Entry,
    entries_of,
    merge,
    order_of,
    unforgotten,
)
from lambdas.contracts.live_state_table import TopicState, item_of, state_of
from tests.fakes.events import an_event

SCRIPT = Path(__file__).parents[4] / "live" / "src" / "merge.js"
NODE = str(Path(sys.executable).with_name("node"))
ACCEPTED = 1_800_000_000_000  # when events are accepted here, unix milliseconds

CALL = """
const { merge, isUnforgotten, entryOf } = await import(process.argv[1]);
const cases = JSON.parse(await new Response(process.stdin).text());
console.log(JSON.stringify(cases.map(({ said, now }) => {
  const known = {};
  for (const entries of said) merge(known, entries);
  const left = Object.fromEntries(Object.entries(known).filter(([, entry]) => isUnforgotten(entry, now)));
  return [left, entryOf(left) ?? null];
})));
"""

entry = st.builds(
    Entry,
    value=st.text(max_size=3),
    order=st.integers(0, 5),
    id=st.sampled_from("abcdé"),
    ends=st.integers(0, 10).map(lambda days: days * RETAINED),
)
entries = st.dictionaries(st.sampled_from(["text", "title", "fields.Delay", "fields.__proto__"]), entry)


@given(entries, entries, entries)
def test_merging_knows_no_order_and_no_repetition(a: Any, b: Any, c: Any) -> None:
    # An id is one event's, so two different values never have the same order and id.
    a, b, c = (
        {name: each._replace(value=f"{each.order}{each.id}") for name, each in some.items()}
        for some in (a, b, c)
    )
    strip = lambda some: {name: each[:3] for name, each in some.items()}  # noqa: E731
    assert strip(merge(a, b)) == strip(merge(b, a))
    assert merge(merge(a, b), c) == merge(a, merge(b, c))
    assert merge(a, a) == a


@settings(max_examples=1)
@given(st.lists(st.tuples(st.lists(entries, max_size=4), st.integers(0, 12)), min_size=200, max_size=200))
def test_page_merges_by_the_same_rule(cases: list[tuple[list[Any], int]]) -> None:
    given = [{"said": said, "now": days * RETAINED} for said, days in cases]
    command = [NODE, "--input-type=module", "--eval", CALL, SCRIPT.as_uri()]
    run = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, check=True)
    for each, (known, _) in zip(given, json.loads(run.stdout), strict=True):
        merged = unforgotten(reduce(merge, each["said"], {}), each["now"])
        assert {name: list(entry) for name, entry in merged.items()} == known


def a_notice(**of: Any) -> Event:
    event = an_event(type="notice.sent", **of.pop("notice", {}))
    return replace(event, subject="line-12", **of)


def test_entries_hold_what_was_said_and_nothing_empty() -> None:
    said = entries_of(a_notice(notice={"title": "Late", "text": "", "fields": {"Delay": "5 min"}}), keep=60)
    assert {name: entry.value for name, entry in said.items()} == {
        "title": "Late",
        "severity": "info",
        "time": "2027-01-15T08:00:00.000Z",
        "fields.Delay": "5 min",
    }
    assert {entry.ends for entry in said.values()} == {ACCEPTED + 60_000}


def test_notice_ends_when_its_sender_says() -> None:
    said = entries_of(a_notice(notice={"title": "Late", "expires": "2027-01-15T08:30:00.000Z"}), keep=60)
    assert said["title"].ends == ACCEPTED + 30 * 60_000


@pytest.mark.parametrize(
    ("sender", "order"),
    [
        (Sender(), ACCEPTED),
        (Sender(time="2027-01-15T07:00:00.000Z"), ACCEPTED - 3_600_000),
        (Sender(time="2027-01-15T08:05:00.000Z"), ACCEPTED + 300_000),
        (Sender(time="2027-01-15T08:05:00.001Z"), ACCEPTED),  # a clock that is wrong must not win for ever
        (Sender(sequence=17), 17),
        (Sender(sequence=17, time="2027-01-15T07:00:00.000Z"), 17),
        (Sender(sequence=MAX_SEQUENCE), MAX_SEQUENCE),
        (Sender(sequence=MAX_SEQUENCE + 1), ACCEPTED),  # JavaScript would not tell it from its neighbour
    ],
)
def test_order_is_the_senders_own_where_it_has_one(sender: Sender, order: int) -> None:
    assert order_of(a_notice(sender=sender)) == order


@given(entries)
def test_state_survives_its_table(known: Any) -> None:
    state = TopicState(topic="line-12", entries=known, published_at=7, version=3)
    assert state_of(item_of("notice/line-12", state)) == state
