"""What reads a stranger's text, fuzzed by coverage: ``python -m tests.fuzz.parsers CORPUS -max_total_time=600 -seed=1``.

libFuzzer's arguments follow; what it finds it writes into a file ``crash-…``. A parser gives a value or raises what it says.
"""

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import atheris

import tests.conftest  # noqa: F401 - no way to an AWS account

with atheris.instrument_imports(include=["lambdas", "jmespath", "json", "email", "urllib", "base64"]):
    from lambdas.ingest.body import BadBodyError, UnsupportedTypeError, parse, parse_json
    from lambdas.ingest.drafts import draft, items_of
    from lambdas.ingest.endpoint_document import endpoints_document
    from lambdas.ingest.endpoints import read_endpoints
    from lambdas.ingest.request import Request
    from lambdas.ingest.schemes.scheme import VerificationError
    from lambdas.ingest.schemes.tokens import EventBridge
    from lambdas.ingest.source import without
    from lambdas.ingest.templates import Template, TemplateError
    from tests.fuzz.senders import BODIES, CONFIGURED
    from tests.fuzz.words import BODIES as RAW

NOW: Final = 1_800_000_000.0
SECRET: Final = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
EXPECTED: Final = (BadBodyError, UnsupportedTypeError, VerificationError, TemplateError)
ENDPOINTS: Final = [
    endpoint
    for endpoint in read_endpoints(endpoints_document(CONFIGURED)).values()
    if not isinstance(endpoint.scheme, EventBridge)
]


def reads_json(place: int, data: bytes) -> None:
    """Strict JSON, and a form."""
    formats = ("json", "json or form", "json or payload form")
    parse(Request(endpoint="x", method="POST", headers={}, body=data), formats[place % len(formats)])


def reads_event(place: int, data: bytes) -> None:
    """The event of API Gateway, its base64, its URL and query."""
    text = data.decode("utf-8", "surrogateescape")
    event = {
        "rawPath": "/x",
        "rawQueryString": text,
        "headers": {"content-type": text},
        "requestContext": {"http": {"method": "POST"}},
        "isBase64Encoded": bool(place % 2),
        "body": text,
    }
    try:
        request = Request.of(event)
    except ValueError:
        return
    assert isinstance(request.query, dict)
    assert request.path
    assert isinstance(request.content_type, str)


def verifies(place: int, data: bytes) -> None:
    """A scheme, of headers and a body; nobody signs by chance."""
    scheme = ENDPOINTS[place % len(ENDPOINTS)].scheme
    head, _, body = data.partition(b"\n\n")
    lines = [line.partition(b":") for line in head.split(b"\n")]
    headers = {
        name.decode("latin-1").lower(): value.strip().decode("utf-8", "replace") for name, _, value in lines
    }
    url = f"https://jamwire.example/x?{headers.pop('query', '')}"
    scheme.verify([SECRET], Request(endpoint="x", method="POST", headers=headers, body=body, url=url), NOW)


def answers(place: int, data: bytes) -> None:
    """A handshake."""
    asking = [endpoint.source.handshake for endpoint in ENDPOINTS if endpoint.source.handshake]
    handshake = asking[place % len(asking)]
    query, _, body = data.partition(b"\n")
    url = f"https://jamwire.example/x?{query.decode('utf-8', 'replace')}"
    headers = {
        "x-hook-secret": query.decode("latin-1"),
        "x-okta-verification-challenge": query.decode("latin-1"),
    }
    for method in ("GET", "HEAD", "POST"):
        request = Request(endpoint="x", method=method, headers=headers, body=body, url=url)
        answer = handshake.answer(request, parse_json(body) if handshake.signed else None, [SECRET])
        if answer:
            json.dumps(answer.body)


def normalises(place: int, data: bytes) -> None:
    """A source's normaliser and an endpoint's mapping, of any JSON."""
    endpoint = ENDPOINTS[place % len(ENDPOINTS)]
    payload = parse_json(data)
    for path in (*endpoint.scheme.credentials, *endpoint.source.credentials):
        payload = without(payload, path)
    list(draft(endpoint, {"x-github-event": "push", "x-event": "e"}, payload, items_of(endpoint, payload)))


def compiles(place: int, data: bytes) -> None:
    """A template of the rulebook, and what it finds."""
    text, _, body = data.decode("utf-8", "replace").partition("\n")
    template = Template.of(text)
    template.value(parse_json(body.encode()))


TARGETS: Final[tuple[Callable[[int, bytes], None], ...]] = (
    reads_json,
    reads_event,
    verifies,
    answers,
    normalises,
    compiles,
)


def fuzz(data: bytes) -> None:
    """The first byte chooses the parser, the second what of it."""
    if len(data) < 2:
        return
    try:
        TARGETS[data[0] % len(TARGETS)](data[1], data[2:])
    except EXPECTED:
        return


def write_corpus(folder: Path) -> None:
    """What senders send, for every parser."""
    folder.mkdir(parents=True, exist_ok=True)
    texts: list[bytes] = [json.dumps(body).encode() for body in BODIES]
    texts += [body for body in RAW if len(body) < 2000]
    texts += [urlencode(body, doseq=True).encode() for body in BODIES if isinstance(body, dict)]
    texts += [base64.b64encode(text) for text in texts[:10]]
    texts += [b"{title}\n" + text for text in texts[:10]]
    texts += [b"x-signature: t=1800000000,v1=00\nauthorization: Bearer x\n\n" + text for text in texts[:10]]
    for number, text in enumerate(texts):
        for target in range(len(TARGETS)):
            (folder / f"{number}-{target}").write_bytes(bytes([target, number % 256]) + text)


def main(arguments: list[str]) -> Any:
    """Fuzz until libFuzzer ends."""
    write_corpus(Path(arguments[1]))
    atheris.Setup([*arguments, "-timeout=10", "-max_len=4096", "-print_final_stats=1"], fuzz)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv)
