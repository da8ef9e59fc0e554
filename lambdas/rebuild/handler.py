"""Builds of the site: what was published is built, a burst of it once."""

import os
from collections.abc import Sequence

from lambdas.clients import http
from lambdas.clients.aws import at_start, client
from lambdas.clients.secrets import DESTINATION_MAX_AGE, Keyring
from lambdas.contracts.build_hosts import HOSTS
from lambdas.contracts.settings import RebuildSettings, SubscriberSettings
from lambdas.rebuild.build_hook import BuildHook
from lambdas.rebuild.plan import Rebuild, Response
from lambdas.rebuild.state import BuildRequest, RebuildState
from lambdas.runtime import Event, subscriber
from lambdas.runtime.stateful import StatefulSubscriber


@subscriber(batch=True)
def handle(events: Sequence[Event]) -> None:
    """Request a build for what the events have published."""
    _subscriber().handle(events)


@at_start
def _subscriber() -> StatefulSubscriber[RebuildState, BuildRequest, Response]:
    settings = RebuildSettings.from_environment(os.environ)
    hook = BuildHook(
        host=HOSTS[settings.build_host],
        stack_id=SubscriberSettings.from_environment(os.environ).stack_id,
        keyring=Keyring(client("secretsmanager"), settings.secret_arn, max_age=DESTINATION_MAX_AGE),
        send=http.send,
    )
    return StatefulSubscriber.from_environment(Rebuild(settings), hook.request)
