"""Stripe: payments in every currency."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.lambdas.ingest.normalised import normalised

ZERO_DECIMAL = [
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "JPY",
    "KMF",
    "KRW",
    "MGA",
    "PYG",
    "RWF",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
]
THREE_DECIMAL = ["BHD", "JOD", "KWD", "OMR", "TND"]
"""docs.stripe.com/currencies, "Zero-decimal currencies" without UGX, which "Special cases" has, and "Three-decimal"."""


def paid(amount: object, currency: object) -> str:
    body = {"type": "payment_intent.succeeded", "data": {"object": {"amount": amount, "currency": currency}}}
    return normalised("stripe", body).notice.title.removeprefix("Payment received").removeprefix(": ")


@pytest.mark.parametrize(
    ("amount", "currency", "shown"),
    [
        (4205, "eur", "42.05 EUR"),
        (5, "usd", "0.05 USD"),
        (0, "usd", "0.00 USD"),
        *((1240, code.lower(), f"1240 {code}") for code in ZERO_DECIMAL),
        *((5120, code.lower(), f"5.120 {code}") for code in THREE_DECIMAL),
        *((700, code.lower(), f"7 {code}") for code in ("ISK", "UGX")),
        (701, "isk", "7.01 ISK"),  # from before ISK lost its cents
        (1045, "huf", "10.45 HUF"),
        (80045, "twd", "800.45 TWD"),
        (10**12, "usd", "10000000000.00 USD"),
        (4205, None, "42.05"),
        (None, "eur", ""),
        ("many", "eur", ""),
    ],
)
def test_amount_is_in_the_unit_of_its_currency(amount: object, currency: object, shown: str) -> None:
    assert paid(amount, currency) == shown


@given(amount=st.integers(0, 10**12), code=st.sampled_from(["eur", "jpy", "kwd", "ugx"]))
def test_no_part_of_an_amount_is_lost(amount: int, code: str) -> None:
    units = {"eur": 100, "jpy": 1, "kwd": 1000, "ugx": 100}[code]
    assert Decimal(paid(amount, code).partition(" ")[0]) * units == amount


@pytest.mark.parametrize(
    ("source", "native", "body", "title"),
    [
        (
            "shopify",
            "orders/create",
            {"name": "#7", "total_price": "92.000", "currency": "KWD"},
            "#7: 92.000 KWD",
        ),
        ("woocommerce", "order.created", {"number": "7", "total": "500", "currency": "UGX"}, "7: 500 UGX"),
    ],
)
def test_amount_of_a_shop_is_as_it_was_sent(source: str, native: str, body: object, title: str) -> None:
    assert normalised(source, body, native).notice.title == f"New order {title}"
