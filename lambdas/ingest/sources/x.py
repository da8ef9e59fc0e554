"""X: account activity."""

import base64
from collections.abc import Sequence
from typing import Any, Final

from lambdas.ingest.answer import Answer, json_answer
from lambdas.ingest.handshakes import ComputedHandshake, could_be_body, sign_challenge
from lambdas.ingest.identity import Body
from lambdas.ingest.normalisers import generic
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source


def _answer_challenge(request: Request, payload: Any, secrets: Sequence[str]) -> Answer | None:
    """X developer documentation, "Challenge-Response Checks". A token that is JSON would be signed as a body."""
    token = request.query.get("crc_token", "")
    if request.method != "GET" or not token or could_be_body(token):
        return None
    digest = base64.b64encode(sign_challenge(secrets[-1], token)).decode()
    return json_answer({"response_token": f"sha256={digest}"})


SOURCE: Final = Source(
    name="x",
    scheme=Hmac(header="x-twitter-webhooks-signature", encoding="base64", prefix="sha256="),
    native_type=("type",),
    # X developer documentation, "Account Activity: retries": activities have ids and times of their own.
    identity=(Body(),),
    normalise=generic.normalise,
    handshake=ComputedHandshake(_answer_challenge, signed=False),
)
