"""What a rulebook says of an audience's channels. A mistake is refused where it is written, in one sentence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import getaddresses
from typing import ClassVar, Final

from aws_cdk import Duration, Token

from lambdas.contracts.audience_settings import (
    EmailSettings,
    PushSettings,
    TextSettings,
)
from lambdas.contracts.audience_topics import CHANNELS, Channel
from lambdas.contracts.push_origin import is_push_origin
from lambdas.contracts.sms_limits import Budget
from stacks.constructs.audience_checks import (
    ADDRESS,
    check_address,
    check_give_up_after,
    check_words,
    is_url,
)

PUSH_GIVE_UP_AFTER: Final = Duration.hours(1)
"""A push that says no `expires` is of use while its topic is on somebody's mind."""

GIVE_UP_AFTER: Final = Duration.hours(12)
"""Longer than the quiet hours; what is older than half a day is no news."""

QUIET_HOURS: Final = ("21:00", "08:00")
"""When the US let nobody be called or texted, in the follower's own time (47 CFR 64.1200(c)(1))."""

_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
IDENTITY: Final = re.compile(
    r"arn:aws[a-z-]*:sms-voice:[a-z0-9-]+:\d{12}:(phone-number|pool)/[A-Za-z0-9_:/-]+"
)

_MAX_PRICE: Final = 1.0
"""US dollars. No part of a text message costs as much anywhere (AWS End User Messaging's price list)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPush:
    """Web push, to browsers.

    Attributes:
        contact: Where a push service can reach who runs the site, ``mailto:`` or ``https:`` (RFC 8292, 2.1).
        services: Origins of push services beside those of the browsers' makers: ``https://push.example.com``.
        give_up_after: How long a push is tried whose notice does not say when it ends (`expires`).
        at_once: How many functions may send at once. Without it as many as Lambda has, which ingest shares: some
            hundreds after a minute, where a million are told.

    Raises:
        ValueError: A value is not valid; one sentence says what was expected.
    """

    channel: ClassVar[Channel] = "push"
    contact: str
    services: Sequence[str] = ()
    give_up_after: Duration = PUSH_GIVE_UP_AFTER
    at_once: int | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        scheme, _, rest = self.contact.partition(":")
        if not (scheme == "mailto" and ADDRESS.fullmatch(rest)) and not (
            scheme == "https" and is_url(self.contact)
        ):
            raise ValueError(
                f"The contact of WebPush is {self.contact!r}, expected one such as 'mailto:web@example.com' or "
                "'https://example.com/contact'."
            )
        for service in self.services:
            if not is_push_origin(service):
                raise ValueError(
                    f"The services of WebPush have {service!r}, expected an origin such as 'https://push.example.com'; "
                    "http:// on this machine only."
                )
        if self.at_once is not None and not 2 <= self.at_once <= 1000:
            raise ValueError(
                f"The at_once of WebPush is {self.at_once!r}, expected 2 to 1,000, which is what Lambda knows."
            )
        check_give_up_after("WebPush", self.give_up_after)

    @property
    def settings(self) -> PushSettings:
        """What the functions are told."""
        return PushSettings(
            push_contact=self.contact,
            push_services=tuple(self.services),
            push_give_up_after=self.give_up_after.to_seconds(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Email:
    """E-mail, through SES.

    Attributes:
        sender: Whom it is from: ``Harbour Buses <news@example.com>``, or the address alone. SES must know the address,
            or a domain that it is in, as an identity.
        consent: The words to which a person agrees.
        reply_to: Where answers go; to the sender where it is left out.
        address_line: The sender's postal address, which some laws want in each message.
        per_second: How many messages SES takes of the account in a second.
        questions_per_day: How many addresses may be asked on a day whether it was they who asked. It is what a stranger
            can have the site send who enters addresses of others.
        give_up_after: How long a message is tried.

    Raises:
        ValueError: A value is not valid; one sentence says what was expected.
    """

    channel: ClassVar[Channel] = "email"
    sender: str
    consent: str
    reply_to: str = ""
    address_line: str = ""
    per_second: float = 14.0
    questions_per_day: int = 1000
    give_up_after: Duration = GIVE_UP_AFTER

    def __post_init__(self) -> None:
        """Check the values."""
        check_address("sender", self.sender)
        if self.reply_to:
            check_address("reply_to", self.reply_to)
        check_words("consent", "Email", self.consent)
        if not 0 < self.per_second <= 10_000:
            raise ValueError(
                f"Email's per_second is {self.per_second!r}, expected a number above 0, up to 10,000."
            )
        if type(self.questions_per_day) is not int or self.questions_per_day < 1:
            raise ValueError(
                f"Email's questions_per_day is {self.questions_per_day!r}, expected a whole number from 1."
            )
        check_give_up_after("Email", self.give_up_after)

    @property
    def address(self) -> str:
        """The sender's address alone."""
        [(_, address)] = getaddresses([self.sender])
        return address

    @property
    def identities(self) -> list[str]:
        """As what SES may know the sender: its address, its domain, and the domains above that."""
        labels = self.address.rpartition("@")[2].split(".")
        return [self.address, *(".".join(labels[first:]) for first in range(len(labels) - 1))]

    def settings(self, configuration_set: str) -> EmailSettings:
        """What the functions are told."""
        return EmailSettings(
            email_from=self.sender,
            email_consent=self.consent,
            email_configuration_set=configuration_set,
            email_reply_to=self.reply_to,
            email_address_line=self.address_line,
            email_per_second=self.per_second,
            email_give_up_after=self.give_up_after.to_seconds(),
            email_questions_per_day=self.questions_per_day,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TextMessages:
    """Text messages, through AWS End User Messaging.

    Attributes:
        identity: ARN of the phone number or the pool that they come from. It must take answers, for STOP is one.
        consent: The words to which a person agrees.
        help: What HELP is answered.
        countries: Countries whose numbers may follow (ISO 3166-1): ``US``. Numbers of others are never sent anything.
        budget: How many parts may be sent on a day: to all followers, and to each (`per_number`).
        codes_per_day: Of these, how many may be codes for numbers that have not confirmed. It is what a stranger can
            spend who enters numbers of others.
        quiet_hours: Between which times of day nothing is sent, in the follower's time zone.
        max_price: US dollars that one part may cost at most.
        give_up_after: How long a message is tried.
        stop_words: Words that end it beside STOP and its kin, in the language of the site.

    Raises:
        ValueError: A value is not valid; one sentence says what was expected.
    """

    channel: ClassVar[Channel] = "text"
    identity: str
    consent: str
    help: str
    countries: Sequence[str]
    budget: Budget
    codes_per_day: int = 100
    quiet_hours: tuple[str, str] = QUIET_HOURS
    max_price: float = 0.05
    give_up_after: Duration = GIVE_UP_AFTER
    stop_words: Sequence[str] = ()

    def __post_init__(self) -> None:
        """Check the values."""
        if not Token.is_unresolved(self.identity) and not IDENTITY.fullmatch(self.identity):
            raise ValueError(
                f"The identity of TextMessages is {self.identity!r}, expected the ARN of a phone number or a pool, "
                "such as 'arn:aws:sms-voice:us-east-1:123456789012:phone-number/phone-0a1b2c': a sender id "
                "cannot hear STOP."
            )
        for name in ("consent", "help"):
            check_words(name, "TextMessages", getattr(self, name))
        _check_countries(self.countries)
        _check_limits(self)
        _check_quiet_hours(self.quiet_hours)
        check_give_up_after("TextMessages", self.give_up_after)

    def settings(self, configuration_set: str) -> TextSettings:
        """What the functions are told."""
        start, end = self.quiet_hours
        return TextSettings(
            text_identity=self.identity,
            text_consent=self.consent,
            text_help=self.help,
            text_countries=tuple(self.countries),
            text_per_day=self.budget.per_day,
            text_per_follower=self.budget.per_number,
            text_codes_per_day=self.codes_per_day,
            text_quiet_start=start,
            text_quiet_end=end,
            text_max_price=self.max_price,
            text_give_up_after=self.give_up_after.to_seconds(),
            text_stop_words=tuple(self.stop_words),
            text_configuration_set=configuration_set,
        )


AudienceChannel = WebPush | Email | TextMessages


@dataclass(frozen=True, slots=True, kw_only=True)
class Channels:
    """The channels of one audience; None for one that it has not.

    Attributes:
        push: Web push.
        email: E-mail.
        text: Text messages.
    """

    push: WebPush | None = None
    email: Email | None = None
    text: TextMessages | None = None

    @classmethod
    def of(cls, channels: Sequence[AudienceChannel | None]) -> "Channels":
        """The channels that a rulebook names; None stands for one that this account has not.

        Raises:
            ValueError: There is none, or two of one kind.
        """
        named = [channel for channel in channels if channel]
        if not named:
            raise ValueError(
                "channels is empty, expected one at least of WebPush(…), Email(…) and TextMessages(…)."
            )
        by_name = {channel.channel: channel for channel in named}
        if len(by_name) < len(named):
            given = ", ".join(type(channel).__name__ for channel in named)
            raise ValueError(f"channels has {given}, expected each kind once.")
        return cls(**by_name)  # type: ignore[arg-type]

    @property
    def names(self) -> list[Channel]:
        """The names of those that there are."""
        return [name for name in CHANNELS if getattr(self, name)]


def _check_countries(countries: Sequence[str]) -> None:
    if isinstance(countries, str) or not countries or not all(map(_COUNTRY.fullmatch, countries)):
        raise ValueError(
            f"The countries of TextMessages are {countries!r}, expected a list such as ['US', 'CA'] (ISO 3166-1)."
        )


def _check_limits(texts: TextMessages) -> None:
    if type(texts.codes_per_day) is not int or not 1 <= texts.codes_per_day <= texts.budget.per_day:
        raise ValueError(
            f"The codes_per_day of TextMessages is {texts.codes_per_day!r}, expected a whole number from 1 to the "
            f"budget's per_day, {texts.budget.per_day}."
        )
    if not 0 < texts.max_price <= _MAX_PRICE:
        raise ValueError(
            f"The max_price of TextMessages is {texts.max_price!r}, expected US dollars above 0, up to "
            f"{_MAX_PRICE:.2f}."
        )


def _check_quiet_hours(hours: tuple[str, str]) -> None:
    if len(hours) != 2 or not all(map(_TIME.fullmatch, hours)) or hours[0] == hours[1]:
        raise ValueError(
            f"The quiet_hours of TextMessages are {hours!r}, expected two different times of day such as "
            f"{QUIET_HOURS!r}."
        )
