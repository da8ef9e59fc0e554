"""When a page is open, and when it tries again (AppSync Events developer guide, "WebSocket protocol").

The page has three channels, and chance is always one half: it waits half of what it might.
"""

import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.unit.lambdas.contracts.test_live_channels import NODE, SCRIPT

PAGE = str(Path(__file__).with_name("page.mjs"))

Step = tuple[Any, ...]
Told = list[list[Any]]


def told(*steps: Step) -> Told:
    """What the page tells of its state while this happens: millisecond, state, and of which time nothing is known."""
    command = [NODE, PAGE, SCRIPT.as_uri()]
    run = subprocess.run(command, input=json.dumps(steps), capture_output=True, text=True, check=True)
    return list(json.loads(run.stdout))


def says(kind: str, **more: Any) -> Step:
    return ("says", {"type": kind, **more})


def waits(milliseconds: int) -> Step:
    return ("waits", milliseconds)


def refuses(channel: int, error: str = "TooManyRequestsException") -> Step:
    return says("subscribe_error", id=str(channel), errors=[{"errorType": error}])


CONNECTED: list[Step] = [("connects",), says("connection_ack", connectionTimeoutMs=300_000)]
FIRST, SECOND, THIRD = (says("subscribe_success", id=str(channel)) for channel in range(3))
OPEN = [*CONNECTED, FIRST, SECOND, THIRD]
REFUSED = [*CONNECTED, refuses(0), refuses(1), refuses(2)]


def test_a_page_is_open_when_all_channels_are_accepted() -> None:
    assert told(*CONNECTED, FIRST, SECOND) == [[0, "connecting"]]
    assert told(*OPEN, waits(89_000)) == [[0, "connecting"], [0, "open"]]


@pytest.mark.parametrize(
    "steps",
    [
        pytest.param(REFUSED, id="all are refused"),
        pytest.param([*CONNECTED, FIRST, refuses(1), THIRD], id="one is refused"),
        pytest.param([*CONNECTED, FIRST, SECOND, says("subscribe_error", id="2")], id="without a reason"),
        pytest.param([("connects",), says("connection_error")], id="no connection"),
        pytest.param([*CONNECTED, says("error", errors=[{"errorType": "LimitExceeded"}])], id="an error"),
        pytest.param([*CONNECTED, ("closes",)], id="closed"),
    ],
)
def test_a_page_that_is_refused_tries_again(steps: list[Step]) -> None:
    assert told(*steps, waits(499)) == [[0, "connecting"], [0, "waiting"]]
    assert told(*steps, waits(500)) == [[0, "connecting"], [0, "waiting"], [500, "connecting"]]


@pytest.mark.parametrize(
    ("steps", "given_up"),
    [
        pytest.param([], 15_000, id="no connection"),
        pytest.param([("connects",)], 15_000, id="no acknowledgement"),
        pytest.param([waits(10_000), *CONNECTED], 25_000, id="nothing accepted"),
        pytest.param([*CONNECTED, FIRST, says("ka"), THIRD], 15_000, id="one not accepted"),
    ],
)
def test_a_page_that_is_not_answered_tries_again(steps: list[Step], given_up: int) -> None:
    seen = told(*steps, waits(25_500))[:3]
    assert seen == [[0, "connecting"], [given_up, "waiting"], [given_up + 500, "connecting"]]


@pytest.mark.parametrize("end", [("closes",), says("broadcast_error", id="0"), says("error")])
def test_an_open_page_that_loses_something_tries_again(end: Step) -> None:
    again = [[0, "connecting"], [0, "open"], [0, "waiting"], [500, "connecting"]]
    assert told(*OPEN, end, waits(500)) == again


@pytest.mark.parametrize(
    "refusal",
    [
        says("connection_error", errors=[{"errorType": "UnauthorizedException"}]),
        says("connection_error", payload={"errors": [{"errorType": "UnauthorizedException"}]}),
        refuses(0, "UnauthorizedException"),
        refuses(0, "BadRequestException"),
    ],
)
def test_a_wrong_key_is_not_soon_tried_again(refusal: Step) -> None:
    seen = told(*CONNECTED, refusal, waits(900_000))
    assert seen == [[0, "connecting"], [0, "refused"], [900_000, "connecting"]]


def test_refusals_are_tried_ever_more_seldom_until_open() -> None:
    halves = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]
    refused = [step for wait in halves for step in (*REFUSED, waits(wait))]
    seen = told(*refused, *OPEN, ("closes",), waits(500))
    tries = [time for time, state, *_ in seen if state == "connecting"]
    assert [later - earlier for earlier, later in pairwise(tries)] == [*halves, 500]


def test_missed_is_the_time_since_the_page_was_open() -> None:
    seen = told(
        *OPEN, waits(60_000), says("ka"), waits(7_000), ("closes",), waits(500), *REFUSED, waits(1_000), *OPEN
    )
    assert seen[-1] == [68_500, "open", 8_500]


def test_a_page_that_was_never_open_missed_nothing() -> None:
    assert told(*REFUSED, waits(500), *OPEN)[-1] == [500, "open"]
    assert told(CONNECTED[0], says("ka"), *OPEN[1:])[-1] == [0, "open"]


def test_a_silent_connection_is_made_anew() -> None:
    assert told(*OPEN, waits(80_000), says("ka"), waits(90_000)) == [[0, "connecting"], [0, "open"]]
    assert told(*OPEN, waits(91_500))[2:] == [[91_000, "waiting"], [91_500, "connecting"]]


def test_an_old_silence_does_not_end_a_new_connection() -> None:
    acknowledged_late = [CONNECTED[0], waits(5_000), *OPEN[1:]]
    seen = told(*OPEN, waits(89_000), ("closes",), waits(500), *acknowledged_late)
    assert seen[-2:] == [[89_500, "connecting"], [94_500, "open", 94_500]]
