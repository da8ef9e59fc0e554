"""Jobs of the queues of text messages: tells followers of a topic, sends codes."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from lambdas.audience_text.texter import Texter
from lambdas.audience_text.texts import Texts
from lambdas.clients.aws import CALLED_ONCE, at_start, client
from lambdas.clients.text_messages import SERVICE, TextMessages
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_message_words import words_from
from lambdas.contracts.audience_settings import (
    AudienceSettings,
    ChannelQueues,
    MessageSettings,
    TextSettings,
)
from lambdas.contracts.audience_table import UTC
from lambdas.followers.keys import KeysReader
from lambdas.followers.outcomes import Outcome
from lambdas.followers.plan import Told
from lambdas.followers.purse import Purse
from lambdas.followers.recipients import Recipient
from lambdas.followers.spending import Spending
from lambdas.followers.store import Followers
from lambdas.followers.worker import ChannelWork, Context, Handler, Services, make_worker
from lambdas.runtime.job_report import report_job
from lambdas.runtime.not_sent_report import report_not_sent
from lambdas.runtime.report import count

CHUNK: Final = 10
"""Recipients who are read together: so few that who has said STOP meanwhile is no longer among them."""


def handle(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Work on a job."""
    return _worker()(event, context)


@dataclass(frozen=True, slots=True)
class _Channel:
    """What makes a texter for each chunk, with the time and the keys of that moment."""

    settings: AudienceSettings
    text: TextSettings
    texts: Texts
    service: TextMessages
    keys: KeysReader
    followers: Followers
    spending: Spending

    def tell(self, recipients: Sequence[Recipient], told: Told) -> Mapping[str, Outcome]:
        return self._texter(time.time()).tell(recipients, told)

    def ask(self, job: Job) -> Outcome:
        return self._texter(time.time()).ask(job)

    def _texter(self, now: float) -> Texter:
        text = self.text
        return Texter(
            service=self.service,
            texts=self.texts,
            keys=self.keys.keys(),
            url=self.settings.url,
            followers=self.followers,
            purse=Purse(
                self.spending, text.text_per_day, text.text_per_follower, text.text_codes_per_day, now
            ),
            quiet=(text.text_quiet_start, text.text_quiet_end),
            zone=self.settings.site.zone or UTC,
            give_up_after=text.text_give_up_after,
            failed=report_not_sent,
            count=count,
            now=now,
        )


@at_start
def _channel() -> _Channel:
    settings = AudienceSettings.from_environment(os.environ)
    text = TextSettings.from_environment(os.environ)
    words = words_from(MessageSettings.from_environment(os.environ).message_words_file)
    return _Channel(
        settings=settings,
        text=text,
        texts=Texts(settings.site, words),
        service=TextMessages(
            client(SERVICE, config=CALLED_ONCE),
            identity=text.text_identity,
            max_price=text.text_max_price,
            configuration_set=text.text_configuration_set,
        ),
        keys=KeysReader(client("secretsmanager"), settings.secret_arn),
        followers=Followers(client("dynamodb"), settings.table),
        spending=Spending(client("dynamodb"), settings.table),
    )


@at_start
def _worker() -> Handler:
    channel, queues = _channel(), ChannelQueues.from_environment(os.environ)
    return make_worker(
        ChannelWork(
            channel="text",
            send=channel.tell,
            ask=channel.ask,
            end=channel.followers.end,
            chunk=CHUNK,
            give_up_after=channel.text.text_give_up_after,
            records=True,
        ),
        Services(
            dynamodb=client("dynamodb"),
            table=channel.settings.table,
            sqs=client("sqs"),
            queue_url=queues.text_queue_url,
            questions_url=queues.text_questions_url,
            report=report_job,
        ),
    )
