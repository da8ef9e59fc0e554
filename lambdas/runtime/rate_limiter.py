"""How often a destination may be called, over all functions that run at the same time.

A clock that they share: one item, moved on by conditional writes. Whoever gets the turn is alone with the destination
until it is done, and the next turn comes when the pace allows it; whoever does not get it learns how long to wait, and
nobody sleeps. As long as the one gathers what waits, the others hide nothing from it. The pace is the generic cell rate
algorithm (ITU-T I.371, annex A): so many at once, then so many for each second.
"""

from dataclasses import dataclass
from typing import Final

from lambdas.contracts.rate_limit import RateLimit
from lambdas.runtime.table import Item, RefusedError, Table, number

BUSY_SECONDS: Final = 1.0
"""How soon to ask again while another has the turn; nobody knows when it is done."""

GATHERING_SECONDS: Final = 1.0
"""How long whoever has the turn looks out for more where events pile up: what was handed back comes back within it."""

_KEY: Final = "rate-limit"
_FREE: Final = "(#busy <= :now OR #by = :by)"


@dataclass(frozen=True, slots=True)
class Permit:
    """The right to call the destination, taken by this name at this time; `due` is the clock's new reading."""

    by: str
    taken_at: float
    due: float


class RateLimitedError(Exception):
    """It is not our turn; `seconds` tells when to ask again."""

    def __init__(self, seconds: float) -> None:
        super().__init__("not now")
        self.seconds = seconds


class RateLimiter:
    """The clock that all functions of a subscriber share.

    Args:
        table: The subscriber's own.
        limit: What the destination takes.
    """

    def __init__(self, table: Table, limit: RateLimit) -> None:
        self._table = table
        self._interval = 1 / limit.per_second
        self._tolerance = (limit.burst - 1) * self._interval

    def acquire(self, by: str, *, now: float, until: float, gathering_until: float = 0.0) -> Permit:
        """Take the turn.

        Args:
            by: Names who takes it; the same again is the same turn.
            now: Unix seconds.
            until: When it lapses, should we die; no sooner than this invocation ends.
            gathering_until: How long we look out for what others hand back; they hide nothing until then.

        Raises:
            RateLimitedError: It is another's turn, or too early.
        """
        taken: Item = {"busy": until, "gathering": gathering_until, "by": by}
        idle = Permit(by, now, now + self._interval)
        try:
            self._write(idle, taken, f"attribute_not_exists(#id) OR (#due <= :now AND {_FREE})", {})
        except RefusedError as refused:
            due = number(refused.item, "due")
            early = due - self._tolerance - now
            if refused.item.get("by") != by and number(refused.item, "busy") > now:
                gathering = number(refused.item, "gathering") > now
                raise RateLimitedError(0 if gathering else max(early, BUSY_SECONDS)) from None
            if early > 0:
                raise RateLimitedError(early) from None
        else:
            return idle
        within_burst = Permit(by, now, due + self._interval)
        try:
            self._write(within_burst, taken, f"#due = :old AND {_FREE}", {"old": due})
        except RefusedError:  # another was faster
            raise RateLimitedError(BUSY_SECONDS) from None
        return within_burst

    def release(self, turn: Permit, *, now: float, not_before: float = 0.0) -> None:
        """Give the turn back: the next comes a whole interval after this one's end.

        Args:
            turn: Ours.
            now: Unix seconds.
            not_before: When the destination wants to be called again at the earliest, where it said so.
        """
        due = max(turn.due + now - turn.taken_at, not_before + self._tolerance if not_before else 0.0)
        try:
            self._table.update(
                _KEY, set={"due": due, "busy": 0, "gathering": 0}, when="#by = :by", given={"by": turn.by}
            )
        except RefusedError:
            return  # it lapsed and is another's by now

    def _write(self, turn: Permit, taken: Item, when: str, given: Item) -> None:
        self._table.update(
            _KEY,
            set={"due": turn.due, **taken},
            when=when,
            given={"now": turn.taken_at, "by": turn.by, **given},
        )
