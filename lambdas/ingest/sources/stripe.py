"""Stripe: checkouts and payments."""

from decimal import Decimal
from typing import Final

from lambdas.ingest.identity import Body, Fields
from lambdas.ingest.normalisers import generic
from lambdas.ingest.normalisers.sales import TITLES as SALES
from lambdas.ingest.normalisers.sales import sale_draft
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest

_DECIMALS: Final = {
    **dict.fromkeys(
        (
            *("BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA"),
            *("PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"),
        ),
        0,
    ),
    **dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 3),
}
"""Digits after the point in which Stripe counts, for currencies in which they are not two.

Stripe documentation, "Supported currencies": zero-decimal and three-decimal currencies. Its units are not those of
ISO 4217: "Special cases" has ISK and UGX, which have no cents, in hundredths, and HUF and TWD in hundredths as well.
"""

_WITHOUT_CENTS: Final = ("ISK", "UGX")
"""Currencies that are counted in hundredths and have none."""


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


def _money(units: str, currency: str) -> str:
    """An amount in the unit in which Stripe counts, as people write it."""
    if not units.isdecimal():
        return ""
    code = currency.upper()
    amount = Decimal(units).scaleb(-_DECIMALS.get(code, 2))
    if code in _WITHOUT_CENTS and amount == amount.to_integral_value():
        amount = amount.to_integral_value()
    return f"{amount:f} {code}".strip()


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
