"""The rest of a job: recipients who are to be tried later, as jobs of their own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, NamedTuple

from lambdas.contracts.audience_job import Job
from lambdas.contracts.retry_schedule import MIN_DELAY, delay
from lambdas.followers.outcomes import Gone, Held, Later, Nothing, Outcome, Refused, Sent, Unknown

WORDS: Final[Mapping[type, str]] = {
    Sent: "sent",
    Gone: "gone",
    Refused: "refused",
    Later: "later",
    Held: "held",
    Unknown: "uncertain",
    Nothing: "nothing",
}
"""What an outcome is counted as (`lambdas.followers.job_item.COUNTS`)."""


class _When(NamedTuple):
    """When a rest is tried, and with what behind it (`lambdas.contracts.audience_job.Job`)."""

    not_before: float
    first_at: float
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class Sorted:
    """What became of a chunk.

    Attributes:
        words: Each recipient's, by its id.
        rests: The jobs of those who are tried later.
    """

    words: Mapping[str, str]
    rests: tuple[Job, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When those are tried again who are to be tried later.

    Attributes:
        job: The job that they are of.
        now: Unix seconds.
        give_up_at: When it is too late, unix seconds.
        wait: Seconds by the retry schedule.
        repeats: Whether those are tried again who may have been told.
    """

    job: Job
    now: float
    give_up_at: float
    wait: float
    repeats: bool

    @classmethod
    def at(
        cls, job: Job, now: float, give_up_at: float, random: Callable[[], float], *, repeats: bool
    ) -> "Schedule":
        """The schedule at this moment."""
        wait = delay(now - (job.first_at or now), random)
        return cls(job=job, now=now, give_up_at=give_up_at, wait=wait, repeats=repeats)

    def sort(self, outcomes: Mapping[str, Outcome]) -> Sorted:
        """What each outcome is counted as, and the jobs of the rest; those whom it would reach too late expire.

        A lost answer is counted by the job that tells again, or here where nobody does.
        """
        times = {id: when for id, outcome in outcomes.items() if (when := self._again(outcome))}
        words = {id: WORDS[type(outcome)] for id, outcome in outcomes.items()}
        for id, when in times.items():
            if when.not_before >= self.give_up_at:
                words[id] = "uncertain" if when.doubtful else "expired"
            elif when.doubtful:
                words[id] = "later"
        in_time = {id: when for id, when in times.items() if when.not_before < self.give_up_at}
        return Sorted(words, tuple(self._rests(in_time)))

    def _again(self, outcome: Outcome) -> _When | None:
        """When, and since when it has been tried; what is held for another reason has not been tried."""
        since = self.job.first_at or self.now
        if isinstance(outcome, Held):
            return _When(max(outcome.until, self.now + MIN_DELAY), self.job.first_at)
        if isinstance(outcome, Later):
            seconds = self.wait if outcome.seconds is None else max(outcome.seconds, MIN_DELAY)
            return _When(self.now + seconds, since)
        if isinstance(outcome, Unknown) and self.repeats:
            return _When(self.now + self.wait, since, doubtful=True)
        return None

    def _rests(self, times: Mapping[str, _When]) -> Iterator[Job]:
        together: dict[_When, list[str]] = {}
        for id, when in times.items():
            together.setdefault(when, []).append(id)
        for when, ids in together.items():
            yield replace(
                self.job,
                start="",
                end="",
                followers=tuple(sorted(ids)),
                attempt=self.job.attempt + 1,
                **when._asdict(),
            )
