"""Stripe: checkouts and payments."""

from typing import Final

from lambdas.ingest.identity import Body, Fields
from lambdas.ingest.normalisers import generic
from lambdas.ingest.normalisers.sales import TITLES as SALES
from lambdas.ingest.normalisers.sales import sale_draft
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest

_WITHOUT_CENTS: Final = (
    *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
    *("PYG", "RWF", "UGX", "VND", "VUV", "XAF", "XOF", "XPF"),
)
"""Currencies whose smallest unit is the unit (Stripe documentation, "Zero-decimal currencies")."""


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    event_type = source.type_of(request.native_type)
    if event_type not in SALES:
        return generic.normalise(source, VerifiedRequest(request.native_type, {}))

    def field(*path: str) -> str:
        return request.text("data", "object", *path)

    is_payment = field("object") == "payment_intent"
    return sale_draft(
        event_type,
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


# docs.stripe.com/webhooks: v0 is a test signature and ignored; the secret is taken whole, with its "whsec_". A charge
# tells of the same payment as its payment intent and keeps its own word.
SOURCE: Final = Source(
    name="stripe",
    scheme=Hmac(
        header="stripe-signature", split=",", key="v1", timestamp_key="t", message="{timestamp}.{body}"
    ),
    native_type=("type",),
    # docs.stripe.com/webhooks, "Handle duplicate events". Other parts of the body, such as `pending_webhooks`, change
    # over retries.
    identity=(Fields((("id",),)), Body()),
    types={
        "checkout.session.completed": "order.created",
        "payment_intent.succeeded": "payment.succeeded",
        "payment_intent.payment_failed": "payment.failed",
        "invoice.payment_failed": "payment.failed",
    },
    normalise=_normalise,
)
