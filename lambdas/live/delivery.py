"""The delivery of what visitors are told of one topic, or of the site: pushed to open pages and kept as the state.

Both are repeated until both are done. A page that is told twice knows what it knows, and the state is the same however
often something is merged into it; so neither needs a memory of what has been delivered.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Final, cast

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.clients.live_states import ContendedError, LiveStates, Mark
from lambdas.contracts.event import Event
from lambdas.contracts.live_channels import UPDATES
from lambdas.contracts.live_state import RETAINED, Entries, end_of, entries_of, merge
from lambdas.contracts.live_state_table import TopicState
from lambdas.contracts.outcomes import Retry, Undeliverable
from lambdas.live.pushes import notice_text, state_text, update_of, update_texts
from lambdas.live.turn import Turn

MAX_EVENTS: Final = 5
"""Events of one publish (AppSync Events, "Quotas")."""

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

    def is_forgotten(self, event: Event) -> bool:
        """Whether a notice is history of which pages know nothing any more, and so no longer pushed."""
        return event.type not in UPDATES and end_of(event, self.keep) + RETAINED <= self.clock() * 1000

    def deliver_update(self, event: Event) -> list[tuple[Event, Outcome]]:
        """Tell of an update of the site; gives what failed."""
        update = update_of(event)
        failures = [self.publish(channel, [text])[0] for channel, text in update_texts(update)]
        kept = self._keep(lambda: self.states.add_update(update, now=self.clock()))
        return [(event, failure) for failure in (*failures, kept) if failure][:1]

    def deliver_notices(
        self, channel: str, events: Sequence[Event], *, isolated: bool, again: bool
    ) -> list[tuple[Event, Outcome]]:
        """Tell of the notices of one topic, in the order of what is said; gives what failed.

        Of what is forgotten nobody is told, now or later.

        An isolated notice of a topic that has been quiet is pushed at once. Else the state comes first, and says whose
        turn it is to push (`lambdas.live.turn`): where much is said of a topic, one pushes for all.

        Args:
            channel: The topic's.
            events: Its notices.
            isolated: Whether nothing else is to be told, and this for the first time.
            again: Whether one of them comes again; with it may have failed what others had merged.
        """
        timely = [event for event in events if not self.is_forgotten(event)]
        if not timely:
            return []
        said: dict[str, Entries] = {event.key: entries_of(event, self.keep) for event in timely}
        events = sorted(timely, key=lambda event: (said[event.key]["time"].order, event.id))
        newest, entries = events[-1], _merged(said[event.key] for event in events)
        turn, texts = Turn(self.clock), self._texts(events, said)
        if isolated and self._was_quiet(channel):
            failures = self._push(channel, texts)
            kept = self._keep(lambda: self._merge(channel, newest, entries, turn.take))
        else:
            known: list[TopicState] = []
            kept = self._keep(lambda: known.append(self._take_turn(turn, channel, newest, entries)))
            if known and (turn.owes_others or again):
                texts = [state_text(newest, known[0])] * len(events)
            failures = self._push(channel, texts) if turn.is_ours or kept else []
        failed = {event.key: failure for event, failure in zip(events, failures, strict=False) if failure}
        return [(event, failure) for event in events if (failure := failed.get(event.key, kept))]

    def _take_turn(self, turn: Turn, channel: str, newest: Event, entries: Entries) -> TopicState:
        """Write the state and, where the topic was pushed a moment ago, wait for its turn; what is known then."""
        known = self._merge(channel, newest, entries, turn.take_or_promise)
        if not turn.wait:
            return known
        self.sleep(turn.wait)
        then = self._merge(channel, newest, {}, turn.take)
        turn.owes_others |= then.version > known.version + 1
        return then

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

    def _merge(self, channel: str, newest: Event, entries: Entries, mark: Mark) -> TopicState:
        now = round(self.clock() * 1000)
        return self.states.merge(channel, newest.subject, entries, now=now, mark=mark)

    def _keep(self, write: Callable[[], object]) -> Retry | None:
        """Write the state; what fails is tried again, and hinders no push."""
        try:
            write()
        except (ClientError, BotoCoreError, ContendedError) as error:
            return Retry(STATE_RETRY_SECONDS, f"the state is not written: {type(error).__name__}")
        return None

    def _was_quiet(self, channel: str) -> bool:
        """Whether nothing was pushed a moment ago, of this topic or of the one that came last.

        Where much is said, other functions push this topic, too, and what this one remembers of it is old.
        """
        known = (self.states.remembered(channel), self.states.last())
        return all(self.clock() * 1000 - state.published_at >= QUIET_MS for state in known if state)


def _merged(several: Iterable[Entries]) -> Entries:
    return reduce(merge, several, cast(Entries, {}))
