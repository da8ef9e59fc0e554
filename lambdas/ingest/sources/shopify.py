"""Shopify: orders, products and collections."""

from typing import Final

from lambdas.ingest.identity import Body
from lambdas.ingest.normalisers.sales import PRODUCT, sale_draft
from lambdas.ingest.normalisers.sales import TITLES as SALES
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest

_TYPES: Final = {
    "orders/create": "order.created",
    "orders/paid": "payment.succeeded",
    "products/create": "content.published",
    "products/update": "content.updated",
    "products/delete": "content.deleted",
    "collections/create": "content.published",
    "collections/update": "content.updated",
    "collections/delete": "content.deleted",
}


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    event_type = source.type_of(request.native_type)
    if event_type not in SALES:
        return PRODUCT.normalise(source, request)
    amount = f"{request.text('total_price')} {request.text('currency')}".strip()
    return sale_draft(event_type, number=request.text("name"), amount=amount)


# shopify.dev, "Webhooks"
SOURCE: Final = Source(
    name="shopify",
    scheme=Hmac(header="x-shopify-hmac-sha256", encoding="base64"),
    native_type="x-shopify-topic",
    # Each body has the time of its last change, and a retry repeats it (shopify.dev, "Ignore duplicate webhooks"). One
    # body serves two topics where an order is paid as it is made. The delivery's id is unsigned.
    identity=(Body(),),
    headers=("x-shopify-topic", "x-shopify-webhook-id", "x-shopify-event-id", "x-shopify-shop-domain"),
    topics=frozenset(_TYPES),
    types=_TYPES,
    normalise=_normalise,
)
