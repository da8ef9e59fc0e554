"""What is JSON for ingest: strict, shallow, unambiguous."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.ingest.body import BadBodyError, UnsupportedTypeError, parse, parse_json
from tests.unit.lambdas.ingest.world import a_request

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=20,
)


@given(values)
def test_reads_what_any_sender_writes(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_refused(body: bytes) -> None:
    with contextlib.suppress(BadBodyError):
        parse_json(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"{",
        b"\xff\xfe{}",
        b'{"a": "\xc3"}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b"NaN",
        b'{"a": Infinity}',
        b"[1e999]",
        b"\xef\xbb\xbf{}",
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 5000,
    ],
)
def test_what_is_ambiguous_or_too_deep_is_refused(body: bytes) -> None:
    with pytest.raises(BadBodyError):
        parse_json(body)


@pytest.mark.parametrize(
    "content_type",
    ["", "application/json", "application/json; charset=utf-8", "application/cloudevents+json", "text/plain"],
)
def test_json_comes_under_many_names(content_type: str) -> None:
    assert parse(a_request("site", b"{}", content_type=content_type), forms=False) == {}


def test_forms_are_read_where_the_source_sends_them() -> None:
    form = a_request("zap", b"title=Line+12&empty=", content_type="application/x-www-form-urlencoded")
    assert parse(form, forms=True) == {"title": "Line 12", "empty": ""}
    with pytest.raises(UnsupportedTypeError):
        parse(form, forms=False)


def test_a_forms_payload_is_the_json_itself() -> None:
    form = a_request("code", b"payload=%7B%22a%22%3A1%7D", content_type="application/x-www-form-urlencoded")
    assert parse(form, forms=True) == {"a": 1}


@pytest.mark.parametrize(
    "body", [b"%ff=1", b"no pair", b"payload={", b"&".join(b"a%d=1" % n for n in range(501))]
)
def test_a_form_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(BadBodyError):
        parse(a_request("zap", body, content_type="application/x-www-form-urlencoded"), forms=True)


@pytest.mark.parametrize("content_type", ["image/png", "application/xml", "multipart/form-data; boundary=x"])
def test_another_type_is_refused(content_type: str) -> None:
    with pytest.raises(UnsupportedTypeError):
        parse(a_request("site", b"{}", content_type=content_type), forms=True)
