"""The normaliser of sales: what a shop earns is shown to people, what it sells is content of its site."""

from typing import Final

from lambdas.contracts.event import Notice
from lambdas.contracts.event_types import severity_of
from lambdas.ingest.normalisers import generic
from lambdas.ingest.normalisers.content import Content
from lambdas.ingest.source import Draft

TITLES: Final = {
    "order.created": "New order",
    "payment.succeeded": "Payment received",
    "payment.failed": "Payment failed",
}

PRODUCT: Final = Content(
    id=(("id",),),
    content_type=(("product_type",), ("type",)),
    slug=(("handle",), ("slug",)),
    url=(("permalink",),),
)


def sale_draft(event_type: str, *, number: str, amount: str, url: str = "", text: str = "") -> Draft:
    """A draft whose notice names the order's number and the amount, where there are any."""
    title = " ".join(part for part in (TITLES[event_type], number) if part)
    notice = Notice(
        title=f"{title}: {amount}" if amount else title,
        text=text[: generic.MAX_TEXT_LENGTH],
        url=generic.web_address(url),
        severity=severity_of(event_type),
    )
    return Draft(event_type, notice, subject=number)
