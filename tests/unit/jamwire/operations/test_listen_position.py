"""A position survives its listener, is held by one at a time, and is for no one else to read."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from jamwire.operations.errors import OperationError
from jamwire.operations.listen_position import Position
from jamwire.operations.selection import EventSummary


def at(minute: int, id: str = "", endpoint: str = "site") -> EventSummary:
    time = f"2027-01-15T08:{minute:02}:00.000Z"
    return EventSummary(id or f"e{minute}", f"/endpoints/{endpoint}", time=time)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "listen" / "position"


@pytest.fixture
def opened(path: Path) -> Iterator[Callable[[], Position]]:
    """Opens the position, and closes the one that was open before."""
    with ExitStack() as last:

        def open_() -> Position:
            last.close()
            return last.enter_context(closing(Position(path)))

        yield open_


def test_new_position_has_no_floor(opened: Callable[[], Position]) -> None:
    assert opened().floor == ""


def test_what_was_forwarded_is_known_in_the_next_run(opened: Callable[[], Position]) -> None:
    position = opened()
    position.begin("2027-01-15T08:00:00.000Z", [at(1)])
    position.add(at(2))
    position.add(at(2))
    position = opened()
    assert position.floor == "2027-01-15T08:00:00.000Z"
    assert [at(n) in position for n in (1, 2, 3)] == [True, True, False]


def test_one_id_of_two_endpoints_is_two_events(opened: Callable[[], Position]) -> None:
    position = opened()
    position.add(at(1, "same"))
    assert at(1, "same", "shop") not in position


def test_what_is_before_the_floor_is_forgotten(opened: Callable[[], Position]) -> None:
    position = opened()
    for minute in (1, 2, 3):
        position.add(at(minute))
    position.advance(at(2).time)
    for known in (position, opened()):
        assert ([at(n) in known for n in (1, 2, 3)], known.floor) == ([False, True, True], at(2).time)


def test_floor_never_goes_back(opened: Callable[[], Position]) -> None:
    position = opened()
    position.begin(at(5).time)
    position.advance(at(4).time)
    assert (position.floor, opened().floor) == (at(5).time, at(5).time)


def test_beginning_anew_forgets_the_past(opened: Callable[[], Position]) -> None:
    position = opened()
    position.begin(at(5).time, [at(6)])
    position.begin(at(1).time)
    for known in (position, opened()):
        assert (at(6) in known, known.floor) == (False, at(1).time)


def test_second_listener_is_refused_while_one_listens(path: Path) -> None:
    with closing(Position(path)), pytest.raises(OperationError, match="Another `jamwire listen`"):
        Position(path)
    Position(path).close()


def test_nobody_else_may_read_it(path: Path, opened: Callable[[], Position]) -> None:
    position = opened()
    position.add(at(1))
    assert {each.stat().st_mode & 0o777 for each in path.parent.iterdir()} == {0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_file_that_is_no_position_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("something else, of another program " * 99)
    with pytest.raises(OperationError, match=r"is no position.*delete it"):
        Position(path)
