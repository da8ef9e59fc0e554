"""Pushes to the pages that visitors have open, through AppSync Events."""

import datetime as dt
import json
import re
from typing import Final

from aws_cdk import Duration, Expiration, Token
from aws_cdk import aws_appsync as appsync
from aws_cdk import aws_cloudfront as cloudfront
from constructs import Construct

from lambdas.contracts.live_channels import NAMESPACES, NOTICES, PRIVATE, UPDATES
from lambdas.contracts.live_private import PrivateTopics
from lambdas.contracts.outputs import LiveOutput, Output
from lambdas.contracts.settings import LiveSettings
from stacks.constructs.live_crowd import MAX_CONNECTIONS, add_crowd_alarm
from stacks.constructs.live_key import key_expiry, renew_key
from stacks.constructs.live_states import WRITE_ACTIONS, LiveStates
from stacks.constructs.outputs import write_outputs
from stacks.constructs.stack import JamwireStack
from stacks.constructs.subscriber import Subscriber
from stacks.hub import HubStack
from stacks.rules import When, event_types

TIMEOUT: Final = Duration.seconds(10)

GIVE_UP_AFTER: Final = Duration.minutes(30)
"""What ends meanwhile is dropped and counted; what is still true is pushed, and pages know what is newer. A dead letter
that is sent once more puts the state right, as each entry of it has its own order."""

KEEP: Final = Duration.hours(24)

_SEGMENT: Final = re.compile(r"[A-Za-z0-9]+(-[A-Za-z0-9]+)*")

_ONLY_ONES_OWN: Final = """import { util } from "@aws-appsync/utils";

// Segments: private, the topics' beginning, the visitor.
export function onSubscribe(ctx) {
  const visitor = ctx.identity.claims[%s];
  if (!visitor || ctx.info.channel.segments[2] !== visitor) {
    util.unauthorized();
  }
}
"""
"""Runs in AppSync (AWS AppSync Events developer guide, "onSubscribe handler")."""


