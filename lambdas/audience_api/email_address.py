"""An e-mail address that somebody typed: one, and nothing that could become a second recipient or a header."""

from lambdas.audience_api.problem import Problem
from lambdas.followers.addresses import BadAddressError, email_form


def email_of(said: str) -> str:
    """The address in its one form.

    Raises:
        Problem: It is none.
    """
    try:
        return email_form(said)
    except BadAddressError:
        raise Problem(400, "wrong_address") from None
