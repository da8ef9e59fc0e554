"""Public keys: they verify, and are no secrets to sign with."""

from dataclasses import replace

from jamwire.samples.signing import generate_key_pair, sign
from lambdas.ingest.schemes.document import read_scheme, scheme_document
from lambdas.ingest.schemes.public_key import PublicKey
from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.schemes.verification import PAIRS, SCHEMES, accepted, request


def test_ed25519_key_may_be_written_in_hex() -> None:
    scheme = PublicKey(
        header="x-signature-ed25519",
        timestamp="x-signature-timestamp",
        message="{timestamp}{body}",
        key_encoding="hex",
    )
    private, public = generate_key_pair(scheme)
    made = sign(scheme, private, request(b"{}"), now=NOW, delivery_id="")
    assert accepted(scheme, made, public)
    assert not accepted(scheme, replace(made, body=b"[]"), public)
    assert read_scheme(scheme_document(scheme)) == scheme


def test_public_key_is_no_shared_secret() -> None:
    """Who knows the public key, and everybody may, must not be able to sign with it as a secret."""
    _, public = PAIRS["standard-webhooks-v1a"]
    assert not SCHEMES["standard-webhooks"].is_secret(public)
