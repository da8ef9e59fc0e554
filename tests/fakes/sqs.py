"""SQS standard queues.

Rules (SQS developer guide, "Standard queues", "Visibility timeout", "Dead-letter queues", "Message quotas"; API
reference): at-least-once and in any order; a received message is hidden for the queue's visibility timeout, or for as
long as `ChangeMessageVisibility` says, counted from that call; its receive count grows with every receive; only the
newest receipt handle is sure to hide or delete it; beyond `maxReceiveCount` it goes to the dead letters as it is; it is
gone after the retention time, counted from when it was sent; ten messages a call at most; a message may be delayed
by up to 15 minutes as it is sent.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from tests.fakes.network import Network, client_error, current_task

MAX_MESSAGES: Final = 10
MAX_HIDDEN: Final = 43_200
MAX_DELAY: Final = 900


@dataclass(slots=True, eq=False)
class Stored:
    """A message in a queue."""

    id: str
    body: str
    sent_at: float
    attributes: Mapping[str, str]
    visible_at: float
    receives: int = 0
    first_received_at: float = 0.0
    receipt: str = ""


@dataclass(slots=True, eq=False)
class Queue:
    """A queue.

    Attributes:
        visibility: Seconds for which a received message is hidden.
        retention: Seconds after which a message is gone.
        max_receives: Receives after which it goes to the dead letters.
        dead_letters: Where; none for dead letters themselves.
        messages: By id.
        visible: Those that may be received, and some that no longer may.
        lookers: Long polls that look out for one; called, they look.
        on_visible: Called when a message may be received.
    """

    name: str
    visibility: float = 180.0
    retention: float = 14 * 86_400.0
    max_receives: int = 1000
    dead_letters: "Queue | None" = None
    messages: dict[str, Stored] = field(default_factory=dict)
    visible: deque[Stored] = field(default_factory=deque)
    lookers: list[Callable[[], None]] = field(default_factory=list)
    on_visible: Callable[[], None] = lambda: None


class Sqs:
    """The service.

    Attributes:
        hidden: By message id, for how many seconds a receiver hid it last.
        polls: How long each receiver was ready to wait, seconds.
    """

    def __init__(self, network: Network) -> None:
        self._network = network
        self._count = 0
        self.queues: dict[str, Queue] = {}
        self.hidden: dict[str, int] = {}
        self.polls: list[int] = []
        self.received: Callable[[Queue, Stored, Any], None] = lambda queue, message, task: None
        self.let_go: Callable[[Queue, str], None] = lambda queue, message_id: None

    def make(self, queue: Queue) -> Queue:
        """Add a queue; its name is its URL."""
        self.queues[queue.name] = queue
        return queue

    def put(
        self,
        queue: Queue,
        body: str,
        attributes: Mapping[str, str] | None = None,
        *,
        id: str = "",
        delay: int = 0,
    ) -> None:
        """A message comes into a queue, to be received after so many seconds."""
        if not 0 <= delay <= MAX_DELAY:
            raise ValueError(f"a delay of {delay}")
        self._count += 1
        now = self._network.clock.now
        message = Stored(id or f"m{self._count}", body, now, attributes or {}, now)
        queue.messages[message.id] = message
        self._hide(queue, message, delay)

    def take(self, queue: Queue, count: int) -> list[Stored]:
        """Messages for a receiver."""
        now = self._network.clock.now
        taken: list[Stored] = []
        while queue.visible and len(taken) < count:
            message = queue.visible.popleft()
            if message.visible_at > now or message.id not in queue.messages:
                continue
            if now - message.sent_at > queue.retention:
                del queue.messages[message.id]
                continue
            message.receives += 1
            if queue.dead_letters and message.receives > queue.max_receives:
                del queue.messages[message.id]
                self.put(queue.dead_letters, message.body)
                continue
            message.first_received_at = message.first_received_at or now
            message.receipt = f"{message.id}#{message.receives}"
            self._hide(queue, message, queue.visibility)
            taken.append(message)
        return taken

    def again(self, queue: Queue, message: Stored) -> None:
        """Deliver a message once more although it is hidden, as "at least once" allows."""
        self.let_go(queue, message.id)
        self._hide(queue, message, 0)

    def delete(self, queue: Queue, receipt: str) -> bool:
        """Delete by the newest receipt; an older one deletes nothing."""
        message = queue.messages.get(receipt.partition("#")[0])
        if message is None or message.receipt != receipt:
            return False
        del queue.messages[message.id]
        self.let_go(queue, message.id)
        return True

    def send_message(self, **call: Any) -> dict[str, Any]:
        """SendMessage."""
        attributes = {name: value["StringValue"] for name, value in call.get("MessageAttributes", {}).items()}
        queue = self.queues[call["QueueUrl"]]
        return self._network.call(
            "SQS SendMessage", lambda: self.put(queue, call["MessageBody"], attributes) or {}
        )

    def send_message_batch(self, **call: Any) -> dict[str, Any]:
        """SendMessageBatch."""
        queue, entries = self.queues[call["QueueUrl"]], _entries(call)

        def put_all() -> dict[str, Any]:
            for entry in entries:
                self.put(queue, entry["MessageBody"], delay=entry.get("DelaySeconds", 0))
            return {"Successful": [{"Id": entry["Id"]} for entry in entries]}

        return self._network.call("SQS SendMessageBatch", put_all)

    def receive_message(self, **call: Any) -> dict[str, Any]:
        """ReceiveMessage; a long poll answers as soon as there is something."""
        queue, clock = self.queues[call["QueueUrl"]], self._network.clock
        self.polls.append(call["WaitTimeSeconds"])
        if call["WaitTimeSeconds"] and not queue.visible:
            clock.wait(clock.now + call["WaitTimeSeconds"], queue.lookers)
        try:
            return self._network.call("SQS ReceiveMessage", lambda: self._receive(call))
        finally:
            clock.at(clock.now, queue.on_visible)  # what it leaves is for the others

    def _receive(self, call: Mapping[str, Any]) -> dict[str, Any]:
        queue = self.queues[call["QueueUrl"]]
        taken = self.take(queue, min(call["MaxNumberOfMessages"], MAX_MESSAGES))
        for message in taken:
            self.received(queue, message, current_task())
        return {
            "Messages": [
                {
                    "MessageId": message.id,
                    "ReceiptHandle": message.receipt,
                    "Body": message.body,
                    "Attributes": system_attributes(message),
                    "MessageAttributes": {
                        name: {"StringValue": text}
                        for name, text in message.attributes.items()
                        if name in call["MessageAttributeNames"]
                    },
                }
                for message in taken
            ]
        }

    def delete_message_batch(self, **call: Any) -> dict[str, Any]:
        """DeleteMessageBatch."""
        queue = self.queues[call["QueueUrl"]]
        receipts = [entry["ReceiptHandle"] for entry in _entries(call)]
        return self._network.call(
            "SQS DeleteMessageBatch", lambda: {"Done": [self.delete(queue, receipt) for receipt in receipts]}
        )

    def change_message_visibility(self, **call: Any) -> dict[str, Any]:
        """ChangeMessageVisibility."""
        queue, entry = self.queues[call["QueueUrl"]], {**call, "Id": "0"}

        def change() -> dict[str, Any]:
            if self._change(queue, [entry])["Failed"]:
                raise client_error("InvalidParameterValue", "ChangeMessageVisibility")
            return {}

        return self._network.call("SQS ChangeMessageVisibility", change)

    def change_message_visibility_batch(self, **call: Any) -> dict[str, Any]:
        """ChangeMessageVisibilityBatch."""
        queue, entries = self.queues[call["QueueUrl"]], _entries(call)
        return self._network.call("SQS ChangeMessageVisibilityBatch", lambda: self._change(queue, entries))

    def _change(self, queue: Queue, entries: list[Mapping[str, Any]]) -> dict[str, Any]:
        failed = []
        for entry in entries:
            seconds = entry["VisibilityTimeout"]
            if not (isinstance(seconds, int) and 0 <= seconds <= MAX_HIDDEN):
                raise ValueError(f"a visibility of {seconds}")
            message = queue.messages.get(entry["ReceiptHandle"].partition("#")[0])
            if message is None or message.receipt != entry["ReceiptHandle"]:
                failed.append({"Id": entry["Id"], "Code": "ReceiptHandleIsInvalid", "SenderFault": True})
            else:
                self._hide(queue, message, seconds)
                self.hidden[message.id] = seconds
                self.let_go(queue, message.id)
        return {"Failed": failed}

    def _hide(self, queue: Queue, message: Stored, seconds: float) -> None:
        message.visible_at = self._network.clock.now + seconds
        self._network.clock.at(message.visible_at, lambda: self._show(queue, message))

    def _show(self, queue: Queue, message: Stored) -> None:
        if message.visible_at <= self._network.clock.now and message.id in queue.messages:
            queue.visible.append(message)
            if queue.lookers and self._network.choices.draw(2):  # whoever looks may be first
                self._network.clock.at(message.visible_at, queue.lookers.pop(0))
            else:
                queue.on_visible()


def system_attributes(message: Stored) -> dict[str, str]:
    """A message's system attributes, as Lambda and `ReceiveMessage` show them."""
    return {
        "ApproximateReceiveCount": str(message.receives),
        "SentTimestamp": str(int(message.sent_at * 1000)),
        "ApproximateFirstReceiveTimestamp": str(int(message.first_received_at * 1000)),
    }


def _entries(call: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    entries = list(call["Entries"])
    if not 0 < len(entries) <= MAX_MESSAGES or len({entry["Id"] for entry in entries}) != len(entries):
        raise ValueError(f"a batch of {len(entries)} entries")
    return entries
