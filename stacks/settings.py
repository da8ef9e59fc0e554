"""What differs between accounts: the values of `cdk.json`'s context, or of ``-c name=value``."""

import re
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from constructs import IConstruct

DEFAULT_DEPLOYMENT: Final = "Jamwire"
MAX_DEPLOYMENT: Final = 45
"""Characters of a deployment's name. The shortest of all names that begin with it is that of AppSync's API, which may
have 50 (AppSync API reference, `CreateApi`): ``<deployment>-Live``."""

E164: Final = re.compile(r"\+[1-9]\d{6,14}")

_ORIGIN: Final = r"(https://[^\s/?#@]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)"
"""Where something is; without TLS on this machine only."""

_ADDRESS: Final = r"[^@\s]+@[^@\s]+"

_FORMATS: Final = {
    "deployment": (
        re.compile(rf"[A-Za-z][A-Za-z0-9-]{{0,{MAX_DEPLOYMENT - 1}}}"),
        f"a letter, then letters, digits and hyphens, {MAX_DEPLOYMENT} in all at most",
    ),
    "alarm_email": (re.compile(rf"({_ADDRESS})?"), "an address such as 'oncall@example.com', or nothing"),
    "phone_numbers": (E164, "E.164 such as '+12065550100'"),
    "distributions": (re.compile(r"[A-Z0-9]{8,}"), "the id of a distribution such as 'E2QWRUHAPOMQZL'"),
    "site_url": (
        re.compile(rf"({_ORIGIN}(/[^\s?#]*)?)?"),
        "an address such as 'https://example.com', or nothing",
    ),
    "site_name": (re.compile(r"[^\x00-\x1f]{0,100}"), "what people call the site, in 100 characters"),
    "site_zone": (re.compile(r"[A-Za-z0-9_+/-]*"), "a time zone such as 'America/New_York', or nothing"),
    "site_contact": (
        re.compile(rf"(mailto:{_ADDRESS}|https://\S+)?"),
        "one such as 'mailto:web@example.com' or 'https://example.com/contact', or nothing",
    ),
    "push_services": (re.compile(_ORIGIN), "the origin of a push service such as 'https://push.example.com'"),
    "email_sender": (
        re.compile(rf"({_ADDRESS}|[^@<>\x00-\x1f]+ <{_ADDRESS}>)?"),
        "one address such as 'Harbour Buses <news@example.com>', or nothing",
    ),
    "text_identity": (
        re.compile(r"(arn:aws[a-z-]*:sms-voice:[a-z0-9-]+:\d{12}:(phone-number|pool)/\S+)?"),
        "the ARN of a phone number or a pool of AWS End User Messaging, or nothing",
    ),
}
"""The format of each value, or of each in a list, and how a person is told of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The values of one deployment.

    Attributes:
        deployment: First part of every stack's name; another one makes a second deployment in the account.
        alarm_email: Who is told of alarms; AWS asks this address to confirm. Nobody where it is empty.
        phone_numbers: Who gets text messages, in E.164.
        distributions: Ids of the site's CloudFront distributions.
        site_url: Where the site is whose visitors may follow it; nobody may where it is empty.
        site_name: What people call it.
        site_zone: The time zone of followers who say none; UTC where it is empty, which text messages do not allow.
        site_contact: Where a push service can reach who runs it.
        push_services: Origins of push services beside those of the browsers' makers.
        email_sender: Whom e-mails to followers are from; none are sent where it is empty.
        text_identity: What text messages to followers come from; none are sent where it is empty.

    Raises:
        ValueError: A value is not valid; one sentence says what was expected.
    """

    deployment: str = DEFAULT_DEPLOYMENT
    alarm_email: str = ""
    phone_numbers: tuple[str, ...] = ()
    distributions: tuple[str, ...] = ()
    site_url: str = ""
    site_name: str = ""
    site_zone: str = ""
    site_contact: str = ""
    push_services: tuple[str, ...] = ()
    email_sender: str = ""
    text_identity: str = ""

    def __post_init__(self) -> None:
        """Check the values."""
        for name, (pattern, expected) in _FORMATS.items():
            value = getattr(self, name)
            for one in value if isinstance(value, tuple) else [value]:
                if not isinstance(one, str) or not pattern.fullmatch(one):
                    raise ValueError(f"The setting {name} has the value {one!r}, expected {expected}.")

    @classmethod
    def from_context(cls, app: IConstruct) -> Self:
        """The settings of an app, whose lists are JSON's, or texts with commas or spaces between the values.

        Raises:
            ValueError: A value is not valid; one sentence says what was expected.
        """
        context = {field.name: app.node.try_get_context(field.name) for field in fields(cls)}
        known = {name: value for name, value in context.items() if value is not None}
        for name in ("phone_numbers", "distributions", "push_services"):
            known[name] = _listed(known.get(name, ""))
        return cls(**known)


def _listed(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str):
        return tuple(value.replace(",", " ").split())
    return tuple(value) if isinstance(value, list) else (value,)
