"""Dead letters, however many: each dealt with once and as it is received, the others let go."""

import threading
from typing import Any

import pytest

from jamwire.operations.dead_letters import Filter, discard, list_dead_letters, redrive
from jamwire.operations.subscribers import choose_subscribers
from tests.fakes.account import Account
from tests.fakes.dead_letters import DeadLetters
from tests.fakes.events import an_event


@pytest.fixture
def queue(account: Account) -> DeadLetters:
    queue = account.sqs = DeadLetters()
    account.deployment.client = {"sqs": queue}.__getitem__
    for n in range(45):
        queue.bury(an_event(id=f"e{n}").to_json())
    return queue


def waiting(queue: DeadLetters) -> int:
    """Letters that are there and held by nobody."""
    return len(queue.letters.keys() - queue.hidden.keys())


def test_dead_letters_are_listed_and_released(account: Account, queue: DeadLetters) -> None:
    assert len(list_dead_letters(account.deployment, Filter())) == 45
    assert len(list_dead_letters(account.deployment, Filter(reason="odd"))) == 22
    assert waiting(queue) == 45


def test_dead_letter_received_twice_is_listed_once(account: Account, queue: DeadLetters) -> None:
    queue.shown_after = 3
    letters = list_dead_letters(account.deployment, Filter(subscriber="slack"))
    assert len({letter.message_id for letter in letters}) == len(letters)


def test_redrive_sends_matches_and_releases_the_others(account: Account, queue: DeadLetters) -> None:
    redrive(account.deployment, Filter(reason="odd"), on_progress=lambda letter: None)
    assert len(queue.sent) == 22
    assert len(queue.letters) == waiting(queue) == 23


def test_dead_letter_that_dies_again_is_redriven_once(account: Account, queue: DeadLetters) -> None:
    queue.dies_again = True
    redrive(account.deployment, Filter(), on_progress=lambda letter: None)
    assert len(queue.sent) == 45
    assert len(queue.letters) == waiting(queue) == 45


@pytest.mark.parametrize("last", [1, 10, 11, 45])
def test_killed_redrive_loses_and_hides_nothing(account: Account, queue: DeadLetters, last: int) -> None:
    def killed(_: object) -> None:
        if len(queue.sent) == last:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        redrive(account.deployment, Filter(), on_progress=killed)
    assert len(queue.sent) == last
    assert len(queue.letters) == waiting(queue) == 45 - last


def test_discarded_dead_letter_is_sent_to_nobody(account: Account, queue: DeadLetters) -> None:
    discard(account.deployment, Filter(reason="even"), on_progress=lambda letter: None)
    assert (len(queue.letters), queue.sent) == (22, [])


def test_every_look_asks_all_machines_of_the_queue(account: Account, queue: DeadLetters) -> None:
    """A short poll asks some of them, and finds nothing where few letters are on the others."""
    list_dead_letters(account.deployment, Filter())
    assert min(queue.waits) >= 1


def test_all_queues_are_looked_into_at_once(account: Account, queue: DeadLetters) -> None:
    """A look waits a second in each, and a rulebook has many."""
    subscribers = len(choose_subscribers(account.deployment, ""))
    together = threading.Barrier(subscribers, timeout=30)
    receive = queue.receive_message

    def receive_together(**request: Any) -> Any:
        if len(queue.waits) < subscribers:
            together.wait()
        return receive(**request)

    queue.receive_message = receive_together  # type: ignore[method-assign]
    assert len(list_dead_letters(account.deployment, Filter())) == 45
