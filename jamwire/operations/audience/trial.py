"""A test send: one follower, such as oneself, is told something by the way that everything goes."""

import secrets
from collections.abc import Callable

from jamwire.operations.audience.addresses import Address
from jamwire.operations.audience.audience import Audience
from jamwire.operations.aws import aws_errors
from jamwire.operations.errors import NotFoundError, OperationError
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_table import fanout_name
from lambdas.contracts.event import timestamp
from lambdas.followers.follower import Follower
from lambdas.followers.identity import follower_id
from lambdas.followers.job_queue import JobQueue
from lambdas.followers.plan import Plan, Told
from lambdas.followers.plans import Plans


def send_test(
    audience: Audience,
    address: Address,
    text: str,
    now: float,
    token: Callable[[], str] = lambda: secrets.token_hex(8),
) -> str:
    """Put a job for one follower into its channel's queue; gives the name of the fan-out, by which it is looked up.

    Args:
        audience: The audience.
        address: Whom to tell.
        text: What to say.
        now: Unix seconds.
        token: A word that nobody has used.

    Raises:
        OperationError: Nobody follows by this address, or only by digests.
    """
    id = follower_id(audience.keys.lookup, address.channel, address.text)
    with aws_errors():
        topic = _topic_of(audience.followers.get(id))
        event = f"test-{token()}"
        told = Told(
            fanout=fanout_name(event),
            event_id=event,
            topic=topic,
            topic_title=topic,
            time=timestamp(now),
            title=text,
        )
        plan = Plan(name=told.fanout, at=now, followers={address.channel: 1}, told=told)
        Plans(audience.dynamodb, audience.table).write(plan)
        queue = JobQueue(audience.deployment.client("sqs"), audience.queue_url(address.channel))
        queue.put([Job(kind="topic", channel=address.channel, fanout=plan.name, followers=(id,))], now)
    return plan.name


def _topic_of(follower: Follower | None) -> str:
    """Any topic that it follows: a worker tells only who is told of the topic at once."""
    if follower is None or follower.state != "following":
        raise NotFoundError("Nobody follows by this address; follow on the site, and confirm")
    if follower.at:
        raise OperationError("This follower gets digests, and is told nothing at once")
    return follower.topics[0]
