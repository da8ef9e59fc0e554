"""A phone number that somebody typed: one that takes text messages, in a country whose messages the site pays for."""

from collections.abc import Sequence
from typing import Final

from lambdas.audience_api.problem import Problem

_MAX_CHARACTERS: Final = 40


def number_of(said: str, countries: Sequence[str]) -> str:
    """The number in E.164. Where one country is allowed, its numbers may be typed as at home.

    Args:
        said: What was typed.
        countries: Those that are allowed (ISO 3166-1 alpha-2).

    Raises:
        Problem: It is none, or of another country.
    """
    import phonenumbers  # a tenth of a second, which only text messages need

    if len(said) > _MAX_CHARACTERS:
        raise Problem(400, "wrong_number")
    try:
        number = phonenumbers.parse(said, countries[0] if len(countries) == 1 else None)
    except phonenumbers.NumberParseException:
        raise Problem(400, "wrong_number") from None
    if not phonenumbers.is_valid_number(number) or number.extension:
        raise Problem(400, "wrong_number")
    if phonenumbers.region_code_for_number(number) not in countries:
        raise Problem(400, "wrong_country")
    # what is neither costs whoever is called, or takes no text messages
    mobile = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    if phonenumbers.number_type(number) not in mobile:
        raise Problem(400, "wrong_number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
