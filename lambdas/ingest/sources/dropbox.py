"""Dropbox: accounts with changed files."""

from collections.abc import Sequence
from typing import Any, Final

from lambdas.ingest.handshakes import Handshake, Reply, echo
from lambdas.ingest.identity import SameBody
from lambdas.ingest.normalisers import generic
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source


def _answer_challenge(request: Request, payload: Any, secrets: Sequence[str]) -> Reply | None:
    """Dropbox, "Webhooks: the verification request"."""
    return echo(request.query.get("challenge", "")) if request.method == "GET" else None


SOURCE: Final = Source(
    name="dropbox",
    scheme=Hmac(header="x-dropbox-signature"),
    native_type=("type",),
    # dropbox.com/developers/reference/webhooks: the body names accounts only, and a failed call is repeated over about
    # ten minutes. A longer window would keep a second change of the same account from being told.
    identity=(SameBody(),),
    normalise=generic.normalise,
    handshake=Handshake(_answer_challenge, signed=False),
)
