"""What `make demo` plays: a day's delays, an article now and then, and all that follows from them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Final

from examples.bus_times.build import clock, departures, minutes
from examples.bus_times.day import Day, Moment, Status, is_worth_a_push
from examples.bus_times.example import Example
from examples.bus_times.visitor import Visitor
from examples.inbox import deliveries

FASTEST: Final = 0.25
"""Seconds between two notices at least, however fast the day is: a person should see them."""

GRACE: Final = 5.0
"""Seconds for which a delay is still true after its bus has left: until then the next notice is there."""

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """How fast it goes.

    Attributes:
        speed: Seconds of the day that pass in one.
        begin: When the day begins, such as ``06:00``.
        publish_after: Seconds before the first article.
        publish_every: Seconds from one article to the next.
        seed: Of the day.
    """

    speed: float = 60.0
    begin: str = "06:00"
    publish_after: float = 15.0
    publish_every: float = 60.0
    seed: int = 12


@dataclass
class Show:
    """The show, a step at a time.

    Attributes:
        example: What it plays with.
        pace: How fast.
        tell: Is told what happens.
        clock: Seconds that pass.
        visitor: Who follows the line, and has no page open.
    """

    example: Example
    pace: RateLimit
    tell: Tell
    clock: Callable[[], float]
    visitor: Visitor | None = None
    _moments: Iterator[Moment] = field(init=False)
    _moment: Moment | None = field(init=False)
    _began: float = field(init=False)
    _publish_at: float = field(init=False)
    _said: str = ""
    _told: dict[str, Status] = field(default_factory=dict)
    _notice_at: float = 0.0
    _seen: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        """Begin."""
        times = [time for part in self.example.line["parts"] for time in departures(part)]
        self._moments = Day(times, Random(self.pace.seed)).moments(minutes(self.pace.begin))  # noqa: S311 - no secret
        self._moment = next(self._moments, None)
        self._began = self.clock()
        self._publish_at = self._began + self.pace.publish_after
        self._seen = {channel: len(self._deliveries(channel)) for channel in _WORDS}

    def step(self) -> None:
        """Do what is due."""
        self._play()
        self._publish()
        for said in self.example.build_host.look():
            self.tell(said)
        self._show_deliveries()
        for said in self.visitor.look() if self.visitor else ():
            self.tell(said)

    def _play(self) -> None:
        now = self.clock()
        minute = minutes(self.pace.begin) + (now - self._began) * self.pace.speed / 60
        due = None
        while self._moment and self._moment.minute <= minute and now >= self._notice_at:
            due, self._moment = self._moment, next(self._moments, None)
        if due is None:
            return
        self._notice_at = now + FASTEST
        self._say(due)
        if due.says != self._said:
            self._said = due.says
            self.tell(f"{clock(due.minute)}  {due.says}")

    def _say(self, moment: Moment) -> None:
        """Tell what is new; who was not there reads the rest in the state."""
        new = {time: status for time, status in moment.statuses.items() if self._told.get(time) != status}
        lasts = {
            time: (status.ends - moment.minute) * 60 / self.pace.speed + GRACE for time, status in new.items()
        }
        words = {time: status.words for time, status in new.items()}
        self.example.timetable.say(moment.says, words, lasts, warn=is_worth_a_push(self._said, moment.says))
        self._told |= new

    def _publish(self) -> None:
        if self.clock() < self._publish_at or not (drafts := self.example.cms.drafts):
            return
        self._publish_at = self.clock() + self.pace.publish_every
        self.tell(f"Published: {self.example.cms.publish(drafts[0]).title}")

    def _show_deliveries(self) -> None:
        for channel, words in _WORDS.items():
            found = self._deliveries(channel)
            for delivery in found[self._seen[channel] :]:
                self.tell(words(delivery["request"]))
            self._seen[channel] = len(found)

    def _deliveries(self, channel: str) -> list[dict[str, Any]]:
        return deliveries(self.example.account.ports.inbox_url, channel)


def _texts(message: Any) -> Iterator[str]:
    """A message's title and its fields, without Slack's marks."""
    yield _LINK.sub(r"\1", message["text"]).strip("*")
    for attachment in message.get("attachments", []):
        for block in attachment["blocks"]:
            for part in block.get("fields", []):
                yield part["text"].replace("*", "").replace("\n", " ")


_LINK: Final = re.compile(r"<[^|>]*\|([^>]*)>")
_WORDS: Final[dict[str, Callable[[Any], str]]] = {
    "cdn": lambda request: f"Purged: {' '.join(request['Paths'])}",
    "slack": lambda request: f"Slack: {' · '.join(_texts(request))}",
}
