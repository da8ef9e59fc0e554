"""What AWS tells of messages: bounces and complaints, numbers that are none, and texts of followers, such as STOP."""

import os
import time
from collections.abc import Mapping
from typing import Any

from lambdas.audience_feedback.feedback import Feedback
from lambdas.audience_feedback.reading import heard_of, message_of
from lambdas.audience_feedback.replies import Replies
from lambdas.clients.aws import CALLED_ONCE, at_start, client
from lambdas.clients.text_messages import SERVICE, TextMessages
from lambdas.contracts.audience_message_words import words_from
from lambdas.contracts.audience_settings import AudienceSettings, MessageSettings, TextSettings
from lambdas.followers.keys import KeysReader
from lambdas.followers.purse import Purse
from lambdas.followers.spending import Spending
from lambdas.followers.store import Followers
from lambdas.runtime.not_sent_report import report_not_sent
from lambdas.runtime.report import count, metrics


def handle(event: Mapping[str, Any], context: object) -> None:
    """Act on notifications of SNS; what fails is tried twice more by Lambda, and is told as an alarm after that."""
    feedback = _feedback(time.time())
    try:
        for record in event["Records"]:
            for heard in heard_of(message_of(record["Sns"]["Message"])):
                feedback.act(heard)
    finally:
        if metrics.metric_set:  # most notifications change nothing, of which Powertools would warn
            metrics.flush_metrics()


def _feedback(now: float) -> Feedback:
    settings, text = _settings(), _text_settings()
    return Feedback(
        followers=Followers(client("dynamodb"), settings.table),
        lookup_key=_keys().keys().lookup,
        replies=_replies(now),
        site=settings.site,
        words=words_from(MessageSettings.from_environment(os.environ).message_words_file),
        help=text.text_help if text else "",
        stop_words=text.text_stop_words if text else (),
        count=count,
    )


def _replies(now: float) -> Replies | None:
    text, texts = _text_settings(), _texts()
    if not (text and texts):
        return None
    spending = Spending(client("dynamodb"), _settings().table)
    return Replies(
        service=texts,
        purse=Purse(spending, text.text_per_day, text.text_per_follower, text.text_codes_per_day, now),
        countries=text.text_countries,
        failed=report_not_sent,
        count=count,
    )


@at_start
def _settings() -> AudienceSettings:
    return AudienceSettings.from_environment(os.environ)


@at_start
def _text_settings() -> TextSettings | None:
    """What is told of text messages; None for an audience without."""
    return TextSettings.from_environment(os.environ) if "TEXT_IDENTITY" in os.environ else None


@at_start
def _keys() -> KeysReader:
    return KeysReader(client("secretsmanager"), _settings().secret_arn)


@at_start
def _texts() -> TextMessages | None:
    if not (text := _text_settings()):
        return None
    return TextMessages(
        client(SERVICE, config=CALLED_ONCE), identity=text.text_identity, max_price=text.text_max_price
    )
