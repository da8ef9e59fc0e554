"""Every event is kept, but for replays of events that are kept already."""

import pytest

from lambdas.archive import handler as archive
from lambdas.contracts.event import Event
from tests.fakes.events import an_event


class Store:
    def __init__(self) -> None:
        self.kept: list[Event] = []

    def put(self, event: Event, now: float) -> None:
        self.kept.append(event)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Store:
    store = Store()
    monkeypatch.setattr(archive, "_event_store", lambda: store)
    return store


def handle(event: Event) -> None:
    archive.handle.__wrapped__(event)  # type: ignore[attr-defined]


def test_event_is_kept(store: Store) -> None:
    handle(an_event())
    assert store.kept == [an_event()]


def test_replay_is_not_kept_again(store: Store) -> None:
    handle(an_event(replay="r1"))
    assert store.kept == []
