"""An e-mail address that somebody typed: one, and nothing that could become a second recipient or a header."""

import re
from typing import Final

from lambdas.audience_api.problem import Problem

MAX_CHARACTERS: Final = 254
"""RFC 5321, section 4.5.3.1.3, without the brackets of a path."""

_MAX_LOCAL: Final = 64
_ATOM: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(\.{_ATOM})*")
"""A dot-atom (RFC 5322, section 3.2.3). Quoted ones nobody has, and SES takes ASCII only ("Email format")."""

_LABEL: Final = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"({_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}")
"""Names with a dot, whose last is no number: no address of a network (RFC 1123, section 2.1)."""


def email_of(said: str) -> str:
    """The address in its one form: lower case, the domain in ASCII.

    Raises:
        Problem: It is none.
    """
    local, _, domain = said.strip(" ").lower().rpartition("@")
    domain = _in_ascii(domain)
    address = f"{local}@{domain}"
    is_valid = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain)
    if not is_valid or len(local) > _MAX_LOCAL or len(address) > MAX_CHARACTERS:
        raise Problem(400, "wrong_address")
    return address


def _in_ascii(domain: str) -> str:
    """An internationalised name as DNS has it (RFC 5891)."""
    if domain.isascii():
        return domain
    import idna  # few addresses need its tables

    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise Problem(400, "wrong_address") from None
