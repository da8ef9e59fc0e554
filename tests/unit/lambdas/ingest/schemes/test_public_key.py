"""Public keys: they verify, and are no secrets to sign with."""

import base64
import textwrap
from dataclasses import replace
from typing import get_args

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from jamwire.samples.signing import generate_key_pair, sign
from lambdas.ingest.schemes.document import read_scheme, scheme_document
from lambdas.ingest.schemes.keys import KeyAlgorithm
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.scheme import ENCODINGS
from lambdas.ingest.schemes.scheme import Encoding as SignatureEncoding
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


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_signature_is_read_in_its_own_alphabet(encoding: SignatureEncoding) -> None:
    scheme = PublicKey(encoding=encoding)
    private, public = generate_key_pair(scheme)
    alphabets = str.maketrans("+/-_", "-_+/")
    # Ten signatures, so that one has a letter in which the alphabets differ.
    for number in range(10):
        made = sign(scheme, private, request(b"%d" % number), now=NOW, delivery_id="")
        text = made.headers["x-signature"]
        other = replace(made, headers={"x-signature": text.translate(alphabets)})
        assert accepted(scheme, made, public)
        assert accepted(scheme, other, public) is (text == text.translate(alphabets))


def test_public_key_is_no_shared_secret() -> None:
    """Who knows the public key, and everybody may, must not be able to sign with it as a secret."""
    _, public = PAIRS["standard-webhooks-v1a"]
    assert not SCHEMES["standard-webhooks"].is_secret(public)


def framed(public: str, begin: str = "PUBLIC KEY", line: str = "\n") -> str:
    """A key as PEM."""
    return f"-----BEGIN {begin}-----{line}{line.join(textwrap.wrap(public, 64))}{line}-----END {begin}-----{line}"


@pytest.mark.parametrize("algorithm", get_args(KeyAlgorithm))
def test_key_of_any_kind_may_be_written_as_pem(algorithm: KeyAlgorithm) -> None:
    scheme = PublicKey(algorithm=algorithm, encoding="base64", key_prefix="key:")
    private, public = generate_key_pair(scheme)
    der = (
        load_der_private_key(base64.b64decode(private), None)
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    made = sign(scheme, private, request(b"{}"), now=NOW, delivery_id="")
    assert accepted(scheme, made, public)
    for line in ("\n", "\r\n", " ", "\\n", ""):
        pem = "key:" + framed(base64.b64encode(der).decode(), line=line)
        assert scheme.is_secret(pem)
        assert accepted(scheme, made, pem)
        assert not accepted(scheme, replace(made, body=b"[]"), pem)


@pytest.mark.parametrize("algorithm", get_args(KeyAlgorithm))
def test_key_of_another_kind_is_no_key(algorithm: KeyAlgorithm) -> None:
    scheme = PublicKey(algorithm=algorithm)
    kinds = {other: generate_key_pair(PublicKey(algorithm=other))[1] for other in get_args(KeyAlgorithm)}
    same = {other for other in kinds if other.partition("-")[0] == algorithm.partition("-")[0]}
    assert {other for other, public in kinds.items() if scheme.is_secret(public)} == same
    for text in (
        "",
        "x",
        "-----BEGIN PUBLIC KEY----------END PUBLIC KEY-----",
        framed("AAAA"),
        framed("\u00e9"),
        "\ud800",
    ):
        assert not scheme.is_secret(text)


def test_short_rsa_key_is_no_key() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024).public_key()  # noqa: S505
    der = short.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert not PublicKey(algorithm="rsa-sha256").is_secret(base64.b64encode(der).decode())


def test_key_without_its_prefix_is_no_key() -> None:
    scheme = PublicKey(key_prefix="whpk_")
    _, public = generate_key_pair(scheme)
    assert public.startswith("whpk_")
    assert scheme.is_secret(public)
    assert not scheme.is_secret(public.removeprefix("whpk_"))
    assert not scheme.is_secret("")
