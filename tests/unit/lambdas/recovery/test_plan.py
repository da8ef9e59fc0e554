"""Which failed deliveries are asked for."""

import pytest

from lambdas.recovery.plan import GIVE_UP_AFTER, LONGEST_PAUSE, MAX_ATTEMPTS, Delivery, Plan, plan

NOW = 1_800_000_000.0
QUARTER = 900.0


def attempts(guid: str, *made: tuple[float, int], redeliveries_only: bool = False) -> list[Delivery]:
    """Attempts at a delivery, each so many seconds ago and with this answer; all but the first were asked for."""
    return [
        Delivery(
            id=round(NOW - ago),
            guid=guid,
            at=NOW - ago,
            status=status,
            is_redelivery=bool(number) or redeliveries_only,
        )
        for number, (ago, status) in enumerate(made)
    ]


def planned(*deliveries: Delivery) -> Plan:
    return plan(deliveries, since=NOW - QUARTER, now=NOW)


def due(*deliveries: Delivery) -> list[str]:
    return [delivery.guid for delivery in planned(*deliveries).due]


@pytest.mark.parametrize("status", [0, 401, 403, 404, 408, 429, 500, 502, 503, 504, 302])
def test_what_may_end_otherwise_is_asked_for(status: int) -> None:
    assert due(*attempts("a", (600, status))) == ["a"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 400, 405, 413, 415])
def test_what_would_end_alike_is_not_asked_for(status: int) -> None:
    assert planned(*attempts("a", (600, status))) == Plan()


def test_what_once_succeeded_or_was_final_is_left_alone() -> None:
    assert due(*attempts("a", (600, 200), (60, 503)), *attempts("b", (600, 400), (60, 503))) == []


def test_newest_attempt_is_the_one_that_is_asked_for() -> None:
    [asked] = planned(*attempts("a", (3600, 503), (2700, 502))).due
    assert asked.at == NOW - 2700


def test_pause_is_as_long_as_it_has_failed() -> None:
    assert due(*attempts("a", (3000, 503), (1501, 503))) == ["a"]
    assert due(*attempts("a", (3000, 503), (1500, 503))) == ["a"]
    assert due(*attempts("a", (3000, 503), (1499, 503))) == []


def test_pause_is_never_longer_than_six_hours() -> None:
    sent = 40 * 3600.0
    assert due(*attempts("a", (sent, 503), (LONGEST_PAUSE, 503))) == ["a"]
    assert due(*attempts("a", (sent, 503), (LONGEST_PAUSE - 1, 503))) == []


def test_attempts_are_bounded() -> None:
    made = [(40 * 3600.0 - number, 503) for number in range(MAX_ATTEMPTS - 1)]
    assert due(*attempts("a", *made)) == ["a"]
    assert due(*attempts("a", *made, (30 * 3600.0, 503))) == []


def test_delivery_is_given_up_before_it_is_forgotten() -> None:
    assert due(*attempts("a", (GIVE_UP_AFTER - 1, 503))) == ["a"]
    assert planned(*attempts("a", (GIVE_UP_AFTER, 503))) == Plan(lost=1)
    assert planned(*attempts("a", (GIVE_UP_AFTER + QUARTER, 503))) == Plan()


def test_what_was_accepted_or_refused_is_not_lost() -> None:
    made = [(GIVE_UP_AFTER, 503), (7200.0, 200)]
    assert planned(*attempts("a", *made), *attempts("b", (GIVE_UP_AFTER, 400))) == Plan()


def test_delivery_whose_beginning_is_forgotten_is_left_alone() -> None:
    assert planned(*attempts("a", (7200, 503), redeliveries_only=True)) == Plan()


def test_all_that_failed_is_due_once_the_endpoint_is_back() -> None:
    """In the order in which it was sent, whatever the order of the list."""
    failed = [*attempts("a", (3000, 503)), *attempts("b", (2000, 503)), *attempts("c", (2500, 503))]
    assert due(*failed, *attempts("d", (60, 200))) == ["a", "c", "b"]


def test_one_finds_out_whether_the_endpoint_is_back() -> None:
    failed = [
        *attempts("a", (3000, 503), (1000, 503)),
        *attempts("b", (2000, 503)),
        *attempts("c", (1500, 503)),
    ]
    assert due(*failed) == ["b"]
    assert planned(*failed).failed == 3


def test_endpoint_that_refuses_a_body_is_back() -> None:
    failed = [*attempts("a", (3000, 503)), *attempts("b", (2000, 503))]
    assert due(*failed, *attempts("c", (60, 400))) == ["a", "b"]


def test_recovery_is_counted_once() -> None:
    assert planned(*attempts("a", (3000, 503), (QUARTER - 1, 200))).recovered == 1
    assert planned(*attempts("a", (3000, 503), (0, 200))).recovered == 1
    assert planned(*attempts("a", (3000, 503), (QUARTER, 200))).recovered == 0
    assert planned(*attempts("a", (3000, 503), (2000, 200), (60, 200))).recovered == 0
    assert planned(*attempts("a", (60, 200))).recovered == 0


def test_nothing_is_done_where_nothing_was_delivered() -> None:
    assert planned() == Plan()
