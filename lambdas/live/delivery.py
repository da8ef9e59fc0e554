"""The delivery of what visitors are told of one topic, or of the site: pushed to open pages and kept as the state.

Both are repeated until both are done. A page that is told twice knows what it knows, and the state is the same however
often something is merged into it; so neither needs a memory of what has been delivered.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, cast

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.clients.live_states import ContendedError, LiveStates
from lambdas.contracts.event import Event
from lambdas.contracts.live_channels import UPDATES
from lambdas.contracts.live_state import Entries, end_of, entries_of, merge
from lambdas.contracts.live_state_table import TopicState
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.live.pushes import notice_text, update_of, update_texts

MAX_EVENTS: Final = 5
"""Events of one publish (AppSync Events, "Quotas")."""

INTERVAL_MS: Final = 250
"""Milliseconds from one publish of a topic to the next: a visitor cannot read more than a few changes a second."""

QUIET_MS: Final = 1_000
"""A topic that was not pushed for so long is pushed at once, before its state is written."""

STATE_RETRY_SECONDS: Final = 1.0

Outcome = Retry | Undeliverable
Publish = Callable[[str, Sequence[str]], Sequence[Outcome | None]]
"""Publishes texts on a channel; tells for each whether it failed, and how."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Where visitors are told.

    Attributes:
        publish: To open pages.
        states: To pages that open later.
        keep: Seconds after which a notice ends that names no end.
        clock: Unix time in seconds.
        sleep: Waits for so many seconds.
    """

    publish: Publish
    states: LiveStates
    keep: float
    clock: Callable[[], float]
    sleep: Callable[[float], None]

    def has_ended(self, event: Event) -> bool:
        """Whether a notice is history, and so no longer pushed."""
        return event.type not in UPDATES and end_of(event, self.keep) <= self.clock() * 1000

    def deliver_update(self, event: Event) -> list[tuple[Event, Outcome]]:
        """Tell of an update of the site; gives what failed."""
        update = update_of(event)
        failures = [self.publish(channel, [text])[0] for channel, text in update_texts(update)]
        kept = self._keep(lambda: self.states.add_update(update, now=self.clock()))
        return [(event, failure) for failure in (*failures, kept) if failure][:1]

    def deliver_notices(self, channel: str, events: Sequence[Event]) -> list[tuple[Event, Outcome]]:
        """Tell of the notices of one topic, in the order of what is said; gives what failed.

        A topic that has been quiet is pushed at once. One of which much is said is pushed at intervals, which the
        functions agree on by its state: whoever writes the state at its time is the one who pushes.
        """
        said: dict[str, Entries] = {event.key: entries_of(event, self.keep) for event in events}
        events = sorted(events, key=lambda event: (said[event.key]["time"].order, event.id))
        entries = _merged(said[event.key] for event in events)
        timely = [event for event in events if not self.has_ended(event)]
        texts = self._texts(timely, said)
        if not timely:
            kept = self._keep(lambda: self._merge(channel, events[-1], entries))
            return [(event, kept) for event in events if kept]
        if self._was_quiet(channel) and len(timely) == 1:
            failures = self._push(channel, texts)
            kept = self._keep(lambda: self._merge(channel, events[-1], entries, self._now))
        else:
            kept = self._keep(lambda: self._merge(channel, events[-1], entries, self._turn))
            failures = self._push(channel, texts)
        failed = {event.key: failure for event, failure in zip(timely, failures, strict=True) if failure}
        return [(event, failure) for event in events if (failure := failed.get(event.key, kept))]

    def _texts(self, events: Sequence[Event], said: dict[str, Entries]) -> list[str]:
        """What to push: each notice, or all of them as one where they are too many for one publish."""
        if len(events) <= MAX_EVENTS:
            return [notice_text(event, said[event.key]) for event in events]
        entries = _merged(said[event.key] for event in events)
        return [notice_text(events[-1], entries, merged=True)] * len(events)

    def _push(self, channel: str, texts: Sequence[str]) -> Sequence[Outcome | None]:
        different = [text for text in dict.fromkeys(texts) if text]
        outcomes = dict(zip(different, self.publish(channel, different), strict=True)) if different else {}
        return [outcomes.get(text) for text in texts]

    def _merge(
        self,
        channel: str,
        newest: Event,
        entries: Entries,
        publish_at: Callable[[TopicState], int] | None = None,
    ) -> None:
        now = round(self.clock() * 1000)
        self.states.merge(channel, newest.subject, entries, now=now, publish_at=publish_at)

    def _keep(self, write: Callable[[], object]) -> Retry | None:
        """Write the state; what fails is tried again, and hinders no push."""
        try:
            write()
        except (ClientError, BotoCoreError, ContendedError) as error:
            return Retry(STATE_RETRY_SECONDS, f"the state is not written: {type(error).__name__}")
        return None

    def _was_quiet(self, channel: str) -> bool:
        known = self.states.remembered(channel)
        return known is None or self.clock() * 1000 - known.published_at >= QUIET_MS

    def _now(self, _: TopicState) -> int:
        return round(self.clock() * 1000)

    def _turn(self, known: TopicState) -> int:
        """Wait until the topic may be pushed again."""
        wait = known.published_at + INTERVAL_MS - self.clock() * 1000
        if wait > 0:
            self.sleep(min(wait, INTERVAL_MS) / 1000)
        return round(self.clock() * 1000)


def _merged(several: Iterable[Entries]) -> Entries:
    return reduce(merge, several, cast(Entries, {}))
