"""Dead letters, however many: each dealt with once and as it is received, the others let go."""

from typing import Any

import pytest

from jamwire.operations.dead_letters import Filter, discard, list_dead_letters, redrive
from tests.fakes.account import SQS, Account
from tests.fakes.events import an_event

DEAD = "https://sqs.us-east-1.amazonaws.com/000000000000/Slack-dead"


class DeadLetters(SQS):
    """A queue of dead letters that hides what it gives, and shows it again when it is let go or after some calls."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: dict[str, str] = {}
        self.hidden: dict[str, int] = {}
        self.calls = 0
        self.waits: list[int] = []
        self.shown_after = 1_000_000
        self.dies_again = False

    def bury(self, body: str) -> None:
        self.letters[f"m{len(self.letters) + len(self.sent)}"] = body

    def receive_message(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        self.waits.append(request.get("WaitTimeSeconds", 0))
        if request["QueueUrl"] != DEAD:
            return {}
        visible = [
            id
            for id in self.letters
            if self.calls - self.hidden.get(id, -self.shown_after) >= self.shown_after
        ]
        given = visible[: request["MaxNumberOfMessages"]]
        self.hidden |= dict.fromkeys(given, self.calls)
        return {
            "Messages": [
                {
                    "MessageId": id,
                    "ReceiptHandle": f"{id}/{self.calls}",
                    "Body": self.letters[id],
                    "MessageAttributes": {"Reason": {"StringValue": "odd" if int(id[1:]) % 2 else "even"}},
                    "Attributes": {"SentTimestamp": "1800000000000"},
                }
                for id in given
            ]
        }

    def change_message_visibility_batch(self, **request: Any) -> None:
        assert 0 < len(request["Entries"]) <= 10
        for entry in request["Entries"]:
            del self.hidden[entry["ReceiptHandle"].partition("/")[0]]

    def delete_message(self, **request: Any) -> None:
        del self.letters[request["ReceiptHandle"].partition("/")[0]]

    def send_message(self, **message: str) -> None:
        super().send_message(**message)
        if self.dies_again:
            self.bury(message["MessageBody"])


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
