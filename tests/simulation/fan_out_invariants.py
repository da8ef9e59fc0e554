"""What must hold in every world of fan-outs, whatever went wrong in it."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from lambdas.followers.job_item import job_id
from lambdas.followers.plan import Plan
from tests.simulation.fan_out_channel import name_of
from tests.simulation.fan_outs import CHUNK, GIVE_UP_AFTER, TIMEOUT, FanOutWorld

PROMPT_SECONDS: Final = 90.0
"""Within this of a plan everybody is told whose service is fine, where nothing else goes wrong: whatever the rest of
another event waits for."""

MOVE_SECONDS: Final = 300.0
"""Within this of its beginning a move is made, whatever goes wrong."""


def violations(world: FanOutWorld, *, ended: bool) -> Iterator[str]:
    """What does not hold, one line each.

    Args:
        world: Has run.
        ended: Whether nothing was left to do.
    """
    if not ended:
        yield "it does not come to rest"
    for queue in (world.jobs, world.events):
        yield from (f"{message.id} is left among the {queue.name}" for message in queue.messages.values())
    yield from (f"{name} is told after leaving" for name in world.channel.told_after_leaving)
    for name in world.digest_runs:
        if plan := world.plan(name):
            yield from _jobs(world, plan)
    if not world.network.faults_made:
        if world.deaths:
            yield f"{world.deaths} workers run out of time"
        # Another digest does not know when the one before was to try again.
        moved = set(map(name_of, world.moves))
        yield from (f"{name} is tried too early" for name in world.channel.told_early if name not in moved)
        yield from (f"{name_of(id)} is gone and still follows" for id in _gone(world) - world.left_at.keys())
    yield from (f"{name_of(who.id)} has a last digest to come" for who in world.followers.all() if who.last)
    doubts = sum(world.counted(name)["uncertain"] for name in world.digest_runs)
    for name in world.fan_outs:
        if (plan := world.plan(name)) and not _came_too_late(world, plan):
            yield from _jobs(world, plan)
            yield from _at_once(world, plan)
            yield from _by_digest(world, plan, doubts)
            yield from _by_last_digest(world, plan, doubts)


def dead_again(world: FanOutWorld) -> Iterator[str]:
    """What must hold when an operator has sent every dead letter once more and nothing goes wrong any more."""
    for queue in (world.dead_jobs, world.dead_events):
        yield from (f"{message.id} is among the {queue.name} again" for message in queue.messages.values())


def _gone(world: FanOutWorld) -> set[str]:
    return {id for (_, id), tellings in world.channel.told.items() if "gone" in tellings.final}


def _came_too_late(world: FanOutWorld, plan: Plan) -> bool:
    """Whether an event was planned by a function that died, and the next one found it to be history."""
    return bool(plan.told and plan.told.expires and not world.job_items(plan.name))


def _jobs(world: FanOutWorld, plan: Plan) -> Iterator[str]:
    """Every job ends."""
    items = {item["sk"]["S"]: item for item in world.job_items(plan.name)}
    for job in plan.jobs():
        if f"{job.channel}#{job_id(job)}" not in items:
            yield f"{plan.name[:4]}: the share from {job.start[:4]} is not worked on"
    yield from (
        f"{plan.name[:4]}: {name} does not end" for name, item in items.items() if "done_at" not in item
    )


def _at_once(world: FanOutWorld, plan: Plan) -> Iterator[str]:
    """Who is told as it happens: all who follow, once; more often only where that is counted."""
    channel, counts = world.channel, world.counted(plan.name)
    told = {id: channel.tellings(plan.name, id).at for id in world.ids if id not in world.digested}
    staying = [id for id in told if _stays(world, id)]
    recorded = world.channel_name == "text"
    again = sum(max(len(times) - 1, 0) for times in told.values())
    if again > (0 if recorded else counts["uncertain"]):
        yield f"{plan.name[:4]}: {again} are told again, {counts['uncertain']} counted"
    untold = [id for id in staying if not told[id]]
    if len(untold) > counts["expired"] + (counts["uncertain"] if recorded else 0):
        yield f"{plan.name[:4]}: {', '.join(map(name_of, untold))} left out"
    if world.undigested:  # the job's numbers are of these, too
        return
    tellings = sum(map(len, told.values()))
    unseen = (
        len(world.left_at) if recorded else 0
    )  # told by a worker that died, and gone before the next one looks
    if not counts["sent"] <= tellings <= counts["sent"] + counts["uncertain"] + unseen:
        yield f"{plan.name[:4]}: {tellings} are told, {dict(counts)} counted"
    if counts["uncertain"] > CHUNK * world.deaths + world.network.faults_made:
        yield f"{plan.name[:4]}: {counts['uncertain']} are uncertain for no reason"
    latest = plan.give_up_at(GIVE_UP_AFTER[world.channel_name]) + TIMEOUT
    if late := [id for id, times in told.items() if any(time > latest for time in times)]:
        yield f"{plan.name[:4]}: {', '.join(map(name_of, late))} told too late"
    if not world.network.faults_made and not world.deaths:
        yield from _untroubled(world, plan, counts, staying)


def _untroubled(world: FanOutWorld, plan: Plan, counts: Counter[str], staying: list[str]) -> Iterator[str]:
    """Where no call fails and no worker dies, every number is exact, and nobody waits for another's service."""
    ended = sum(counts[word] for word in ("sent", "gone", "refused", "expired", "ended"))
    if not len(staying) <= ended <= plan.followers.get(world.channel_name, 0):
        yield f"{plan.name[:4]}: {dict(counts)} counted of {dict(plan.followers)}"
    services = world.channel.services
    if any(service.slow_until for service in services):
        return
    for id in staying:
        times = world.channel.tellings(plan.name, id).at
        if services[world.channel.service_of[id]].is_fine and (
            not times or times[0] > plan.at + PROMPT_SECONDS
        ):
            yield f"{plan.name[:4]}: {name_of(id)} is not told promptly"


def _by_digest(world: FanOutWorld, plan: Plan, doubts: int) -> Iterator[str]:
    """Who gets digests is told of everything in one of them: what a run was too late for is in the next one."""
    ids = world.digested - world.undigested.keys()
    told = {id: len(world.channel.tellings(plan.name, id).at) for id in ids}
    again = sum(max(count - 1, 0) for count in told.values())
    if again > doubts:
        yield f"{plan.name[:4]}: {again} are told again by digests, {doubts} counted"
    if plan.told and plan.told.expires:
        return
    if untold := [id for id in told if _stays(world, id) and not told[id]]:
        yield f"{plan.name[:4]}: {', '.join(map(name_of, untold))} left out of digests"


def _by_last_digest(world: FanOutWorld, plan: Plan, doubts: int) -> Iterator[str]:
    """Who moves from a digest to at once for good is told of everything, and twice only of what happens about then."""
    counts = world.counted(plan.name)
    for id, when in world.undigested.items():
        if any(at for _, at in world.moves[id]):
            continue
        told = len(world.channel.tellings(plan.name, id).at)
        if told > 1 + doubts + counts["uncertain"] and plan.at > when + MOVE_SECONDS:
            yield f"{plan.name[:4]}: {name_of(id)} is told again by the last digest"
        is_too_late = counts["expired"] or (plan.told and plan.told.expires)
        if not (told or is_too_late) and _stays(world, id):
            yield f"{plan.name[:4]}: {name_of(id)} left out of the last digest"


def _stays(world: FanOutWorld, id: str) -> bool:
    """Whether a follower follows all along at an address that takes messages."""
    channel = world.channel
    return id not in world.left_at and id not in channel.gone_from and id not in channel.refused
