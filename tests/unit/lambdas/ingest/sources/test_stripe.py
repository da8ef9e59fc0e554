"""Stripe: payments in every currency."""

from tests.unit.lambdas.ingest.normalised import normalised


def test_amount_is_in_the_unit_of_its_currency() -> None:
    def paid(amount: int, currency: str) -> str:
        body = {
            "type": "payment_intent.succeeded",
            "data": {"object": {"amount": amount, "currency": currency}},
        }
        return normalised("stripe", body).notice.title

    assert paid(4205, "eur") == "Payment received: 42.05 EUR"
    assert paid(500, "jpy") == "Payment received: 500 JPY"
