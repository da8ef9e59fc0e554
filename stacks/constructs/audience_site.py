"""What a rulebook says of the site that an audience is of."""

import re
from dataclasses import dataclass
from typing import Final

from lambdas.contracts.audience_settings import SiteOfAudience
from lambdas.contracts.sms_limits import is_zone
from stacks.constructs.audience_checks import check_url, check_words, origin_of

_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The site whose visitors follow it.

    Attributes:
        name: What people call it: ``Harbour Buses``.
        url: Where it is: ``https://example.com``. Only its pages may use the endpoint from a script.
        privacy_url: Where it says what it does with people's data; left out, no page links to it.
        locale: The language of pages and messages (BCP 47).
        zone: The time zone (IANA) of who follows by a form without a script, which says none: ``America/New_York``. UTC
            where it is left out; text messages want one, for their quiet hours.

    Raises:
        ValueError: A value is not valid; one sentence says what was expected.
    """

    name: str
    url: str
    privacy_url: str = ""
    locale: str = "en"
    zone: str = ""

    def __post_init__(self) -> None:
        """Check the values."""
        check_words("name", "the site", self.name)
        check_url("url", "the site", self.url)
        if self.privacy_url:
            check_url("privacy_url", "the site", self.privacy_url)
        if not _LOCALE.fullmatch(self.locale):
            raise ValueError(
                f"The locale of the site is {self.locale!r}, expected a language such as 'en' or 'pt-BR'."
            )
        if self.zone and not is_zone(self.zone):
            raise ValueError(
                f"The zone of the site is {self.zone!r}, expected a time zone such as 'America/New_York'."
            )

    @property
    def origin(self) -> str:
        """Whose scripts may use the endpoint."""
        return origin_of(self.url)

    @property
    def told(self) -> SiteOfAudience:
        """What the functions are told."""
        return SiteOfAudience(
            name=self.name,
            url=self.url.rstrip("/"),
            privacy_url=self.privacy_url,
            locale=self.locale,
            zone=self.zone,
        )


@dataclass(frozen=True, slots=True)
class Turnstile:
    """Cloudflare Turnstile, which asks whoever follows whether it is a person.

    Attributes:
        site_key: Its public key. Its secret is given to the deployment by the command, and never here.

    Raises:
        ValueError: It is not such a key.
    """

    site_key: str

    def __post_init__(self) -> None:
        """Check the key."""
        if not re.fullmatch(r"[0-9]x[A-Za-z0-9_-]{10,80}", self.site_key):
            raise ValueError(
                f"The site_key of Turnstile is {self.site_key!r}, expected one such as '0x4AAAAAAADnPIDROrmt1Wwj'."
            )
