"""What `stacks.audience` tells the audience's functions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from lambdas.contracts.audience_topics import Channel
from lambdas.contracts.environment import Settings

WORKERS_AT_ONCE: Final[Mapping[Channel, int]] = {"email": 2, "text": 2}
"""Workers that tell at once, of channels with a pace of their own: the least that Lambda knows (Lambda API reference,
`ScalingConfig`). Each worker keeps its part of the pace. Push services take what comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteOfAudience:
    """The site that the audience is of, in the words that its followers read.

    Attributes:
        name: What people call it.
        url: Where it is, without a slash at the end: its origin may use the endpoint.
        privacy_url: Where the site says what it does with people's data; empty where it is left out.
        locale: The language of pages and messages (BCP 47).
        zone: The time zone of who says none (IANA); empty for UTC.
    """

    name: str
    url: str
    privacy_url: str = ""
    locale: str = "en"
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceSettings(Settings):
    """What each of the audience's functions is told.

    Attributes:
        table: The audience's table (`lambdas.contracts.audience_table`).
        secret_arn: The secret with its keys (`lambdas.followers.keys`).
        topics_file: Where the topics are, in the function's own folder (`Topics.to_json`).
        site: The site.
        url: The public endpoint's address, with a slash at the end.
    """

    table: str
    secret_arn: str
    topics_file: str
    site: SiteOfAudience
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelQueues(Settings):
    """The queues of the channels' jobs, and of their questions; empty for a channel that there is not."""

    push_queue_url: str = ""
    email_queue_url: str = ""
    text_queue_url: str = ""
    email_questions_url: str = ""
    text_questions_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSettings(Settings):
    """What is told of web push.

    Attributes:
        push_contact: Where a push service can reach who runs the site: ``mailto:`` or ``https:`` (RFC 8292, 2.1).
        push_services: Origins of push services beside the known ones: ``https://push.example.com``.
        push_give_up_after: Seconds after which a push is no longer tried, where its notice does not say (`expires`).
    """

    push_contact: str
    push_services: tuple[str, ...] = ()
    push_give_up_after: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings(Settings):
    """What is told of e-mail.

    Attributes:
        email_from: The sender's address, as ``Harbour Buses <news@example.com>`` or bare.
        email_reply_to: Where answers go; empty for the sender.
        email_consent: The words to which a person agrees.
        email_configuration_set: SES's configuration set, whose events end what bounces.
        email_address_line: The sender's postal address, which some laws want in each message; empty for none.
        email_per_second: How many messages SES takes a second.
        email_give_up_after: Seconds after which a message is no longer tried.
        email_questions_per_day: E-mails that may be sent on a day to addresses that somebody has entered.
    """

    email_from: str
    email_consent: str
    email_configuration_set: str
    email_reply_to: str = ""
    email_address_line: str = ""
    email_per_second: float = 14.0
    email_give_up_after: float = 12 * 3600.0
    email_questions_per_day: int = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSettings(Settings):
    """What is told of text messages.

    Attributes:
        text_identity: Phone number, pool or sender id that they come from: an id or an ARN.
        text_consent: The words to which a person agrees.
        text_help: What HELP is answered.
        text_countries: Countries whose numbers may follow, as ``US``.
        text_per_day: Parts to all followers on a day.
        text_per_follower: Parts to one follower on a day.
        text_codes_per_day: Codes that may be sent on a day to numbers that have not confirmed.
        text_quiet_start: When the quiet hours begin in the follower's zone: ``21:00``.
        text_quiet_end: When they end.
        text_max_price: US dollars that one part may cost at most.
        text_give_up_after: Seconds after which a message is no longer tried.
        text_stop_words: Words that end it beside STOP and its kin, in the site's language.
        text_configuration_set: What tells of numbers that are none any more; empty for none.
    """

    text_identity: str
    text_consent: str
    text_help: str
    text_countries: tuple[str, ...]
    text_per_day: int
    text_per_follower: int
    text_codes_per_day: int
    text_quiet_start: str = "21:00"
    text_quiet_end: str = "08:00"
    text_max_price: float = 0.10
    text_give_up_after: float = 12 * 3600.0
    text_stop_words: tuple[str, ...] = ()
    text_configuration_set: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSettings(Settings):
    """What is told of the words of e-mails and text messages.

    Attributes:
        message_words_file: Where the site's own words are, in the function's own folder
            (`lambdas.contracts.audience_message_words`); empty for none.
    """

    message_words_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AudienceApiSettings(Settings):
    """What the public endpoint is told beside its channels' settings.

    Attributes:
        challenge_site_key: Turnstile's public key; empty for no challenge. Its secret is `challenge` in the keys.
        per_network: How often one network may ask to follow in an hour, and as often try a code.
        words_file: Where the site's own words are, in the function's own folder (`lambdas.contracts.audience_words`);
            empty for none.
    """

    challenge_site_key: str = ""
    per_network: int = 60
    words_file: str = ""
