"""Each call waits for its turn."""

from lambdas.audience_email.pace import Pace


class Clock:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def test_turns_are_so_many_a_second() -> None:
    clock = Clock()
    pace = Pace(4, clock, clock.sleep)
    for _ in range(3):
        pace.wait()
    assert clock.slept == [0.25, 0.5]  # as threads that wait at the same time


def test_time_without_calls_is_not_saved_up() -> None:
    clock = Clock()
    pace = Pace(4, clock, clock.sleep)
    pace.wait()
    clock.now += 10
    pace.wait()
    pace.wait()
    assert clock.slept == [0.25]
