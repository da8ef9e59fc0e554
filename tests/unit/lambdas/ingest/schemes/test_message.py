"""Messages of several parts can be read in one way only: no byte moves from one part to another."""

import hashlib
import re
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lambdas.ingest.schemes.hmac_scheme import Hmac
from lambdas.ingest.schemes.message import Part, check_limits, check_message, compose, names_of, parts_of
from lambdas.ingest.schemes.scheme import VerificationError
from lambdas.ingest.schemes.times import TimestampUnit, check_time
from tests.fakes.ingest import NOW
from tests.unit.lambdas.ingest.schemes.verification import accepted, request

SECRET = b"s3cret"
ADDRESS = "https://jamwire.example/e"
DATE = "Fri, 15 Jan 2027 08:00:00 GMT"
TIMES: dict[TimestampUnit, tuple[str, ...]] = {
    "s": ("1800000000", "1800000001", "1799999999"),
    "ms": ("1800000000000", "1800000000180"),
    "rfc3339": ("2027-01-15T08:00:00Z", "2027-01-15T08:00:00.18Z", "2027-01-15T09:00:01+01:00"),
    "http-date": (DATE, DATE.replace("00 GMT", "01 GMT")),
}
TEMPLATES: list[tuple[str, TimestampUnit]] = [
    *(("{timestamp}{body}", unit) for unit in TIMES),
    *(("{body}{timestamp}", unit) for unit in TIMES),
    *(("{id}.{timestamp}.{body}", unit) for unit in TIMES),
    ("{id}{timestamp}{body}", "rfc3339"),
    ("{id}{timestamp}{body}", "http-date"),
    ("{timestamp}{id}{secret}{body}", "s"),
    ("{body}{timestamp}{secret}", "s"),
    ("{secret}{body}", "s"),
    ("{id}..{body}", "s"),
    ("{body}..{id}", "s"),
    ("{id}.{digest.md5.hex}", "s"),
    ("{digest.md5.hex}{id}", "s"),
    ("{header.x-a}:{id}:{body}:{header.x-b}", "s"),
    ("{body.a}|{body.b}|{body.c}", "s"),
    ("{timestamp}{body.a}", "s"),
    ("{url}{body}", "s"),
    ("{body}{url}", "s"),
    ("{url}|{body}", "s"),
    ("{method}{url}{body}{timestamp}", "ms"),
]

# What parts are made of: separators, and pieces of what stands beside them.
PIECES = [
    "1",
    "0",
    ".",
    "|",
    ":",
    "a",
    "?",
    "s3cret",
    "1800000000",
    "2027-01-15T08:00:00Z",
    "2027-",
    ADDRESS,
    DATE,
]
texts = st.lists(st.sampled_from(PIECES), max_size=3).map("".join)
urls = st.just(ADDRESS) | texts.map(lambda query: f"{ADDRESS}?{query}")


def value_of(name: str, unit: TimestampUnit) -> st.SearchStrategy[bytes]:
    if name == "timestamp":
        return st.sampled_from(TIMES[unit]).map(str.encode)
    if name.startswith("digest."):
        return texts.map(lambda text: hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().encode())
    if name == "method":
        return st.sampled_from([b"POST", b"PUT"])
    return (urls if name == "url" else texts).map(str.encode)


def could_be(name: str, value: bytes) -> bool:
    """Whether a stranger could send this value: the address, the method and the digest are not of his making."""
    if name == "url":
        return value.partition(b"?")[0] == ADDRESS.encode()
    if name == "method":
        return value in (b"POST", b"PUT")
    return not name.startswith("digest.") or bool(re.fullmatch(rb"[0-9a-f]{32}", value))


def readings(parts: Sequence[Part], whole: bytes) -> Iterator[dict[str, bytes]]:
    """Every way in which a message can be taken apart into the parts of its template."""
    if not parts:
        if not whole:
            yield {}
        return
    (text, name), rest = parts[0], parts[1:]
    if not name or name == "secret":
        known = SECRET if name else text.encode()
        yield from readings(rest, whole[len(known) :]) if whole.startswith(known) else ()
        return
    ends = range(len(whole) + 1) if rest else [len(whole)]
    for end in ends:
        if could_be(name, whole[:end]):
            yield from ({name: whole[:end]} | others for others in readings(rest, whole[end:]))


