"""Shops and payments. What a shop sells is content of its site; what it earns is told."""

from typing import Final

from lambdas.contracts.event import Notice
from lambdas.contracts.event_types import severity_of
from lambdas.ingest.handshakes import WOOCOMMERCE as WOOCOMMERCE_PING
from lambdas.ingest.schemes import Hmac
from lambdas.ingest.sources import generic
from lambdas.ingest.sources.content import Content
from lambdas.ingest.sources.source import Delivery, Draft, Source

_WITHOUT_CENTS: Final = (
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
)
"""Currencies whose smallest unit is the unit (Stripe documentation, "Zero-decimal currencies")."""

_TITLES: Final = {
    "order.created": "New order",
    "payment.succeeded": "Payment received",
    "payment.failed": "Payment failed",
}

_PRODUCT: Final = Content(
    id=(("id",),),
    kind=(("product_type",), ("type",)),
    slug=(("handle",), ("slug",)),
    url=(("permalink",),),
)


def _sale(kind: str, *, number: str, amount: str, url: str = "", text: str = "", site: str = "") -> Draft:
    title = " ".join(part for part in (_TITLES[kind], number) if part)
    notice = Notice(
        title=f"{title}: {amount}" if amount else title,
        text=text[: generic.TEXT_LENGTH],
        url=generic.web_address(url),
        severity=severity_of(kind),
        site=site,
    )
    return Draft(kind, notice, subject=number)


def _shopify(source: Source, delivery: Delivery) -> Draft:
    kind = source.type_of(delivery.native_type)
    if kind not in _TITLES:
        return _PRODUCT.normalise(source, delivery)
    amount = f"{delivery.text('total_price')} {delivery.text('currency')}".strip()
    return _sale(kind, number=delivery.text("name"), amount=amount)


def _woocommerce(source: Source, delivery: Delivery) -> Draft:
    kind = source.type_of(delivery.native_type)
    if kind not in _TITLES:
        return _PRODUCT.normalise(source, delivery)
    amount = f"{delivery.text('total')} {delivery.text('currency')}".strip()
    return _sale(kind, number=delivery.text("number") or delivery.text("id"), amount=amount)


def _stripe(source: Source, delivery: Delivery) -> Draft:
    kind = source.type_of(delivery.native_type)
    if kind not in _TITLES:
        return generic.normalise(source, Delivery(delivery.native_type, {}))

    def field(*path: str) -> str:
        return delivery.text("data", "object", *path)

    is_payment = field("object") == "payment_intent"
    return _sale(
        kind,
        number="",
        amount=_money(field("amount") or field("amount_total") or field("amount_due"), field("currency")),
        text=field("last_payment_error", "message"),
        url=f"https://dashboard.stripe.com/payments/{field('id')}" if is_payment else "",
    )


def _money(smallest_units: str, currency: str) -> str:
    """An amount in a currency's smallest unit, as people write it."""
    if not smallest_units.isdecimal():
        return ""
    code = currency.upper()
    return f"{smallest_units} {code}" if code in _WITHOUT_CENTS else f"{int(smallest_units) / 100:.2f} {code}"


# shopify.dev, "Webhooks": the delivery's id and the topic are unsigned.
SHOPIFY: Final = Source(
    name="shopify",
    scheme=Hmac(header="x-shopify-hmac-sha256", encoding="base64"),
    native_type="x-shopify-topic",
    types={
        "orders/create": "order.created",
        "orders/paid": "payment.succeeded",
        "products/create": "content.published",
        "products/update": "content.updated",
        "products/delete": "content.deleted",
        "collections/create": "content.published",
        "collections/update": "content.updated",
        "collections/delete": "content.deleted",
    },
    normalise=_shopify,
)

# class-wc-webhook.php: the delivery's id is of the hook and the second, and no two events'.
WOOCOMMERCE: Final = Source(
    name="woocommerce",
    scheme=Hmac(header="x-wc-webhook-signature", encoding="base64"),
    native_type="x-wc-webhook-topic",
    types={
        "order.created": "order.created",
        "product.created": "content.published",
        "product.restored": "content.published",
        "product.updated": "content.updated",
        "product.deleted": "content.deleted",
    },
    normalise=_woocommerce,
    handshake=WOOCOMMERCE_PING,
)

# docs.stripe.com/webhooks: v0 is a test signature and ignored; the secret is taken whole, with its "whsec_". A charge
# tells of the same payment as its payment intent and keeps its own word.
STRIPE: Final = Source(
    name="stripe",
    scheme=Hmac(
        header="stripe-signature", split=",", key="v1", timestamp_key="t", message="{timestamp}.{body}"
    ),
    native_type=("type",),
    types={
        "checkout.session.completed": "order.created",
        "payment_intent.succeeded": "payment.succeeded",
        "payment_intent.payment_failed": "payment.failed",
        "invoice.payment_failed": "payment.failed",
    },
    normalise=_stripe,
)

SOURCES: Final = (SHOPIFY, WOOCOMMERCE, STRIPE)
