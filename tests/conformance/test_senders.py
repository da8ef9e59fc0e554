"""Senders outside the catalogue: what each signs is accepted by its configuration, and nothing that was changed."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docs.signature_examples import EXAMPLES
from jamwire.samples.signing import generate_key_pair
from lambdas.ingest.endpoint_document import Endpoint
from lambdas.ingest.ingest import Refusal
from lambdas.ingest.request import Request
from lambdas.ingest.schemes.message import covers_body
from lambdas.ingest.schemes.signed import SignedMessage
from lambdas.ingest.schemes.tokens import Basic, BodyToken, Token
from tests.conformance.senders import SECRET, SENDERS, Sent
from tests.fakes.ingest import IngestHarness

CONFIGURED = {example.sender: example.configuration for example in EXAMPLES}
SCHEMES = {name: of.source if isinstance(of, Endpoint) else of for name, of in CONFIGURED.items()}
WHOLE = [
    name
    for name, scheme in SCHEMES.items()
    if not isinstance(scheme, Token | Basic | BodyToken)
    if not isinstance(scheme, SignedMessage) or covers_body(scheme.message)
]
"""Senders that sign all of the body."""

# All that Python strips, and what people take for nothing: zero-width and other blank characters.
WHITE = sorted(
    {chr(code) for code in range(0x3001) if chr(code).isspace()} | set("\0\x1f\x7f\u200b\u2060\ufeff")
)

every_sender = pytest.mark.parametrize("name", SENDERS)


@cache
def sent(name: str) -> Sent:
    return SENDERS[name]()


@cache
def harness(name: str, now: float) -> IngestHarness:
    return IngestHarness({"x": CONFIGURED[name]}, secrets={"x": (sent(name).secret,)}, now=now)


def request(of: Sent) -> Request:
    url = f"https://jamwire.example/x{of.query}"
    return Request(endpoint="x", method="POST", headers=of.headers, body=of.body, url=url)


def status(name: str, of: Sent, *, late: float = 0, secret: str = "") -> int:
    """The status, 0 for what is accepted."""
    ours = harness(name, of.now + late)
    ours.secrets = {"x": (secret or sent(name).secret,)}
    try:
        ours.ingest.accept(request(of))
    except Refusal as refusal:
        return refusal.status
    return 0


def changed(of: Sent, header: str, value: str) -> Sent:
    return replace(of, headers={**of.headers, header: value})


def proven(of: Sent) -> Iterator[tuple[str, int]]:
    """The places in headers on which something depends."""
    for header, value in of.headers.items():
        free = {at for text in of.unproven if text in value for at in range(len(text))}
        yield from ((header, at) for at in range(len(value)) if at not in free)


def test_every_example_is_played() -> None:
    assert list(CONFIGURED) == sorted(CONFIGURED, key=str.lower)
    assert set(CONFIGURED) == set(SENDERS)
    assert len(SENDERS) >= 25


@every_sender
def test_request_of_sender_is_accepted(name: str) -> None:
    assert status(name, sent(name)) == 0


@every_sender
def test_request_under_other_secret_is_refused(name: str) -> None:
    _, other = generate_key_pair(SCHEMES[name])
    assert status(name, sent(name), secret=other) == 401


@pytest.mark.parametrize("name", WHOLE)
@given(data=st.data())
def test_body_with_a_changed_byte_is_refused(name: str, data: st.DataObject) -> None:
    body = bytearray(sent(name).body)
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    assert status(name, replace(sent(name), body=bytes(body))) == 401


@pytest.mark.parametrize("name", WHOLE)
@pytest.mark.parametrize("more", [b" ", b"\n", b"\0", b"\xc2\xa0", b"0", b"}"])
def test_body_with_more_is_refused(name: str, more: bytes) -> None:
    of = sent(name)
    for body in (of.body + more, more + of.body, of.body[:-1]):
        assert status(name, replace(of, body=body)) == 401


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *(("Mailgun", text) for text in (b"a8ce0edb", b"1800000000")),
        *(("Tap Payments", text) for text in (b"chg_1", b"12.50", b"KWD", b"CAPTURED", b"123456", b"34072")),
    ],
)
def test_changed_field_is_refused_where_fields_are_signed(name: str, text: bytes) -> None:
    of = sent(name)
    for other in (text[:-1] + b"9", text[:-1], text + b"0"):
        assert status(name, replace(of, body=of.body.replace(text, other))) == 401


@every_sender
@given(data=st.data())
def test_header_with_a_changed_byte_is_refused(name: str, data: st.DataObject) -> None:
    """Hex in the other case is the same signature."""
    places = list(proven(sent(name)))
    if not places:
        return
    header, at = data.draw(st.sampled_from(places))
    value = sent(name).headers[header]
    other = data.draw(st.characters(max_codepoint=0x17F).filter(lambda it: it.lower() != value[at].lower()))
    assert status(name, changed(sent(name), header, value[:at] + other + value[at + 1 :])) == 401


@every_sender
@given(data=st.data())
def test_white_space_in_a_header_is_refused(name: str, data: st.DataObject) -> None:
    """HTTP allows spaces and tabs after the comma of a list, and nothing else anywhere else."""
    places = list(proven(sent(name)))
    if not places:
        return
    header, at = data.draw(st.sampled_from(places))
    value = sent(name).headers[header]
    split = getattr(SCHEMES[name], "split", "")
    white = WHITE if not split else [text for text in WHITE if text not in " \t"]
    with_space = value[:at] + data.draw(st.sampled_from(white)) + value[at:]
    assert status(name, changed(sent(name), header, with_space)) == 401


@every_sender
def test_white_space_around_a_header_is_refused(name: str) -> None:
    of = sent(name)
    for header, value in of.headers.items():
        around = [(white, at) for white in WHITE for at in (0, len(value)) if value not in of.unproven]
        for white, at in around:
            if at or not value.startswith(of.unproven or "\n"):
                assert status(name, changed(of, header, value[:at] + white + value[at:])) == 401
    for white in WHITE if of.query else ():
        assert status(name, replace(of, query=f"{of.query}{quote(white)}")) == 401


@every_sender
def test_missing_header_is_refused(name: str) -> None:
    of = sent(name)
    for header in {header for header, value in of.headers.items() if value not in of.unproven}:
        assert status(name, changed(of, header, "")) == 401
        left = {other: value for other, value in of.headers.items() if other != header}
        assert status(name, replace(of, headers=left)) == 401
    if of.query:
        for query in ("", "?", "?signature=", "?other=1"):
            assert status(name, replace(of, query=query)) == 401


def tolerance(name: str) -> int:
    scheme = SCHEMES[name]
    signs = getattr(scheme, "signs_time", False) or bool(getattr(scheme, "time_claim", ""))
    return int(getattr(scheme, "tolerance", 0)) if signs else 0


@pytest.mark.parametrize("name", [name for name in SENDERS if tolerance(name)])
def test_old_request_is_refused(name: str) -> None:
    for direction in (1, -1):
        assert status(name, sent(name), late=direction * (tolerance(name) - 1)) == 0
        assert status(name, sent(name), late=direction * (tolerance(name) + 1)) == 401


@pytest.mark.parametrize("name", ["Figma", "Ko-fi"])
def test_token_in_the_body_does_not_leave_ingest(name: str) -> None:
    ours = harness(name, sent(name).now)
    ours.secrets = {"x": (SECRET,)}
    event = ours.accept(request(sent(name)))
    assert SECRET not in event.to_json()
    assert event.body


def test_url_behind_a_proxy_is_the_public_one() -> None:
    of = sent("Square")
    ours = IngestHarness({"x": SCHEMES["Square"]}, secrets={"x": (of.secret,)})
    with pytest.raises(Refusal):
        ours.ingest.accept(request(of))
