"""Jobs of the push queue: tells followers of a topic by web push."""

import os
from functools import partial
from typing import Any, Final

from lambdas.audience_push.sender import Sender
from lambdas.clients.aws import at_start, client
from lambdas.clients.push_connections import PushConnections, new_connection
from lambdas.contracts.audience_settings import AudienceSettings, ChannelQueues, PushSettings
from lambdas.followers.keys import KeysReader
from lambdas.followers.store import Followers
from lambdas.followers.worker import ChannelWork, Context, Handler, Services, make_worker
from lambdas.runtime.job_report import report_job

CHUNK: Final = 100
"""Recipients whom nobody knows about if this function dies."""


def handle(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Work on a job."""
    return _worker()(event, context)


@at_start
def _worker() -> Handler:
    settings = AudienceSettings.from_environment(os.environ)
    push = PushSettings.from_environment(os.environ)
    dynamodb = client("dynamodb")
    sender = Sender(
        site=settings.site,
        settings=push,
        keys=KeysReader(client("secretsmanager"), settings.secret_arn).keys,
        post=PushConnections(partial(new_connection, private=push.push_services)).post,
    )
    return make_worker(
        ChannelWork(
            channel="push",
            send=sender.send,
            end=Followers(dynamodb, settings.table).end,
            chunk=CHUNK,
            give_up_after=push.push_give_up_after,
        ),
        Services(
            dynamodb=dynamodb,
            table=settings.table,
            sqs=client("sqs"),
            queue_url=ChannelQueues.from_environment(os.environ).push_queue_url,
            report=report_job,
        ),
    )