class LiveStack(JamwireStack):
    """Pushes updates of the site and notices to open pages, which listen by `live/jamwire-live.js`.

    What was said is kept as the state of each topic, which a page reads that opens late. Visitors hold an API key,
    which is public: with it they can listen to every channel and publish on none. It lasts a year and is renewed each
    month.

    Args:
        scope: The app.
        id: Last part of the stack's name.
        hub: The hub it listens to.
        when: Which events it hears (`stacks.rules`): ``deploy.succeeded``, ``cdn.invalidated``, ``notice.*`` or
            single notices.
        key: Names the visitors' key. Another name is another key and the end of this one, which somebody may abuse.
        keep: After which time a notice is history that names no end of its own (`expires`).
        own_distribution: Whether the state has a CloudFront distribution of its own. Without one, the site's own serves
            it: ``distribution.add_behavior("/_jamwire/*", …)`` takes `state_behavior`.
        web_acl: ARN of an AWS WAF web ACL (scope CLOUDFRONT) before that distribution; none where it is left out.
        private: Topics that one visitor each may follow; none where it is left out.
        max_connections: From how many open pages on an alarm tells.

    Raises:
        ValueError: No visitor is ever told of such an event, or a time or a name breaks a guarantee.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hub: HubStack,
        when: When,
        key: str = "Visitors",
        keep: Duration = KEEP,
        own_distribution: bool = True,
        web_acl: str | None = None,
        private: PrivateTopics | None = None,
        max_connections: int = MAX_CONNECTIONS,
    ) -> None:
        _check(when)
        _check_private(private)
        if web_acl and not own_distribution:
            raise ValueError("The state has no distribution of its own, expected web_acl on the site's.")
        super().__init__(scope, id, hub=hub, description="Jamwire: events to open pages")
        api = self._make_api(key, private)
        states = LiveStates(self, "State", service=f"{self.stack_name}-State", private=private)
        url = f"https://{api.http_dns}/event"
        live = Subscriber(
            self,
            "Subscriber",
            hub=hub,
            handler="lambdas.live.handler.handle",
            when=when,
            timeout=TIMEOUT,
            give_up_after=GIVE_UP_AFTER,
            idempotent=True,  # a page knows what it has seen, and the state is the same
            custom_metrics=["TooLate", "TooLarge", "NotForVisitors", "UnreadableStates"],
            settings=LiveSettings(
                http_url=url,
                states_table=states.table.table_name,
                keep=keep.to_seconds(),
                private=private.beginning if private else "",
            ),
            publishes=True,
        )
        states.table.grant(live.function, *WRITE_ACTIONS)
        for name in NAMESPACES:
            api.add_channel_namespace(name).grant_publish(live.function)
        if private:
            _add_private_namespace(api, private).grant_publish(live.function)
        renew_key(self, hub, api, key)
        add_crowd_alarm(self, hub, api, max_connections)
        self._states = states
        outputs: dict[Output, str] = {
            LiveOutput.HTTP_URL: url,
            LiveOutput.REALTIME_URL: f"wss://{api.realtime_dns}/event/realtime",
            LiveOutput.API_KEY: api.api_keys[key].attr_api_key,
            LiveOutput.STATES_TABLE: states.table.table_name,
        }
        if states.private_url:
            outputs[LiveOutput.PRIVATE_STATE_URL] = f"{states.private_url}/"
        if own_distribution:
            distribution = states.add_distribution(f"{self.stack_name}: the state of topics", web_acl)
            outputs[LiveOutput.STATE_URL] = f"https://{distribution.distribution_domain_name}/"
        write_outputs(self, outputs)

    @property
    def state_behavior(self) -> cloudfront.BehaviorOptions:
        """How a distribution serves the state."""
        return self._states.behavior

    def _make_api(self, key: str, private: PrivateTopics | None) -> appsync.EventApi:
        by_role, by_key = appsync.AppSyncAuthorizationType.IAM, appsync.AppSyncAuthorizationType.API_KEY
        by_token = (
            appsync.AppSyncAuthProvider(
                authorization_type=appsync.AppSyncAuthorizationType.OIDC,
                open_id_connect_config=appsync.AppSyncOpenIdConnectConfig(
                    oidc_provider=private.issuer, client_id=private.audience
                ),
            )
            if private
            else None
        )
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
                    *([by_token] if by_token else []),
                ],
                connection_auth_mode_types=[by_key],
                default_publish_auth_mode_types=[by_role],
                default_subscribe_auth_mode_types=[by_key],
            ),
        )


def _check(when: When) -> None:
    notice = re.compile(rf"{re.escape(NOTICES)}[a-z0-9_.*-]+")
    for type in event_types(when):
        if type not in UPDATES and not notice.fullmatch(type):
            raise ValueError(
                f"The event type is {type!r}, expected one of which visitors are told: "
                f"{', '.join(sorted(UPDATES))} or {NOTICES}*."
            )


def _check_private(private: PrivateTopics | None) -> None:
    if private is None:
        return
    if not _SEGMENT.fullmatch(private.beginning):
        raise ValueError(
            f"Private topics begin with {private.beginning!r}, expected one word of letters, digits and single "
            "hyphens, such as 'account'."
        )
    if not (Token.is_unresolved(private.issuer) or private.issuer.startswith("https://")):
        raise ValueError(f"The issuer of private topics is {private.issuer!r}, expected an https:// URL.")
    if not private.audience or not private.claim:
        raise ValueError(
            "Private topics have no audience or no claim, expected the client's id and a claim such as 'sub'."
        )


def _add_private_namespace(api: appsync.EventApi, private: PrivateTopics) -> appsync.ChannelNamespace:
    """The namespace of private topics, to which a visitor may listen below the name that the token gives."""
    return api.add_channel_namespace(
        PRIVATE,
        authorization_config=appsync.NamespaceAuthConfig(
            subscribe_auth_mode_types=[appsync.AppSyncAuthorizationType.OIDC]
        ),
        code=appsync.Code.from_inline(_ONLY_ONES_OWN % json.dumps(private.claim)),
    )
