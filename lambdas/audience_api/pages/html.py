"""HTML in which nothing is markup by accident: what is filled in is escaped, unless it is HTML itself."""

import html
from collections.abc import Iterable
from string import Template


class Html(str):
    """Text that is markup."""

    __slots__ = ()


def fill(template: str, **values: str) -> Html:
    """Fill values into a template of ours."""
    return Html(Template(template).substitute({name: escaped(value) for name, value in values.items()}))


def escaped(value: str) -> Html:
    """Text as it is shown; HTML as it is."""
    return value if isinstance(value, Html) else Html(html.escape(value))


def joined(parts: Iterable[Html]) -> Html:
    """Parts, one after the other."""
    return Html("".join(parts))
