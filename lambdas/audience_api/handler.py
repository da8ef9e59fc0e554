"""The function behind the audience's public endpoint."""

import json
import os
import time
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from botocore.config import Config

from lambdas.audience_api.api import Api
from lambdas.audience_api.endpoint import respond
from lambdas.audience_api.limits import Limits
from lambdas.audience_api.pages.pages import Pages
from lambdas.audience_api.rendering import Renderer
from lambdas.audience_api.request import Request
from lambdas.audience_api.routes import name_of
from lambdas.clients import http
from lambdas.clients.aws import at_start, client
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_settings import (
    AudienceApiSettings,
    AudienceSettings,
    ChannelQueues,
    EmailSettings,
    PushSettings,
    TextSettings,
)
from lambdas.contracts.audience_topics import Topics
from lambdas.contracts.audience_words import WORDS, words_from_json
from lambdas.followers.keys import KeysReader
from lambdas.followers.store import Followers

if TYPE_CHECKING:
    from lambdas.followers.sealing import Sealer

_CONFIG: Final = Config(
    connect_timeout=1, read_timeout=2, retries={"total_max_attempts": 2, "mode": "standard"}
)
"""So a service's tries end well within the function's time: the visitor gets an answer and not a hang-up."""


def handle(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Answer one request of the HTTP API (payload format 2.0), whatever happens; log one line."""
    started = time.perf_counter()
    request = Request.of(event)
    response, reason = respond(request, _api(), _renderer())
    line = {
        "service": os.environ.get("POWERTOOLS_SERVICE_NAME", "audience_api"),
        "route": name_of(request),
        "status": response["statusCode"],
        "ms": round((time.perf_counter() - started) * 1000, 1),
    }
    # Without Powertools' logger, whose import would take a third of a cold start.
    print(json.dumps(line | ({"reason": reason} if reason else {})))  # noqa: T201
    return response


@cache
def _settings() -> AudienceSettings:
    return AudienceSettings.from_environment(os.environ)


@cache
def _words() -> Mapping[str, str]:
    words_file = AudienceApiSettings.from_environment(os.environ).words_file
    return words_from_json(_document(words_file)) if words_file else WORDS


@cache
def _topics() -> Topics:
    return Topics.from_json(_document(_settings().topics_file))


def _document(name: str) -> str:
    """A text of the rulebook's, which is put beside the code."""
    return Path(os.environ.get("LAMBDA_TASK_ROOT", ""), name).read_text()


@cache
def _sealer(key: bytes) -> "Sealer":
    from lambdas.followers.sealing import Sealer  # some routes do without cryptography

    return Sealer(key)


@at_start
def _libraries() -> list[str]:
    """What some requests need and takes long to import: a starting function has a whole processor for it."""
    has_text = ChannelQueues.from_environment(os.environ).text_queue_url
    names = ["lambdas.followers.sealing", *(["phonenumbers"] if has_text else [])]
    return [import_module(name).__name__ for name in names]


@at_start
def _renderer() -> Renderer:
    return Renderer(Pages(_settings().site, _topics(), _words()))


@at_start
def _api() -> Api:
    settings, queues = _settings(), ChannelQueues.from_environment(os.environ)
    dynamodb, sqs = client("dynamodb", config=_CONFIG), client("sqs", config=_CONFIG)
    keys = KeysReader(client("secretsmanager", config=_CONFIG), settings.secret_arn)
    urls = {"email": queues.email_questions_url, "text": queues.text_questions_url}

    def ask(job: Job) -> object:
        return sqs.send_message(QueueUrl=urls[job.channel], MessageBody=job.to_json())

    return Api(
        site=settings.site,
        topics=_topics(),
        words=_words(),
        own=AudienceApiSettings.from_environment(os.environ),
        push=PushSettings.from_environment(os.environ) if queues.push_queue_url else None,
        email=EmailSettings.from_environment(os.environ) if queues.email_queue_url else None,
        text=TextSettings.from_environment(os.environ) if queues.text_queue_url else None,
        keys=keys.keys,
        followers=Followers(dynamodb, settings.table),
        limits=Limits(dynamodb, settings.table),
        ask=ask,
        sealer=_sealer,
        send=http.send,
        clock=time.time,
        sleep=time.sleep,
    )
