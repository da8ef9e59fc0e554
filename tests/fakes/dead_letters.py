"""A subscriber's dead-letter queue, as SQS gives its letters to whoever looks."""

from collections.abc import Callable
from typing import Any

from tests.fakes.account_services import SQS

DEAD = "https://sqs.us-east-1.amazonaws.com/000000000000/Slack-dead"


class DeadLetters(SQS):
    """A queue of dead letters that hides what it gives, and shows it again when it is let go or after some calls."""

    def __init__(self) -> None:
        super().__init__()
        self.url = DEAD
        self.letters: dict[str, str] = {}
        self.hidden: dict[str, int] = {}
        self.calls = 0
        self.waits: list[int] = []
        self.shown_after = 1_000_000
        self.dies_again = False
        self.on_receive: Callable[[], None] = lambda: None
        """Called after letters were hidden from others."""

    def bury(self, body: str) -> None:
        self.letters[f"m{len(self.letters) + len(self.sent)}"] = body

    def receive_message(self, **request: Any) -> dict[str, Any]:
        self.calls += 1
        self.waits.append(request.get("WaitTimeSeconds", 0))
        if request["QueueUrl"] != self.url:
            return {}
        visible = [
            id
            for id in self.letters
            if self.calls - self.hidden.get(id, -self.shown_after) >= self.shown_after
        ]
        given = visible[: request["MaxNumberOfMessages"]]
        self.hidden |= dict.fromkeys(given, self.calls)
        calls = self.calls
        self.on_receive()
        return {
            "Messages": [
                {
                    "MessageId": id,
                    "ReceiptHandle": f"{id}/{calls}",
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

    def get_queue_attributes(self, **request: Any) -> dict[str, Any]:
        if request["QueueUrl"] != self.url:
            return super().get_queue_attributes(**request)
        visible, hidden = request["AttributeNames"]
        return {
            "Attributes": {visible: str(len(self.letters) - len(self.hidden)), hidden: str(len(self.hidden))}
        }
