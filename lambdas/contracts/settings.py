"""What a stack tells its function: one typed class for each subscriber, written once for both sides.

The stack writes an instance into the function's environment, the function reads it back: how is said in
`lambdas.contracts.environment`. Ingest's class is in `lambdas.contracts.ingest_settings`.
"""

from dataclasses import dataclass

from lambdas.contracts.environment import Settings
from lambdas.contracts.rate_limit import RateLimit
from lambdas.contracts.sms_limits import Budget, QuietHours


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriberSettings(Settings):
    """The settings that the runtime reads, the same for every subscriber.

    Attributes:
        stack_id: The id of the subscriber's stack in the rulebook, such as ``Slack``.
        queue_url: The subscriber's queue.
        dead_letters_url: Its dead-letter queue.
        ledger_table: The table of its deliveries.
        give_up_after: Seconds after which an event is no longer tried.
        rate_limit: How often the destination may be called; None for at any time.
        idempotent: Whether a delivery does no harm if it is repeated, so that it need not be claimed and
            recorded; None for not.
        state_table: The table of its state; None for a stateless subscriber.
        topic_arn: The hub's topic, for a subscriber that publishes events of its own.
    """

    stack_id: str
    queue_url: str
    dead_letters_url: str
    ledger_table: str
    give_up_after: float
    rate_limit: RateLimit | None = None
    idempotent: bool | None = None
    state_table: str | None = None
    topic_arn: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackSettings(Settings):
    """The settings of Slack's function; `secret_arn` is the secret that holds the webhooks' keyring."""

    secret_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SmsSettings(Settings):
    """The settings of the text messages' function.

    Attributes:
        phone_numbers: Who is told, in E.164.
        max_price: US dollars that one message may cost at most.
        budget: How many parts may be sent in a day.
        quiet_hours: When only what is critical is sent; None for never.
        origination_number: The number that they are sent from; one that SNS chooses where it is empty.
        identity: ARN of the phone number or pool of AWS End User Messaging that they are sent from, in place of SNS;
            None for SNS.
    """

    phone_numbers: tuple[str, ...]
    max_price: float
    budget: Budget
    quiet_hours: QuietHours | None = None
    origination_number: str = ""
    identity: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CdnSettings(Settings):
    """The settings of the CDN's function.

    Attributes:
        distributions: Ids of the CloudFront distributions, each of which gets every invalidation.
        wait_for_deploy: Whether content waits for its deploy.
        cache_tags: Whether the distributions know cache tags.
        window: Seconds from one invalidation to the next, in which changes are collected.
        page_twins: Whether a page is purged with its other addresses (`lambdas.cdn.items.page_twins`).
        paid_paths: Paths that may be paid for in a month, beyond the free ones.
    """

    distributions: tuple[str, ...]
    wait_for_deploy: bool = False
    cache_tags: bool = False
    page_twins: bool = False
    window: float = 10.0
    paid_paths: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildSettings(Settings):
    """The settings of the function that requests builds.

    Attributes:
        build_host: Name of the build host (`lambdas.contracts.build_hosts`).
        secret_arn: The secret that holds the build hook's keyring.
        quiet: Seconds without another publish after which a build is requested.
        longest_wait: Seconds after the first publish after which a build is requested in any case.
        longest_build: Seconds after which a build that was not heard of is taken for lost.
    """

    build_host: str
    secret_arn: str
    quiet: float
    longest_wait: float
    longest_build: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySettings(Settings):
    """The settings of the story's function.

    Attributes:
        until: The event type with which a story ends well.
        patience: Seconds after which a story without an end is told as it is.
    """

    until: str
    patience: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSettings(Settings):
    """The settings of the function that pushes to open pages.

    Attributes:
        http_url: AppSync's HTTP endpoint.
        states_table: The table of the topics' states.
        keep: Seconds after which a notice ends that names no end.
        private: How the topics begin that one visitor each may follow; empty where there are none.
    """

    http_url: str
    states_table: str
    keep: float
    private: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStateSettings(Settings):
    """The settings of the function that serves the state of topics.

    Attributes:
        states_table: The table of the topics' states.
        private_claim: The claim that names the visitor whom a private topic is about; empty where no topic is private.
    """

    states_table: str
    private_claim: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveKeySettings(Settings):
    """The settings of the function that renews the visitors' key: the API's id, and the key's."""

    api_id: str
    key_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveSettings(Settings):
    """The settings of the archive's function.

    Attributes:
        events_table: The event store's table.
        keep_seconds: How long an event is kept.
    """

    events_table: str
    keep_seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceSettings(Settings):
    """The settings of the function that tells of silent endpoints.

    Attributes:
        stack_id: The id of its stack in the rulebook.
        topic_arn: The hub's topic.
        state_table: The table of what is known (`lambdas.contracts.silence`).
        ingest_log: Ingest's log group, which says who was heard.
        expected_file: Where the seconds are within which each endpoint is to be heard, in the function's own folder.
    """

    stack_id: str
    topic_arn: str
    state_table: str
    ingest_log: str
    expected_file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmEventsSettings(Settings):
    """The settings of the function that publishes alarms as events; `topic_arn` is the hub's topic."""

    topic_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverySettings(Settings):
    """The settings of the function that asks senders for deliveries that failed.

    Attributes:
        stack_id: Id of its stack, by which the `jamwire` command knows the token.
        topic_arn: The hub's topic, on which it tells what it cannot recover.
        secret_arn: The secret that holds the token's keyring.
        webhooks: Each endpoint's URL, and the API's address of the webhooks among which its own is.
        every: Seconds from one run to the next.
    """

    stack_id: str
    topic_arn: str
    secret_arn: str
    webhooks: dict[str, str]
    every: float
