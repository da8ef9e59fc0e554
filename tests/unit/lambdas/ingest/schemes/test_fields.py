"""Fields of schemes: what does not fit is refused when the rulebook is read, in one sentence."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any, get_args

import pytest

from jamwire.samples.signing import sign
from lambdas.ingest.endpoint_document import Endpoint, endpoints_document
from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.document import Verification
from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.jwt_scheme import Jwt
from lambdas.ingest.schemes.public_key import PublicKey
from lambdas.ingest.schemes.scheme import MAX_SIGNATURES
from lambdas.ingest.schemes.times import MAX_TOLERANCE
from lambdas.ingest.schemes.tokens import BodyToken, Token
from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.schemes.verification import accepted, request

any_: Any = lambda value: value  # noqa: E731 - wrong types are what is tried
TIMED: dict[str, Any] = {"message": "{timestamp}.{body}"}
PAIRS: dict[str, Any] = TIMED | {"split": ",", "key": "v1"}
JWT: dict[str, Any] = {"algorithm": "RS256", "digest_claim": "sha256"}

WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "a header that is none": (lambda: Hmac(header="x signature"), "The header is 'x signature', expected "),
    "no header": (lambda: Hmac(header=""), "The header is '', expected "),
    "a header without a name": (lambda: Hmac(header=any_(None)), "The header is None, expected "),
    "no headers": (lambda: Hmac(header=()), r"The header is \(\), expected "),
    "headers of which one is none": (
        lambda: Hmac(header=("x-a", "")),
        r"The header is \('x-a', ''\), expected ",
    ),
    "a scheme as a header": (lambda: Hmac(header=any_(AnyOf(()))), r"The header is AnyOf\(.*, expected "),
    "a prefix without a text": (lambda: Hmac(prefix=any_(None)), "The prefix is None, expected a text."),
    "a number as a separator": (lambda: Hmac(split=any_(1)), "The split is 1, expected a text."),
    "a list as a message": (
        lambda: Hmac(message=any_(["{body}"])),
        r"The message is \['{body}'\], expected a text.",
    ),
    "a number as a tolerance in text": (
        lambda: Hmac(tolerance=any_("300")),
        "The tolerance is '300', expected ",
    ),
    "a truth value as a tolerance": (lambda: Hmac(tolerance=True), "The tolerance is True, expected "),
    "no tolerance": (lambda: Hmac(tolerance=0), "The tolerance is 0, expected "),
    "a tolerance of a month": (lambda: Hmac(tolerance=2_592_000), "The tolerance is 2592000, expected "),
    "an unknown hash": (
        lambda: Hmac(algorithm=any_("md5")),
        "The algorithm is 'md5', expected one of .*weak-md5.",
    ),
    "no hash": (lambda: Hmac(algorithm=any_(None)), "The algorithm is None, expected one of "),
    "an unknown encoding": (
        lambda: Hmac(encoding=any_("base32")),
        "The encoding is 'base32', expected one of ",
    ),
    "an encoding that is no text": (
        lambda: Hmac(encoding=any_(["hex"])),
        r"The encoding is \['hex'\], expected ",
    ),
    "an unknown unit": (
        lambda: Hmac(timestamp_unit=any_("h")),
        "The timestamp_unit is 'h', expected one of ",
    ),
    "a secret prefix that is no text": (
        lambda: Hmac(secret_prefix=any_(1)),
        "The secret_prefix is 1, expected a text.",
    ),
    "a message without the body": (
        lambda: Hmac(message="{timestamp}", timestamp="x-time"),
        "The message is '{timestamp}', expected '{body}' once",
    ),
    "a message with the body twice": (
        lambda: Hmac(message="{body}.{body}"),
        "The message is .* expected '{body}' once",
    ),
    "an empty message": (lambda: Hmac(message=""), "The message is '', expected '{body}' once"),
    "a name that is none": (
        lambda: Hmac(message="{query}.{body}"),
        "The message has {query}, expected one of ",
    ),
    "a header without a name in the message": (
        lambda: Hmac(message="{header.}.{body}"),
        "The message has {header.}, expected one of .*{header.<name>}",
    ),
    "a header that is none in the message": (
        lambda: Hmac(message="{header.x y}.{body}"),
        "The message has {header.x y}, expected one of ",
    ),
    "a parameter without a name": (
        lambda: Hmac(message="{query.}.{body}"),
        "The message has {query.}, expected ",
    ),
    "a field without a name": (lambda: Hmac(message="{body.a..b}"), "The message has {body.a..b}, expected "),
    "an unknown digest": (
        lambda: Hmac(message="{digest.crc32.hex}"),
        "The message has {digest.crc32.hex}, expected ",
    ),
    "nameless braces": (
        lambda: Hmac(message="{}{body}"),
        "The message is '{}{body}', expected a name in its braces",
    ),
    "a broken template": (lambda: Hmac(message="{body"), "The message is '{body', expected a template"),
    "a template with a format": (
        lambda: Hmac(message="{body!r}"),
        "The message is '{body!r}', expected plain names",
    ),
    "a secret in what a private key signs": (
        lambda: PublicKey(message="{secret}{body}"),
        "The message has {secret}, expected one of ((?!{secret}).)*$",
    ),
    "a time that is not signed": (
        lambda: Hmac(timestamp="x-time"),
        "The message is .* expected both of them or ",
    ),
    "a time in the body of which fields are signed": (
        lambda: Hmac(message="{body.a}", timestamp="body.t"),
        "The message is .* expected both of them or neither",
    ),
    "a signed time that is nowhere": (
        lambda: Hmac(**TIMED),
        "The message is .* expected both of them or neither",
    ),
    "an id that is not signed": (
        lambda: Hmac(id="x-id"),
        "The message is .* expected both of them or neither",
    ),
    "a place that is none": (
        lambda: Hmac(**TIMED, timestamp="x time"),
        "The timestamp is 'x time', expected a header such as 'x-timestamp'",
    ),
    "a parameter's place without a name": (
        lambda: Hmac(id="query."),
        "The id is 'query.', expected a header such as ",
    ),
    "a field that is none": (lambda: Hmac(field="a..b"), "The field is 'a..b', expected one such as "),
    "two places for the signature": (
        lambda: Hmac(query="a", field="b"),
        "The query is 'a' and the field 'b', expected ",
    ),
    "a signature that would sign itself": (
        lambda: Hmac(field="signature"),
        "The message is '{body}', expected fields of the body: ",
    ),
    "pairs that nothing separates": (
        lambda: Hmac(key="v1"),
        "The key is 'v1', expected it beside one header and ",
    ),
    "pairs in two headers": (
        lambda: Hmac(header=("x-a", "x-b"), split=",", key="v1"),
        "The key is 'v1', expected it beside one header and ",
    ),
    "pairs in the query": (
        lambda: Hmac(query="s", split=",", key="v1"),
        "The key is 'v1', expected it beside one ",
    ),
    "a place as text": (
        lambda: Hmac(**PAIRS, timestamp_key="0"),
        "The timestamp_key is '0', expected a name, or a place as a number: 0.",
    ),
    "a key as text": (
        lambda: Hmac(split=",", key="1"),
        "The key is '1', expected a name, or a place as a number: 1.",
    ),
    "a place before the first": (
        lambda: Hmac(split=",", key=-1),
        "The key is -1, expected a text, or a place ",
    ),
    "a place beyond the last": (
        lambda: Hmac(split=",", key=20),
        "The key is 20, expected a text, or a place ",
    ),
    "a truth value as a place": (
        lambda: Hmac(split=",", key=True),
        "The key is True, expected a text, or a place ",
    ),
    "no key": (
        lambda: Hmac(split=",", key=any_(None)),
        "The key is None, expected a text, or a place counted from 0.",
    ),
    "a place beside a name": (
        lambda: Hmac(**PAIRS, timestamp_key=0),
        "The timestamp_key is 0, expected it beside a ",
    ),
    "the same place twice": (
        lambda: Hmac(**TIMED, split=",", key=1, timestamp_key=1),
        "The timestamp_key is 1, expected another than the key.",
    ),
    "a pair's time without pairs": (
        lambda: Hmac(**TIMED, timestamp_key="t"),
        "The timestamp_key is 't', expected it ",
    ),
    "two times": (
        lambda: Hmac(**PAIRS, timestamp_key="t", timestamp="x-t"),
        "The timestamp_key is 't', expected it beside a key of its kind, without timestamp.",
    ),
    "an unknown kind of key": (
        lambda: PublicKey(algorithm=any_("rsa")),
        "The algorithm is 'rsa', expected one of ",
    ),
    "a key that is written otherwise": (
        lambda: PublicKey(key_encoding=any_("pem")),
        "The key_encoding is 'pem', expected one of base64, hex.",
    ),
    "a JWT that nobody signs": (
        lambda: Jwt(algorithm=any_("none"), digest_claim="a"),
        "The algorithm is 'none', expected one of RS256, ES256, HS256.",
    ),
    "a JWT that signs no body": (
        lambda: Jwt(algorithm="RS256", digest_claim=""),
        "The digest_claim is '', expected the claim with the body's SHA-256.",
    ),
    "a JWT's prefix that is no text": (
        lambda: Jwt(**JWT, prefix=any_(1)),
        "The prefix is 1, expected a text.",
    ),
    "a JWT's prefix without its blank": (
        lambda: Jwt(**JWT, prefix="Bearer"),
        "The prefix is 'Bearer', expected one that ends in no letter, such as 'Bearer '.",
    ),
    "a JWT in two headers": (
        lambda: Jwt(**JWT, header=any_(("a", "b"))),
        "The header is .* expected a text.",
    ),
    "a token's header that is none": (lambda: Token(header="x token"), "The header is 'x token', expected "),
    "a token's prefix that is no text": (lambda: Token(prefix=any_(1)), "The prefix is 1, expected a text."),
    "a token's prefix without its blank": (
        lambda: Token(prefix="Bearer"),
        "The prefix is 'Bearer', expected one that ends in no letter, such as 'Bearer '.",
    ),
    "a token's prefix in the query": (
        lambda: Token(prefix="Bearer ", query="token"),
        "The prefix is 'Bearer ' and the query 'token', expected a prefix in a header only.",
    ),
    "no prefix in the query": (
        lambda: Token(prefix="", query="token"),
        "The prefix is '' and the query 'token', expected a prefix in a header only.",
    ),
    "a token in a header and the query": (
        lambda: Token(header="X-Token", query="token"),
        "The header is 'x-token' and the query 'token', expected one of them.",
    ),
    "a signature in a header and the query": (
        lambda: Hmac(header=("x-a", "x-b"), query="sig"),
        r"The header is \('x-a', 'x-b'\) and the query 'sig', expected one of them.",
    ),
    "a signature in a header and the body": (
        lambda: Hmac(header="x-a", field="sig", message="{body.a}"),
        "The header is 'x-a' and the field 'sig', expected one of them.",
    ),
    "a token's parameter that is no text": (
        lambda: Token(query=any_(None)),
        "The query is None, expected a text.",
    ),
    "a path of letters": (
        lambda: BodyToken(path=any_("passcode")),
        r"The path is 'passcode', expected keys such as \('data', 'secret'\).",
    ),
    "an empty path": (lambda: BodyToken(path=()), r"The path is \(\), expected keys such as "),
    "a path with an empty key": (
        lambda: BodyToken(path=("a", "")),
        r"The path is \('a', ''\), expected keys such as ",
    ),
    "a path with a number": (
        lambda: BodyToken(path=any_(("a", 1))),
        r"The path is \('a', 1\), expected keys such as ",
    ),
    "a form's field that is no text": (
        lambda: BodyToken(path=("a",), form_field=any_(None)),
        "The form_field is None, expected a text.",
    ),
    **{
        f"{kind} as a source": (
            lambda source=source: endpoints_document({"x": source}),
            r"The source of 'x' is .*, expected a source's name such as 'github', or one of Hmac\(…\), PublicKey\(…\), ",
        )
        for kind, source in {
            "several schemes": AnyOf((Hmac(), Token())),
            "a class": Hmac,
            "a list": [Hmac()],
            "nothing": None,
            "a number": 1,
            "an endpoint's endpoint": Endpoint(any_(Endpoint("github"))),
        }.items()
    },
    **{
        f"the public URL {url!r}": (
            lambda url=url: endpoints_document({"x": Endpoint("github", public_url=any_(url))}),
            "The public_url of 'x' is .*, expected an address without a query such as ",
        )
        for url in ("hooks.example.com/x", "https://", "https://a/b?c", "https://a/#b", "https://a/ b", 1)
    },
}


@pytest.mark.parametrize(("make", "sentence"), WRONG.values(), ids=WRONG.keys())
def test_wrong_field_is_refused_in_one_sentence(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        make()
    text = str(refused.value)
    assert text.startswith("The ")
    assert ", expected " in text
    assert text.endswith(".")
    assert "\n" not in text


EVERY_FIELD = [(kind, field.name) for kind in get_args(Verification) for field in fields(kind)]
NEEDED: dict[type, dict[str, Any]] = {Jwt: JWT, BodyToken: {"path": ("a",)}}


@pytest.mark.parametrize(
    ("kind", "field"), EVERY_FIELD, ids=[f"{kind.__name__}.{field}" for kind, field in EVERY_FIELD]
)
def test_field_of_another_type_is_refused_by_its_name(kind: type, field: str) -> None:
    with pytest.raises(ValueError, match=rf"^The {field} is 1\.5, expected [^\n]*\.$"):
        kind(**NEEDED.get(kind, {}) | {field: 1.5})


@pytest.mark.parametrize("kind", sorted({kind for kind, field in EVERY_FIELD if field == "header"}, key=str))
def test_header_is_a_name_in_any_case(kind: Any) -> None:
    assert kind(**NEEDED.get(kind, {}), header="X-Proof").header == "x-proof"
    with pytest.raises(ValueError, match=r"^The header is 'x proof', expected "):
        kind(**NEEDED.get(kind, {}), header="x proof")


def test_headers_of_a_list_are_a_tuple() -> None:
    """So are they after the way through JSON."""
    assert Hmac(header=any_(["X-One", "x-two"])) == Hmac(header=("x-one", "x-two"))


@pytest.mark.parametrize("tolerance", [1, MAX_TOLERANCE])
def test_tolerance_may_be_a_second_or_a_week(tolerance: int) -> None:
    assert Hmac(tolerance=tolerance).tolerance == tolerance


def test_signature_may_be_the_last_part_that_is_looked_at() -> None:
    scheme = Hmac(split=",", key=MAX_SIGNATURES - 1)
    right = sign(Hmac(), "s", request(b"{}"), now=NOW, delivery_id="").headers["x-signature"]
    header = "," * (MAX_SIGNATURES - 1) + right
    assert accepted(scheme, request(b"{}", **{"x-signature": header}), "s")
