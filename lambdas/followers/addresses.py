"""Addresses in their one form: whatever way one is written, it is one follower (`lambdas.followers.identity`)."""

import re
from collections.abc import Sequence
from typing import Final

MAX_CHARACTERS: Final = 254
"""RFC 5321, section 4.5.3.1.3, without the brackets of a path."""

_MAX_LOCAL: Final = 64
_MAX_NUMBER: Final = 40
_ATOM: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(\.{_ATOM})*")
"""A dot-atom (RFC 5322, section 3.2.3). Quoted ones nobody has, and SES takes ASCII only ("Email format")."""

_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"({_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}")
"""Names with a dot, whose last is no number: no address of a network (RFC 1123, section 2.1)."""


_WITHOUT_DOTS: Final = frozenset({"gmail.com", "googlemail.com"})
"""One mailbox, with dots and without (Gmail's help, "Dots don't matter in Gmail addresses"), under either name."""


_SIMULATOR: Final = "simulator.amazonses.com"
"""Nobody's mailbox: labels tell trials apart (SES developer guide, "Using the mailbox simulator")."""


class BadAddressError(ValueError):
    """What was written is no address; the text does not repeat it."""


class BadCountryError(ValueError):
    """A number of a country whose numbers may not follow."""


def email_form(said: str) -> str:
    """An e-mail address: in lower case, the domain in ASCII.

    Raises:
        BadAddressError: It is none, or more than one.
    """
    local, _, domain = said.strip(" ").lower().rpartition("@")
    domain = _in_ascii(domain)
    address = f"{local}@{domain}"
    is_valid = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    if not is_valid or len(local) > _MAX_LOCAL or len(address) > MAX_CHARACTERS:
        raise BadAddressError("this is no e-mail address")
    return address


def mailbox_of(address: str) -> str:
    """What stands for the mailbox that an e-mail address leads to, as far as it can be seen; of no use to write to.

    Args:
        address: In its one form. What follows a ``+`` is a label nearly everywhere (RFC 5233).
    """
    local, _, domain = address.rpartition("@")
    if domain == _SIMULATOR:
        return address
    local = local.partition("+")[0] or local
    if domain in _WITHOUT_DOTS:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def number_form(said: str, countries: Sequence[str] | None = None) -> str:
    """A phone number that takes text messages: in E.164.

    Args:
        said: What was written. Where one country is allowed, its numbers may be written as at home.
        countries: Those that are allowed (ISO 3166-1 alpha-2); None for all.

    Raises:
        BadAddressError: It is none.
        BadCountryError: It is of another country.
    """
    import phonenumbers  # a tenth of a second, which only text messages need

    if len(said) > _MAX_NUMBER:
        raise BadAddressError("this is no phone number")
    try:
        number = phonenumbers.parse(said, countries[0] if countries and len(countries) == 1 else None)
    except phonenumbers.NumberParseException:
        raise BadAddressError("this is no phone number") from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise BadAddressError("this is no phone number")
    if countries is not None and phonenumbers.region_code_for_number(number) not in countries:
        raise BadCountryError("the country's numbers may not follow")
    # what is neither costs whoever is called, or takes no text messages
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if phonenumbers.number_type(number) not in mobile:
        raise BadAddressError("this number takes no text messages")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _in_ascii(domain: str) -> str:
    """An internationalised name as DNS has it (RFC 5891)."""
    if domain.isascii():
        return domain
    import idna  # few addresses need its tables

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise BadAddressError("this is no e-mail address") from None
