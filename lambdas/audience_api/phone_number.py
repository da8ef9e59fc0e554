"""A phone number that somebody typed: one that takes text messages, in a country whose messages the site pays for."""

from collections.abc import Sequence

from lambdas.audience_api.problem import Problem
from lambdas.followers.addresses import BadAddressError, BadCountryError, number_form


def number_of(said: str, countries: Sequence[str]) -> str:
    """The number in its one form.

    Args:
        said: What was typed.
        countries: Those that are allowed (ISO 3166-1 alpha-2).

    Raises:
        Problem: It is none, or of another country.
    """
    try:
        return number_form(said, countries)
    except BadAddressError:
        raise Problem(400, "wrong_number") from None
    except BadCountryError:
        raise Problem(400, "wrong_country") from None
