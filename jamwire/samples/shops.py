"""Samples of shops and payments."""

from collections.abc import Mapping
from typing import Final

from jamwire.samples.sample import Sample

_SHOPIFY: Final = {
    "id": "{fresh}",
    "name": "#1001",
    "total_price": "42.00",
    "currency": "EUR",
    "email": "ada@example.com",
}

_PRODUCT: Final = {
    "id": "{fresh}",
    "name": "Day ticket",
    "slug": "day-ticket",
    "type": "simple",
    "permalink": "https://docs.example.com/shop/day-ticket/",
}

_STRIPE: Final = {
    "id": "evt_{fresh}",
    "object": "event",
    "type": "payment_intent.payment_failed",
    "data": {
        "object": {
            "id": "pi_{fresh}",
            "object": "payment_intent",
            "amount": 4200,
            "currency": "eur",
            "last_payment_error": {"message": "Your card was declined."},
        }
    },
}

SAMPLES: Final[Mapping[str, Sample]] = {
    "shopify/order": Sample(
        "shopify", "somebody bought something", _SHOPIFY, {"x-shopify-topic": "orders/create"}
    ),
    "woocommerce/product": Sample(
        "woocommerce", "a product has changed", _PRODUCT, {"x-wc-webhook-topic": "product.updated"}
    ),
    "stripe/payment-failed": Sample("stripe", "a payment failed", _STRIPE),
}
