"""Silence and speech take turns, whatever comes and whenever anybody looks."""

import random
from itertools import pairwise

import pytest

from lambdas.contracts.event_types import ENDPOINT_HEARD, ENDPOINT_SILENT
from lambdas.contracts.silence import Change, Hearing, Hearings
from lambdas.silence.hearings import LONGEST_READ, OVERLAP, PATIENCE, announcement, observe, window

NOW = 1_800_000_000.0
HOUR = 3600.0
A_DAY = 24 * HOUR


def told(known: Hearings) -> list[tuple[str, float]]:
    return [(change.type, change.since) for change in known.untold]


def listening(heard: float = NOW, silent: float = 0.0) -> Hearings:
    return Hearings(endpoints={"cms": Hearing(since=NOW - HOUR, heard=heard, silent=silent)}, read_until=NOW)


def look(known: Hearings, now: float, heard: float | None = None, expected: float = A_DAY) -> Hearings:
    return observe(known, {"cms": expected}, {} if heard is None else {"cms": heard}, now)


def test_silence_is_told_once_it_is_longer_than_expected() -> None:
    last = NOW + A_DAY + PATIENCE
    assert told(look(listening(), last)) == []
    assert told(look(listening(), last + 1)) == [(ENDPOINT_SILENT, NOW)]


def test_silence_is_told_once() -> None:
    silent = look(listening(), NOW + 2 * A_DAY)
    assert told(look(Hearings(endpoints=silent.endpoints), NOW + 9 * A_DAY)) == []


def test_speech_after_a_silence_is_told_once() -> None:
    heard = look(listening(silent=NOW), NOW + 2 * A_DAY, heard=NOW + 2 * A_DAY - 60)
    assert [(c.type, c.since, c.at) for c in heard.untold] == [(ENDPOINT_HEARD, NOW, NOW + 2 * A_DAY - 60)]
    assert told(look(Hearings(endpoints=heard.endpoints), NOW + 2 * A_DAY + 300)) == []


def test_speech_without_a_silence_is_not_told() -> None:
    assert told(look(listening(), NOW + HOUR, heard=NOW + HOUR)) == []


def test_new_endpoint_has_time_since_its_deployment() -> None:
    new = look(Hearings(), NOW)
    assert told(new) == []
    assert told(look(new, NOW + A_DAY + PATIENCE)) == []
    [change] = look(new, NOW + A_DAY + PATIENCE + 1).untold
    assert (change.type, change.since, change.never) == (ENDPOINT_SILENT, NOW, True)


def test_endpoint_without_expectation_is_remembered_only() -> None:
    known = look(listening(), NOW + 99 * A_DAY, heard=NOW + HOUR, expected=0.0)
    assert told(known) == []
    assert known.endpoints["cms"].heard == NOW + HOUR


def test_older_word_does_not_undo_a_newer_one() -> None:
    assert look(listening(), NOW + HOUR, heard=NOW - HOUR).endpoints["cms"].heard == NOW


def test_endpoint_that_is_gone_is_forgotten() -> None:
    assert observe(listening(silent=NOW), {"code": 0.0}, {}, NOW).endpoints.keys() == {"code"}


def test_what_was_not_told_stays_to_be_told() -> None:
    crashed = look(listening(), NOW + 2 * A_DAY)
    again = look(crashed, NOW + 2 * A_DAY + 300, heard=NOW + 2 * A_DAY + 60)
    assert told(again) == [(ENDPOINT_SILENT, NOW), (ENDPOINT_HEARD, NOW)]


