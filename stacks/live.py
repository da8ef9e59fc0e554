"""Pushes to the pages that visitors have open, through AppSync Events."""

import datetime as dt
import re
from typing import Final

from aws_cdk import Duration, Expiration
from aws_cdk import aws_appsync as appsync
from constructs import Construct

from lambdas.contracts.live_channels import NAMESPACES, NOTICES, UPDATES
from lambdas.contracts.outputs import LiveOutput
from lambdas.contracts.settings import LiveSettings
from stacks.constructs.outputs import write_outputs
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.hub import HubStack
from stacks.rules import When, event_types

TIMEOUT: Final = Duration.seconds(10)

LATE_AFTER: Final = Duration.minutes(1)
GIVE_UP_AFTER: Final = Duration.minutes(5)
"""Until then what is late is dropped and counted. What fails otherwise than by AppSync's word fails twice within it,
and is a dead letter at the second time."""

LONGEST_KEY_DAYS: Final = 365
"""AppSync's longest life of an API key (AppSync API reference, `CreateApiKey`)."""


class LiveStack(JamwireStack):
    """Pushes updates of the site and notices to open pages, which listen by `live/jamwire-live.js`.

    Visitors hold an API key, which is public: with it they can listen to every channel and publish on none. Each
    deployment renews it for a year.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        when: Which events it hears (`stacks.rules`): ``deploy.succeeded``, ``cdn.invalidated``, ``notice.*`` or
            single notices.
        late_after: Age above which an event is no news any more, and is dropped.
        key: Names the visitors' key. Another name is another key and the end of this one, which somebody may abuse.

    Raises:
        ValueError: No visitor is ever told of such an event, or the time breaks a guarantee.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        when: When,
        late_after: Duration = LATE_AFTER,
        key: str = "Visitors",
    ) -> None:
        _check(when, late_after)
        super().__init__(scope, id, hub=hub, description="Jamwire: events to open pages")
        api = self._make_api(key)
        url = f"https://{api.http_dns}/event"
        live = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.live.handler.handle",
            when=when,
            timeout=TIMEOUT,
            give_up_after=GIVE_UP_AFTER,
            idempotent=True,  # a page knows what it has seen
            custom_metrics=["TooLate", "TooLarge", "NotForVisitors"],
            settings=LiveSettings(http_url=url, late_after=late_after.to_seconds()),
            publishes=True,
        )
        for name in NAMESPACES:
            api.add_channel_namespace(name).grant_publish(live.function)
        write_outputs(
            self,
            {
                LiveOutput.HTTP_URL: url,
                LiveOutput.REALTIME_URL: f"wss://{api.realtime_dns}/event/realtime",
                LiveOutput.API_KEY: api.api_keys[key].attr_api_key,
            },
        )

    def _make_api(self, key: str) -> appsync.EventApi:
        by_role, by_key = appsync.AppSyncAuthorizationType.IAM, appsync.AppSyncAuthorizationType.API_KEY
        expires = Expiration.at_date(key_expiry(dt.datetime.now(dt.UTC)))
        visitors = appsync.AppSyncApiKeyConfig(
            name=key, description="Public: lets visitors listen", expires=expires
        )
        return appsync.EventApi(
            self,
            "Api",
            api_name=self.stack_name,
            authorization_config=appsync.EventApiAuthConfig(
                auth_providers=[
                    appsync.AppSyncAuthProvider(authorization_type=by_role),
                    appsync.AppSyncAuthProvider(authorization_type=by_key, api_key_config=visitors),
                ],
                connection_auth_mode_types=[by_key],
                default_publish_auth_mode_types=[by_role],
                default_subscribe_auth_mode_types=[by_key],
            ),
        )


def key_expiry(now: dt.datetime) -> dt.datetime:
    """When the key ends that is renewed now: in eleven months at least, at a month's beginning.

    So that not each deployment changes the template.
    """
    longest = now + dt.timedelta(days=LONGEST_KEY_DAYS - 1)
    return longest.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _check(when: When, late_after: Duration) -> None:
    notice = re.compile(rf"{re.escape(NOTICES)}[a-z0-9_.*-]+")
    for type in event_types(when):
        if type not in UPDATES and not notice.fullmatch(type):
            raise ValueError(
                f"The event type is {type!r}, expected one of which visitors are told: "
                f"{', '.join(sorted(UPDATES))} or {NOTICES}*."
            )
    if not 1 <= late_after.to_seconds() < GIVE_UP_AFTER.to_seconds():
        raise ValueError(
            f"late_after is {late_after.to_seconds()} s, expected 1 to {GIVE_UP_AFTER.to_seconds() - 1} s."
        )
