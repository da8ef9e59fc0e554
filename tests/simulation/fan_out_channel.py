"""A channel in a world of fan-outs: the services behind it are down, limited or slow, and addresses are gone.

Answers are those of push services (RFC 8030, 5 and 7.3; RFC 6585, 4): 201 taken, 404 or 410 gone, 413 too large, 429 with
Retry-After, 503. A connection may be cut before the message was taken or after it, and nobody can tell which.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from lambdas.followers.outcomes import Digest, Gone, Held, Later, Outcome, Refused, Sent, Unknown
from lambdas.followers.plan import Told
from lambdas.followers.recipients import Recipient
from tests.fakes.choices import Choices
from tests.fakes.clock import Clock
from tests.fakes.network import Crash, current_task

ANSWER_SECONDS: Final = (0.05, 0.2, 1.0)
SLOW_SECONDS: Final = 6.0
TIMEOUT_SECONDS: Final = 10.0
_FINE: Final = 92
_FAULTS: Final = (
    "answers 503",
    "cuts the connection",
    "times out",
    "dies before it",
    "dies after it",
    "is slow",
)


@dataclass(slots=True)
class Service:
    """A service of a channel: a push service, a mail service, a carrier.

    Attributes:
        down_until: Until when it answers 503.
        limited_until: Until when it answers 429.
        slow_until: Until when an answer takes long.
        held_until: Until when nothing may be sent by it, as in quiet hours.
    """

    down_until: float = 0.0
    limited_until: float = 0.0
    slow_until: float = 0.0
    held_until: float = 0.0

    @property
    def is_fine(self) -> bool:
        """Whether nothing is ever wrong with it."""
        return not (self.down_until or self.limited_until or self.slow_until or self.held_until)


@dataclass(slots=True)
class Tellings:
    """What a person was told of one event, and what else the channel has said of it.

    Attributes:
        at: When.
        final: What the channel has said that is for good: gone, refused.
        unknown: How often nobody could tell whether it was told.
        not_before: Until when its service wanted to be left alone, at last.
    """

    at: list[float] = field(default_factory=list)
    final: set[str] = field(default_factory=set)
    unknown: int = 0
    not_before: float = 0.0


@dataclass(eq=False)
class ModelledChannel:
    """A channel.

    Attributes:
        clock: Virtual time.
        choices: What goes wrong.
        note: Takes lines of the story.
        spend_fault: Whether something may still go wrong.
        services: What is behind it.
        service_of: Which service a recipient is at.
        gone_from: From when a recipient's address is gone.
        refused: Whose messages are refused.
        left_at: When recipients left.
        read_at: When each task has last read recipients.
        told: What each was told, by fan-out and id.
        told_after_leaving: Mistakes.
        told_early: Mistakes, unless a worker has died.
    """

    clock: Clock
    choices: Choices
    note: Callable[[str], None]
    spend_fault: Callable[[], bool]
    services: Sequence[Service]
    service_of: Mapping[str, int]
    gone_from: Mapping[str, float]
    refused: frozenset[str]
    left_at: Mapping[str, float]
    read_at: Mapping[Any, float]
    told: dict[tuple[str, str], Tellings] = field(default_factory=dict)
    told_after_leaving: list[str] = field(default_factory=list)
    told_early: list[str] = field(default_factory=list)

    def send(self, recipients: Sequence[Recipient], told: Told) -> Mapping[str, Outcome]:
        """Tell recipients of an event (`lambdas.followers.outcomes.Send`)."""
        return {one.id: self._request(one.id, [told.fanout]) for one in recipients}

    def send_digests(self, digests: Sequence[Digest]) -> Mapping[str, Outcome]:
        """Tell recipients of several events each (`lambdas.followers.outcomes.SendDigests`)."""
        return {
            digest.recipient.id: self._request(digest.recipient.id, [told.fanout for told in digest.news])
            for digest in digests
        }

    def tellings(self, fanout: str, id: str) -> Tellings:
        """What a person was told of an event."""
        return self.told.setdefault((fanout, id), Tellings())

    def _request(self, id: str, fanouts: Sequence[str]) -> Outcome:
        """One request to a service."""
        drawn = self.choices.draw(98)
        fault = _FAULTS[drawn - _FINE] if drawn >= _FINE and self.spend_fault() else ""
        service = self.services[self.service_of[id]]
        if fault:
            self.note(f"the service of {name_of(id)} {fault}")
        is_slow = fault == "is slow" or self.clock.now < service.slow_until
        self.clock.sleep(SLOW_SECONDS if is_slow else ANSWER_SECONDS[drawn % 3])
        if fault == "dies before it":
            raise Crash
        if answer := self._unwilling(id, fanouts, service):
            return answer
        if fault == "answers 503":
            return Later(None, "503")
        if fault == "cuts the connection":
            return self._lost(id, fanouts)
        self._take(id, fanouts)
        if fault == "dies after it":
            raise Crash
        if fault == "times out":
            self.clock.sleep(TIMEOUT_SECONDS)
            return self._lost(id, fanouts)
        return Sent()

    def _unwilling(self, id: str, fanouts: Sequence[str], service: Service) -> Outcome | None:
        now = self.clock.now
        if any(now < self.tellings(fanout, id).not_before - 1 for fanout in fanouts):
            self.told_early.append(name_of(id))
        if now < service.held_until:
            self._wants_peace(id, fanouts, service.held_until)
            return Held(service.held_until)
        if now < service.down_until:
            return Later(None, "503")
        if now < service.limited_until:
            self._wants_peace(id, fanouts, service.limited_until)
            return Later(service.limited_until - now, "429")
        if now >= self.gone_from.get(id, now + 1):
            self._say(id, fanouts, "gone")
            return Gone("410")
        if id in self.refused:
            self._say(id, fanouts, "refused")
            return Refused("413")
        return None

    def _take(self, id: str, fanouts: Sequence[str]) -> None:
        self.note(f"{name_of(id)} is told of {', '.join(fanout[:4] for fanout in fanouts)}")
        for fanout in fanouts:
            self.tellings(fanout, id).at.append(self.clock.now)
        if self.left_at.get(id, self.clock.now) < self.read_at.get(current_task(), 0.0):
            self.told_after_leaving.append(name_of(id))

    def _lost(self, id: str, fanouts: Sequence[str]) -> Outcome:
        for fanout in fanouts:
            self.tellings(fanout, id).unknown += 1
        return Unknown("lost")

    def _wants_peace(self, id: str, fanouts: Sequence[str], until: float) -> None:
        for fanout in fanouts:
            self.tellings(fanout, id).not_before = until

    def _say(self, id: str, fanouts: Sequence[str], word: str) -> None:
        for fanout in fanouts:
            self.tellings(fanout, id).final.add(word)


def name_of(id: str) -> str:
    """A follower in the story."""
    return f"{id[:4]}…"