def is_accepted(message: str, unit: TimestampUnit, values: dict[str, bytes]) -> bool:
    try:
        if "timestamp" in values:
            check_time(values["timestamp"].decode("latin-1"), unit, 300, NOW)
        check_limits(message, unit, values)
    except VerificationError:
        return False
    return True


@pytest.mark.parametrize(("message", "unit"), TEMPLATES)
@given(data=st.data())
def test_message_can_be_read_in_one_way_only(message: str, unit: TimestampUnit, data: st.DataObject) -> None:
    names = [name for name in names_of(message) if name != "secret"]
    values = {name: data.draw(value_of(name, unit)) for name in names}
    # A stranger does not know the secret, and so cannot write it.
    assume("secret" not in message or not any(SECRET in value for value in values.values()))
    assume(is_accepted(message, unit, values))
    whole = compose(message, values | {"secret": SECRET})
    read = [found for found in readings(parts_of(message), whole) if is_accepted(message, unit, found)]
    assert read == [values]


@pytest.mark.parametrize("message", [message for message, _ in TEMPLATES])
def test_usual_values_are_accepted(message: str) -> None:
    unit = next(unit for template, unit in TEMPLATES if template == message)
    usual = {"timestamp": TIMES[unit][0].encode(), "url": ADDRESS.encode(), "method": b"POST", "id": b"msg_1"}
    values = {name: usual.get(name, b"{}") for name in names_of(message)}
    assert is_accepted(message, unit, values)


UNCERTAIN: list[tuple[str, TimestampUnit]] = [
    ("{id}{timestamp}{body}", "s"),
    ("{id}{timestamp}{body}", "ms"),
    ("{id}{body}", "s"),
    ("{body}{id}", "s"),
    ("{header.x-a}{body}", "s"),
    ("{body.a}{body.b}", "s"),
    ("{method}{body}", "s"),
    ("{body}{method}", "s"),
    ("{timestamp}{id}{body}", "s"),
    ("{id}{digest.sha256.hex}{body}", "s"),
    ("{body}{timestamp}{id}", "rfc3339"),
    ("{query.a}{url}{body}", "s"),
]


@pytest.mark.parametrize(("message", "unit"), UNCERTAIN)
def test_parts_without_a_certain_border_are_refused(message: str, unit: TimestampUnit) -> None:
    """The sentence has them in the order of the template, so that the writer finds the place."""
    expected = r"^The message is .* expected a text between (\{\S+\}) and (\{\S+\}): [^\n]*\.$"
    with pytest.raises(ValueError, match=expected) as refused:
        check_message(message, unit, with_secret=True)
    named = re.search(expected, str(refused.value))
    assert named
    assert f"{named[1]}{named[2]}" in message


def extended(message: bytes, more: bytes) -> bytes:
    """What length extension makes of a message that SHA-256 has hashed: its padding, and more (FIPS 180-4, section 5.1)."""
    padding = b"\x80" + bytes((55 - len(message)) % 64) + (8 * len(message)).to_bytes(8, "big")
    return message + padding + more


@given(body=st.binary(max_size=300).filter(lambda body: b"\0" not in body), more=st.binary(max_size=20))
def test_length_extension_of_a_plain_hash_is_refused(body: bytes, more: bytes) -> None:
    """Whoever knows the hash of a message knows that of the extended one, without the secret."""
    scheme = Hmac(message="{secret}{body}", header="x-hash")
    longer = extended(SECRET + body, more)
    forged = request(longer[len(SECRET) :], **{"x-hash": hashlib.sha256(longer).hexdigest()})
    assert not accepted(scheme, forged, "s3cret")
    honest = request(body, **{"x-hash": hashlib.sha256(SECRET + body).hexdigest()})
    assert accepted(scheme, honest, "s3cret")
