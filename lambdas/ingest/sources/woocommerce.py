"""WooCommerce: orders and products."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from lambdas.ingest.answer import Answer, json_answer
from lambdas.ingest.handshakes import ComputedHandshake
from lambdas.ingest.identity import NeverRepeats
from lambdas.ingest.normalisers.content import WORDPRESS_INTERNAL
from lambdas.ingest.normalisers.sales import PRODUCT, sale_draft
from lambdas.ingest.normalisers.sales import TITLES as SALES
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Draft, Source, VerifiedRequest

_PRODUCT: Final = replace(
    PRODUCT, internal=WORDPRESS_INTERNAL, has_markup=True
)  # a product is a post of WordPress


def _answer_ping(request: Request, payload: Any, secrets: Sequence[str]) -> Answer | None:
    """WooCommerce's ping on creation is an unsigned form; it must get exactly 200 (class-wc-webhook.php)."""
    is_ping = request.method == "POST" and re.fullmatch(rb"webhook_id=[0-9]{1,20}", request.body)
    return json_answer({}) if is_ping and "x-wc-webhook-signature" not in request.headers else None


def _normalise(source: Source, request: VerifiedRequest) -> Draft:
    event_type = source.type_of(request.native_type)
    if event_type not in SALES:
        return _PRODUCT.normalise(source, request)
    amount = f"{request.text('total')} {request.text('currency')}".strip()
    return sale_draft(event_type, number=request.text("number") or request.text("id"), amount=amount)


SOURCE: Final = Source(
    name="woocommerce",
    scheme=Hmac(header="x-wc-webhook-signature", encoding="base64"),
    native_type="x-wc-webhook-topic",
    # class-wc-webhook.php makes one attempt. The delivery's id is of the hook and the second, and no two events'.
    identity=(NeverRepeats(),),
    headers=("x-wc-webhook-topic", "x-wc-webhook-delivery-id", "x-wc-webhook-resource"),
    types={
        "order.created": "order.created",
        "product.created": "content.published",
        "product.restored": "content.published",
        "product.updated": "content.updated",
        "product.deleted": "content.deleted",
    },
    normalise=_normalise,
    handshake=ComputedHandshake(_answer_ping, signed=False),
)
