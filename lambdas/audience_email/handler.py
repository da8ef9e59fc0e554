"""Jobs of the e-mail queues: tells followers of a topic, sends digests, asks who asked to follow."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.config import Config

from lambdas.audience_email.letters import Letters
from lambdas.audience_email.mailer import AT_ONCE, Mailer
from lambdas.audience_email.pace import Pace
from lambdas.clients.aws import CALLED_ONCE, at_start, client
from lambdas.clients.ses import Ses
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_message_words import words_from
from lambdas.contracts.audience_settings import (
    WORKERS_AT_ONCE,
    AudienceSettings,
    ChannelQueues,
    EmailSettings,
    MessageSettings,
)
from lambdas.contracts.audience_topics import Topics
from lambdas.followers.keys import KeysReader
from lambdas.followers.mailboxes import Mailboxes
from lambdas.followers.outcomes import Digest, Outcome
from lambdas.followers.plan import Told
from lambdas.followers.purse import QuestionPurse
from lambdas.followers.recipients import Recipient
from lambdas.followers.spending import Spending
from lambdas.followers.store import Followers
from lambdas.followers.worker import ChannelWork, Context, Handler, Services, make_worker
from lambdas.runtime.job_report import report_job
from lambdas.runtime.not_sent_report import report_not_sent
from lambdas.runtime.report import count

CHUNK: Final = 50
"""Recipients whom nobody knows about if this function dies."""

CHUNK_SECONDS: Final = 30
"""A chunk is no larger than what can be sent in this time."""


def handle(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Work on a job."""
    return _worker()(event, context)


def chunk_at(per_second: float) -> int:
    """How many recipients are told at once, at a rate of all workers together."""
    own = per_second / WORKERS_AT_ONCE["email"]
    return max(1, min(CHUNK, int(own * CHUNK_SECONDS)))


@dataclass(frozen=True, slots=True)
class _Channel:
    """What makes a mailer for each chunk, with the time and the keys of that moment."""

    settings: AudienceSettings
    email: EmailSettings
    letters: Letters
    topics: Topics
    service: Ses
    keys: KeysReader
    followers: Followers
    mailboxes: Mailboxes
    spending: Spending
    pace: Pace

    def tell(self, recipients: Sequence[Recipient], told: Told) -> Mapping[str, Outcome]:
        return self._mailer().tell(recipients, told)

    def send_digests(self, digests: Sequence[Digest]) -> Mapping[str, Outcome]:
        return self._mailer().send_digests(digests)

    def ask(self, job: Job) -> Outcome:
        return self._mailer().ask(job)

    def _mailer(self) -> Mailer:
        now = time.time()
        return Mailer(
            service=self.service,
            letters=self.letters,
            topics=self.topics,
            keys=self.keys.keys(),
            url=self.settings.url,
            consent=self.email.email_consent,
            followers=self.followers,
            mailboxes=self.mailboxes,
            purse=QuestionPurse(self.spending, self.email.email_questions_per_day, now),
            pace=self.pace,
            failed=report_not_sent,
            count=count,
            now=now,
        )


@at_start
def _channel() -> _Channel:
    settings = AudienceSettings.from_environment(os.environ)
    email = EmailSettings.from_environment(os.environ)
    words = words_from(MessageSettings.from_environment(os.environ).message_words_file)
    return _Channel(
        settings=settings,
        email=email,
        letters=Letters(settings.site, words, email.email_address_line),
        topics=Topics.from_json(Path(settings.topics_file).read_text()),
        service=Ses(
            client("sesv2", config=CALLED_ONCE.merge(Config(max_pool_connections=AT_ONCE))),
            sender=email.email_from,
            reply_to=email.email_reply_to,
            configuration_set=email.email_configuration_set,
        ),
        keys=KeysReader(client("secretsmanager"), settings.secret_arn),
        followers=Followers(client("dynamodb"), settings.table),
        mailboxes=Mailboxes(client("dynamodb"), settings.table),
        spending=Spending(client("dynamodb"), settings.table),
        pace=Pace(email.email_per_second / WORKERS_AT_ONCE["email"]),
    )


@at_start
def _worker() -> Handler:
    channel, queues = _channel(), ChannelQueues.from_environment(os.environ)
    return make_worker(
        ChannelWork(
            channel="email",
            send=channel.tell,
            send_digests=channel.send_digests,
            leave_digest=channel.followers.leave_digest,
            ask=channel.ask,
            end=channel.followers.end,
            chunk=chunk_at(channel.email.email_per_second),
            give_up_after=channel.email.email_give_up_after,
        ),
        Services(
            dynamodb=client("dynamodb"),
            table=channel.settings.table,
            sqs=client("sqs"),
            queue_url=queues.email_queue_url,
            questions_url=queues.email_questions_url,
            report=report_job,
        ),
    )
