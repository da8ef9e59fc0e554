"""Dropbox: accounts with changed files."""

from typing import Final

from lambdas.ingest.handshakes import Handshake
from lambdas.ingest.identity import SameBody
from lambdas.ingest.normalisers import generic
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.source import Source

SOURCE: Final = Source(
    name="dropbox",
    scheme=Hmac(header="x-dropbox-signature"),
    native_type=("type",),
    # dropbox.com/developers/reference/webhooks: the body names accounts only, and a failed call is repeated over about
    # ten minutes. A longer window would keep a second change of the same account from being told.
    identity=(SameBody(),),
    normalise=generic.normalise,
    # Dropbox, "Webhooks: the verification request".
    handshake=Handshake(challenge="query.challenge"),
)
