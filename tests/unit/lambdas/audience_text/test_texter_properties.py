"""Any days of texts: budgets hold, nights are quiet, and each follower's first text of a day says how to end it."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.not_sent import NotSentError
from lambdas.contracts.sms_parts import count_parts
from tests.fakes.messaging import recipient
from tests.unit.lambdas.audience_text.test_texter import STOP, World, job
from tests.unit.lambdas.audience_text.test_texts import TOLD

ZONES = {
    "+12065550101": "America/Los_Angeles",
    "+4915100000001": "Europe/Berlin",
    "+61400000001": "Australia/Sydney",
}
NUMBERS = list(ZONES)
PER_DAY, PER_FOLLOWER, CODES = 7, 3, 2


class Moment(NamedTuple):
    """What happens after some hours."""

    hours: float
    what: Literal["tell", "ask"]
    numbers: list[str]
    fails: list[Literal["later", "refused", "gone"]]
    title: str


MOMENTS = st.lists(
    st.builds(
        Moment,
        hours=st.floats(0, 9),
        what=st.sampled_from(["tell", "tell", "ask"]),
        numbers=st.lists(st.sampled_from(NUMBERS), min_size=1, max_size=3, unique=True),
        fails=st.lists(st.sampled_from(["later", "refused", "gone"]), max_size=1),
        title=st.sampled_from(["late", "late " * 60, "sp\u00e4t \u20ac " * 12, "\u4e2d" * 90]),
    ),
    max_size=10,
)


def played(moments: list[Moment]) -> tuple[World, list[tuple[float, str, str]]]:
    """The world after these moments, and the texts with their time and number."""
    world = World(per_day=PER_DAY, per_follower=PER_FOLLOWER, codes=CODES)
    sent: list[tuple[float, str, str]] = []
    for moment in moments:
        world.now += moment.hours * 3600
        world.phone.fails = {
            number: NotSentError(fate, "why")
            for number, fate in zip(moment.numbers, moment.fails, strict=False)
        }
        if moment.what == "tell":
            everyone = [recipient(f"{NUMBERS.index(n):032x}", n, zone=ZONES[n]) for n in moment.numbers]
            world.texter.tell(everyone, replace(TOLD, title=moment.title))
        else:
            world.texter.ask(job(moment.numbers[0]))
        sent += [(world.now, number, text) for number, text, _ in world.phone.sent]
        world.phone.sent.clear()
    return world, sent


@given(MOMENTS)
def test_any_days_keep_to_the_limits(moments: list[Moment]) -> None:
    _, sent = played(moments)
    all_parts: Counter[dt.date] = Counter()
    own_parts: Counter[tuple[str, dt.date]] = Counter()
    codes: Counter[dt.date] = Counter()
    for now, number, text in sent:
        here = dt.datetime.fromtimestamp(now, ZoneInfo(ZONES[number]))
        day = dt.datetime.fromtimestamp(now, dt.UTC).date()
        all_parts[day] += count_parts(text)
        if "is your code" in text:
            codes[day] += 1
            continue
        assert 8 <= here.hour < 21
        assert text.endswith(STOP) == (own_parts[number, here.date()] == 0)
        own_parts[number, here.date()] += count_parts(text)
    assert max(all_parts.values(), default=0) <= PER_DAY
    assert max(own_parts.values(), default=0) <= PER_FOLLOWER
    assert max(codes.values(), default=0) <= CODES


@given(MOMENTS)
def test_what_was_not_sent_costs_nothing(moments: list[Moment]) -> None:
    """What a text may cost is spent before it is known whether it is the day's first, whose ending may be a part."""
    world, sent = played(moments)
    spent = sum(
        int(item["count"]["N"])
        for (pk, sk), item in world.table.items.items()
        if pk.startswith("spent#text#") and sk == "all"
    )
    parts = sum(count_parts(text) for _, _, text in sent)
    assert parts <= spent <= 2 * parts
    assert world.counted["Parts"] == parts
