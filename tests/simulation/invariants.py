"""What must hold in every world, whatever went wrong in it."""

from collections import Counter
from collections.abc import Iterator

from lambdas.contracts.event import Event
from lambdas.contracts.probe import PROBE, SOURCE
from lambdas.contracts.rate_limit import RateLimit
from tests.fakes.dynamodb import LONG_AGO, expiry
from tests.simulation.destination import Destination
from tests.simulation.senders import name_of
from tests.simulation.world import START, STOPPED_FROM, Subscriber, World

PROMPT_SECONDS = 300.0
"""Within this an event is told where nothing at all went wrong with it, whatever became of its neighbours."""

FORGOTTEN_SECONDS = 60 * 86_400.0
"""Within this what a subscriber remembers of an event has expired."""


def violations(world: World, *, ended: bool, again: bool = False) -> Iterator[str]:
    """What does not hold, one line each.

    Args:
        world: Has run.
        ended: Whether nothing was left to do.
        again: Whether dead letters have been sent once more.
    """
    if not ended:
        yield "it does not come to rest"
    yield from (f"{message} is worked on by two functions" for message in world.worked_on_twice)
    for subscriber in world.subscribers:
        yield from (
            f"{subscriber.name}: {message.id} is left in the queue"
            for message in subscriber.queue.messages.values()
        )
        letters = Counter(Event.from_json(letter.body).key for letter in _letters(subscriber))
        for letter in _letters(subscriber):
            if not letter.attributes.get("Reason"):
                yield f"{subscriber.name}: {letter.id} is dead without a reason"
        yield from _kept_for_good(world, subscriber)
        yield from _probes(world, subscriber)
        for destination in subscriber.destinations:
            yield from _tellings(world, subscriber, destination, letters, again=again)
            yield from _asked_to_wait(world, subscriber, destination)
            if subscriber.kind.rate_limit:
                yield from _pace(subscriber.kind.rate_limit, destination)


def after_redrive(world: World, *, ended: bool) -> Iterator[str]:
    """What must hold when an operator has sent every dead letter once more and nothing goes wrong any more."""
    yield from violations(world, ended=ended, again=True)
    for subscriber in world.subscribers:
        for letter in _letters(subscriber):
            yield f"{subscriber.name}: {letter.id} is dead again: {letter.attributes.get('Reason')}"


def _letters(subscriber: Subscriber) -> "list":  # type: ignore[type-arg]
    return list(subscriber.dead_letters.messages.values())


def _kept_for_good(world: World, subscriber: Subscriber) -> Iterator[str]:
    ledger = world.dynamodb.tables.get(f"{subscriber.name}-ledger", {})
    for key in world.accepted.keys() & ledger.keys():
        left = expiry(ledger[key]) - world.clock.now
        if not -LONG_AGO < left < FORGOTTEN_SECONDS:
            yield f"{subscriber.name}: {name_of(key)} is never forgotten"


def _probes(world: World, subscriber: Subscriber) -> Iterator[str]:
    """A probe is taken, and nobody remembers or is told of it."""
    if world.is_probed and not subscriber.outcomes["probed", ""]:
        yield f"{subscriber.name}: the probe is not taken"
    if any(PROBE in letter.attributes for letter in _letters(subscriber)):
        yield f"{subscriber.name}: the probe is dead"
    known = world.dynamodb.tables.get(f"{subscriber.name}-ledger", {})
    told = {key for to in subscriber.destinations for _, keys in to.told for key in keys}
    yield from (f"{subscriber.name}: {key} is no event" for key in {*known, *told} if key.startswith(SOURCE))


def _tellings(
    world: World, subscriber: Subscriber, destination: Destination, letters: Counter[str], *, again: bool
) -> Iterator[str]:
    """Once, or in the dead letters; more than once only where the runtime has counted it and something had happened."""
    told = Counter(key for _, keys in destination.told for key in keys)
    first = {key: at for at, keys in reversed(destination.told) for key in keys}
    for key, accepted_at in world.accepted.items():
        name = name_of(key)
        counted = sum(subscriber.outcomes[outcome, key] for outcome in ("uncertain", "record_failed"))
        allowed = 1 + min(counted, world.incidents[key])
        dead = letters[key]
        if not told[key] and not dead:
            yield f"{destination.name}: {name} is lost"
        if told[key] > allowed and not subscriber.kind.idempotent:
            yield f"{destination.name}: {name} is told {told[key]} times, {counted} counted, {world.incidents[key]} happened"
        if (
            told[key]
            and dead
            and len(subscriber.destinations) == 1
            and not subscriber.kind.idempotent
            and not (counted and world.incidents[key])
        ):
            yield f"{destination.name}: {name} is told and dead"
        if told[key] and not (world.network.faults_made or again) and first[key] < STOPPED_FROM:
            back = max(other.down_until for other in subscriber.destinations)  # one holds up the next
            late = first[key] - max(accepted_at, back)
            if late > longest_wait(back - START) + PROMPT_SECONDS:
                yield f"{destination.name}: {name} is told {late:.0f} s after an outage"
        healthy = not any(other.failed for other in subscriber.destinations)
        untouched = not world.network.faults_made and healthy and not again
        if untouched and told[key] and first[key] - accepted_at > PROMPT_SECONDS:
            yield f"{destination.name}: {name} is told after {first[key] - accepted_at:.0f} s"


def longest_wait(outage: float) -> float:
    """Seconds for which the schedule promises to wait at most after an outage of so many seconds."""
    return min(max(3.0, outage), 900.0 if outage < 6 * 3600 else 3600.0)


def _pace(limit: RateLimit, destination: Destination) -> Iterator[str]:
    requests = destination.requests
    for last in range(len(requests)):
        for first in range(max(0, last - 40), last):
            count, seconds = last - first + 1, requests[last] - requests[first]
            if count > limit.burst + seconds * limit.per_second + 0.01:
                yield f"{destination.name}: {count} requests within {seconds:.3f} s"
                return


def _asked_to_wait(world: World, subscriber: Subscriber, destination: Destination) -> Iterator[str]:
    """None of a paced subscriber's functions calls before a Retry-After is over, unless who was told of it died."""
    if not subscriber.kind.rate_limit:
        return
    for since, until, task in destination.closed:
        if task in world.deaths or world.network.faults_made > len(destination.closed):
            continue  # whoever was told of it could not pass it on
        if early := [at for at in destination.requests if since < at < until - 0.01]:
            yield f"{destination.name}: called {until - early[0]:.1f} s before it wanted to be"
            return
