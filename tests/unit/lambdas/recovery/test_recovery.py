"""Each delivery that failed is asked for until it is accepted, never after that, and never without an end."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.clients.http import HttpResponse
from lambdas.contracts.event import Event
from lambdas.contracts.outcomes import Undeliverable
from lambdas.recovery import recovery as module
from lambdas.recovery.github import GitHub
from lambdas.recovery.plan import GIVE_UP_AFTER, LONGEST_PAUSE, MAX_ATTEMPTS
from lambdas.recovery.recovery import MAX_ASKED, PAUSE, Recovery
from tests.fakes.github import API, TOKEN, URL, FakeGitHub

NOW = 1_800_000_000.0
QUARTER = 900.0
DAY = 86_400.0
GIVEN_UP = round(GIVE_UP_AFTER / QUARTER)


@dataclass
class World:
    """GitHub, and a deployment that recovers from it every quarter of an hour."""

    github: FakeGitHub
    token: str = TOKEN
    webhooks: dict[str, str] = field(default_factory=lambda: {URL: API})
    told: list[Event] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.recovery = Recovery(
            webhooks=self.webhooks,
            stack_id="Recovery",
            every=QUARTER,
            connect=self._connect,
            publish=self.told.append,
            log=lambda line, **facts: self.lines.append(line),
            sleep=self.slept.append,
        )

    def run(self, times: int = 1) -> None:
        """Let time pass, and run."""
        for _ in range(times):
            self.github.now += QUARTER
            self.recovery.run(self.github.now)

    def _connect(self) -> GitHub:
        if not self.token:
            raise Undeliverable("no token is set")
        return GitHub(token=self.token, send=self.github.send, clock=lambda: self.github.now)


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """What the run has counted."""
    counter: Counter[str] = Counter()

    def count(metric: str, amount: int = 1) -> None:
        counter[metric] += amount

    monkeypatch.setattr(module, "count", count)
    return counter


def down_until(end: Callable[[], float], github: FakeGitHub, status: int = 503) -> None:
    github.endpoint = lambda guid: status if github.now < end() else 200


def test_failed_delivery_is_recovered_once(counted: Counter[str]) -> None:
    world = World(FakeGitHub(NOW, endpoint=lambda guid: 503))
    world.github.deliver("a")
    world.github.endpoint = lambda guid: 200
    world.run(5)
    assert world.github.answered("a") == [503, 200]
    assert counted == {"AskedAgain": 1, "Recovered": 1}
    assert world.lines == ["looked", "looked"]
    assert world.told == []


def test_outage_is_probed_by_one_and_then_all_come_at_once() -> None:
    world = World(FakeGitHub(NOW))
    down_until(lambda: NOW + 10 * QUARTER, world.github)
    for number in range(50):
        world.github.deliver(f"g{number:02}")
    world.run(9)
    assert len(world.github.asked) == 9
    world.run(2)
    found = world.github.asked[10:]
    assert {f"g{number:02}" for number in range(10, 50)} <= set(found)
    assert found == sorted(found)  # as they were sent
    world.run(10)  # the others have failed for a while, and are left alone for as long
    assert all(world.github.answered(f"g{number:02}")[-1] == 200 for number in range(50))


def test_run_asks_for_a_hundred_at_most() -> None:
    world = World(FakeGitHub(NOW, endpoint=lambda guid: 503))
    for number in range(MAX_ASKED + 50):
        world.github.deliver(f"g{number}")
    world.github.endpoint = lambda guid: 200
    world.github.deliver("well")
    world.run()
    assert len(world.github.asked) == MAX_ASKED
    assert world.slept == [PAUSE] * (MAX_ASKED - 1)
    world.run()
    assert len(world.github.asked) == MAX_ASKED + 50


def test_busy_github_gets_its_time() -> None:
    world = World(FakeGitHub(NOW, endpoint=lambda guid: 503))
    world.github.deliver("a")
    world.github.limited = HttpResponse(429, {"retry-after": str(int(3 * QUARTER))})
    world.run()
    assert len(world.github.requests) == 1
    world.github.limited = None
    world.run(2)
    assert len(world.github.requests) == 1
    world.run()
    assert world.github.asked == ["a"]
    assert world.lines[0] == "postponed"
    assert world.told == []


@pytest.mark.parametrize("token", ["", "github_pat_old"])
def test_token_that_is_refused_is_told_once_a_day(token: str) -> None:
    world = World(FakeGitHub(NOW), token=token)
    world.run(round(DAY / QUARTER) * 3)
    assert {event.type for event in world.told} == {"recovery.failed"}
    assert 3 <= len({event.key for event in world.told}) <= 4
    assert set(world.lines) == {"recovery_failed"}
    first = world.told[0]
    assert first.source == "/subscribers/Recovery"
    assert first.notice.title == "Failed deliveries of acme/site are not recovered"
    assert "jamwire secret add recovery" in first.notice.text
    assert first.notice.severity == "error"
    assert TOKEN not in first.to_json()


def test_missing_webhook_is_told_and_others_are_recovered() -> None:
    other = "https://hub.example/other"
    world = World(FakeGitHub(NOW, endpoint=lambda guid: 503), webhooks={other: API, URL: API})
    world.github.deliver("a")
    world.run()
    [told] = world.told
    assert told.notice.fields == {"Why": f"none of these webhooks leads to {other}"}
    assert world.github.asked == ["a"]


def test_lost_delivery_is_counted_once_and_told(counted: Counter[str]) -> None:
    world = World(FakeGitHub(NOW, endpoint=lambda guid: 503))
    world.github.deliver("a")
    world.run(round(4 * DAY / QUARTER))
    assert counted["Lost"] == 1
    assert [event.notice.fields["Why"] for event in world.told] == ["they failed each time, for three days"]
    assert len(world.github.deliveries) <= MAX_ATTEMPTS


def test_token_that_may_only_read_is_told() -> None:
    world = World(FakeGitHub(NOW, endpoint=lambda guid: 503))
    world.github.deliver("a")
    whole = world.github.send
    world.recovery.connect = lambda: GitHub(
        token=TOKEN,
        send=lambda request: HttpResponse(403) if request.method == "POST" else whole(request),
    )
    world.run()
    [told] = world.told
    assert "read and write" in told.notice.fields["Why"]


def test_nothing_is_said_where_all_is_well() -> None:
    world = World(FakeGitHub(NOW))
    world.github.deliver("a")
    world.run(3)
    assert (world.lines, world.told, world.github.asked) == ([], [], [])


ANSWERS = st.sampled_from([0, 200, 202, 400, 401, 404, 413, 429, 500, 502, 503, 504])
OUTAGES = st.lists(st.tuples(st.integers(0, 280), st.integers(1, 200), ANSWERS), max_size=4)


@settings(max_examples=25, deadline=None)
@given(
    sent=st.lists(st.integers(0, 280), min_size=1, max_size=12),
    outages=OUTAGES,
    poisoned=st.sets(st.integers(0, 11), max_size=2),
    busy=st.sets(st.integers(0, 400), max_size=40),
)
def test_whatever_happens_nothing_is_asked_for_in_vain(
    sent: list[int], outages: list[tuple[int, int, int]], poisoned: set[int], busy: set[int]
) -> None:
    """In quarters of an hour: when deliveries are made, when the endpoint answers otherwise, when GitHub is busy."""
    world = World(FakeGitHub(NOW))
    quarter = 0

    def answer(guid: str) -> int:
        if int(guid) in poisoned:
            return 500
        return next((status for start, length, status in outages if start <= quarter < start + length), 200)

    world.github.endpoint = answer
    settled: dict[str, int] = {}
    for quarter in range(700):  # a week
        for number, at in enumerate(sent):
            if at == quarter:
                world.github.deliver(str(number))
        world.github.limited = HttpResponse(429) if quarter in busy else None
        asked_before = len(world.github.asked)
        done = {str(n) for n in range(len(sent)) if _is_done(world.github.answered(str(n)))}
        world.run()
        assert done.isdisjoint(world.github.asked[asked_before:])
        settled[str(quarter)] = len(world.github.asked)
    for number in range(len(sent)):
        answers = world.github.answered(str(number))
        assert len(answers) <= MAX_ATTEMPTS
        assert _is_done(answers) or number in poisoned or not _was_well(sent[number], outages, busy), answers
    assert settled["699"] == settled["600"]  # it comes to rest


def _is_done(answers: list[int]) -> bool:
    return any(200 <= status < 300 or status in (400, 405, 413, 415) for status in answers)


def _was_well(sent: int, outages: list[tuple[int, int, int]], busy: set[int]) -> bool:
    """Whether all was well for the longest pause and some runs, before the delivery was given up."""
    well = 0
    for quarter in range(sent, sent + GIVEN_UP):
        is_down = any(start <= quarter < start + length for start, length, _ in outages)
        well = 0 if is_down or quarter in busy else well + 1
        if well > LONGEST_PAUSE / QUARTER + 3:
            return True
    return False