@pytest.mark.parametrize("seed", range(60))
def test_silence_and_speech_alternate(seed: int) -> None:
    """For any acceptances and looks: they take turns, each is told of another time, and none without a reason."""
    draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
    expected = draw.choice([900.0, HOUR, A_DAY])
    now, known, changes, spoke = NOW, Hearings(), list[Change](), list[float]()
    for _ in range(300):
        now += draw.choice([1, 60, 300, expected / 3, expected, expected + PATIENCE + 1])
        if draw.random() < 0.3:
            spoke.append(now)
        if draw.random() < 0.7:
            start, end = window(known, now)
            recent = [at for at in spoke if start <= at <= end]
            known = observe(known, {"cms": expected}, {"cms": max(recent)} if recent else {}, end)
            changes += known.untold
            known = Hearings(endpoints=known.endpoints, read_until=known.read_until)
    types = [change.type for change in changes]
    assert types[:1] in ([], [ENDPOINT_SILENT])
    assert all(one != other for one, other in pairwise(types))
    assert len({(change.type, change.since) for change in changes}) == len(changes)
    for change in changes:
        if change.type == ENDPOINT_SILENT:
            assert not [at for at in spoke if change.since < at <= change.at - PATIENCE]
        else:
            assert change.at in spoke


def test_log_is_read_from_where_the_last_look_ended() -> None:
    assert window(Hearings(read_until=NOW), NOW + 300) == (NOW - OVERLAP, NOW + 300)
    assert window(Hearings(), NOW) == (NOW - OVERLAP, NOW)


def test_long_outage_is_read_piece_by_piece() -> None:
    start, end = window(Hearings(read_until=NOW), NOW + 9 * A_DAY)
    assert end - start == LONGEST_READ


SILENT = Change(type=ENDPOINT_SILENT, endpoint="cms", since=NOW, at=NOW + 26 * HOUR)


def test_silence_is_a_notice_in_words() -> None:
    notice = announcement(SILENT, A_DAY).notice
    assert notice.severity == "warning"
    assert notice.title == "cms has been silent for 26 hours"
    assert notice.text.startswith(
        "Its last event was accepted 2027-01-15 08:00 UTC. One is expected every 24 hours at least."
    )
    assert notice.url == ""


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (60, "1 minute"),
        (119 * 60, "119 minutes"),
        (2 * HOUR, "2 hours"),
        (47 * HOUR, "47 hours"),
        (2 * A_DAY, "2 days"),
    ],
)
def test_silence_is_as_long_as_it_is_in_its_largest_unit(seconds: float, told: str) -> None:
    change = Change(type=ENDPOINT_SILENT, endpoint="cms", since=NOW, at=NOW + seconds)
    assert announcement(change, A_DAY).notice.title == f"cms has been silent for {told}"


def test_endpoint_that_never_spoke_is_told_as_such() -> None:
    never = Change(type=ENDPOINT_SILENT, endpoint="cms", since=NOW, never=True, at=NOW + 50 * HOUR)
    told = announcement(never, 2 * A_DAY)
    assert "No event has come since the first was expected, 2027-01-15 08:00 UTC" in told.notice.text
    assert told.notice.title == "cms has been silent for 2 days"
    assert told.body["last_heard"] is None


def test_speech_is_a_notice_in_words() -> None:
    heard = Change(type=ENDPOINT_HEARD, endpoint="cms", since=NOW, at=NOW + 26 * HOUR)
    told = announcement(heard, A_DAY)
    assert (told.notice.title, told.notice.severity) == ("cms is heard again", "success")
    assert told.notice.text == "It was silent for 26 hours, since 2027-01-15 08:00 UTC."
    assert told.body["heard"] == "2027-01-16T10:00:00.000Z"


def test_same_change_is_the_same_event_whenever_it_is_told() -> None:
    def id_of(change: Change, now: float = NOW) -> str:
        return announcement(change, A_DAY).event("Hub", now).id

    later = Change(type=ENDPOINT_SILENT, endpoint="cms", since=NOW, at=NOW + 30 * HOUR)
    assert id_of(SILENT) == id_of(later, NOW + 99)
    others = [
        Change(type=ENDPOINT_HEARD, endpoint="cms", since=NOW, at=NOW),
        Change(type=ENDPOINT_SILENT, endpoint="cms2", since=NOW),
        Change(type=ENDPOINT_SILENT, endpoint="cms", since=NOW + 1),
    ]
    assert len({id_of(change) for change in (SILENT, *others)}) == 4
    event = announcement(SILENT, A_DAY).event("Hub", NOW)
    assert (event.source, event.subject, event.is_internal) == ("/subscribers/Hub", "cms", True)
