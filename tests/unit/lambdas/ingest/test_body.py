"""What is JSON for ingest: strict, shallow, unambiguous."""

import contextlib
import json
from typing import Any, get_args
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.ingest.body import BadBodyError, BodyFormat, UnsupportedTypeError, parse, parse_json
from tests.fakes.ingest import a_request

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
        "\ufeff{}".encode("utf-16"),
        b"[" * 65 + b"]" * 65,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 5000,
    ],
)
def test_what_is_ambiguous_or_too_deep_is_refused(body: bytes) -> None:
    with pytest.raises(BadBodyError):
        parse_json(body)


FORMATS: tuple[BodyFormat, ...] = get_args(BodyFormat)
TYPES = [
    *(
        "",
        "text/plain",
        "application/json",
        "application/json; charset=utf-8",
        "application/cloudevents+json",
    ),
    *("application/x-www-form-urlencoded", "Application/X-WWW-Form-URLencoded; charset=utf-8"),
]
every_format = pytest.mark.parametrize("body_format", FORMATS)


def read(body: bytes, body_format: BodyFormat, content_type: str = "") -> Any:
    return parse(a_request("zap", body, content_type=content_type), body_format)


@every_format
def test_event_in_a_forms_field_is_nowhere_else(body_format: BodyFormat) -> None:
    assert parse(a_request("own", b"a=1&data=%7B%22b%22%3A2%7D"), body_format, "data") == {"b": 2}
    for body in (
        b"a=1",
        b'{"data": {"b": 2}}',
        b"data=%7B%7D&data=%7B%7D",
        b"data=b",
        b"payload=%7B%7D",
        b"",
    ):
        with pytest.raises(BadBodyError):
            parse(a_request("own", body), body_format, "data")


def outcome(body: bytes, body_format: BodyFormat, content_type: str) -> Any:
    try:
        return read(body, body_format, content_type)
    except BadBodyError:
        return BadBodyError


@every_format
@given(body=st.binary() | st.sampled_from([b'{"a":"&payload={}"}', b"a=1", b"payload=%7B%7D", b" [1]", b"5"]))
def test_a_content_type_does_not_change_how_a_body_is_read(body_format: BodyFormat, body: bytes) -> None:
    first, *others = (outcome(body, body_format, content_type) for content_type in TYPES)
    assert all(other == first for other in others)


@every_format
@pytest.mark.parametrize("before", [b"", b" ", b"\r\n\t", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
@pytest.mark.parametrize("value", [{"text": "a=b&payload={}"}, [{"a": "&payload=%7B%7D"}]])
def test_what_begins_as_json_is_never_a_form(body_format: BodyFormat, before: bytes, value: Any) -> None:
    assert read(before + json.dumps(value).encode(), body_format, TYPES[-2]) == value


def test_forms_are_read_where_the_source_sends_them() -> None:
    assert read(b"title=Line+12&empty=", "json or form") == {"title": "Line 12", "empty": ""}
    with pytest.raises(BadBodyError):
        read(b"title=Line+12&empty=", "json")


def test_a_forms_payload_is_json_where_the_source_says_so() -> None:
    form = b"payload=%7B%22a%22%3A1%7D"
    assert read(form, "json or payload form") == {"a": 1}
    assert read(form, "json or form") == {"payload": '{"a":1}'}
    assert read(b"command=%2Fbus&text=12", "json or payload form") == {"command": "/bus", "text": "12"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"&&",
        b"%ff=1",
        b"no pair",
        b"payload={",
        b"\xef\xbb\xbf",
        b"&".join(b"a%d=1" % n for n in range(501)),
    ],
)
def test_a_form_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(BadBodyError):
        read(body, "json or payload form")


@pytest.mark.parametrize("body_format", ["json or form", "json or payload form"])
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"title=T&lines[]=12&lines[]=14", {"title": "T", "lines[]": ["12", "14"]}),
        (b"lines%5B%5D=12", {"lines[]": ["12"]}),
        (b"line=12&line=14&line=12", {"line": ["12", "14", "12"]}),
        (b"title=T&&text=x&", {"title": "T", "text": "x"}),
        (b"title=T&agree", {"title": "T", "agree": ""}),
        (b"agree&title=T=U", {"agree": "", "title": "T=U"}),
        (b"\xef\xbb\xbftitle=T", {"title": "T"}),
        ("title=überall&x=%F0%9F%9A%8C".encode(), {"title": "überall", "x": "\N{BUS}"}),
    ],
)
def test_form_is_read_whole(body_format: BodyFormat, body: bytes, fields: Any) -> None:
    assert read(body, body_format) == fields


@given(st.lists(st.tuples(st.text(min_size=1).filter(lambda name: "[]" not in name), st.text()), min_size=1))
def test_every_pair_of_a_form_is_kept(pairs: list[tuple[str, str]]) -> None:
    fields = parse(
        a_request("zap", f"first={urlencode([('x', 'y')])}&{urlencode(pairs)}".encode()), "json or form"
    )
    for name, _ in pairs:
        values = [value for other, value in pairs if other == name]
        if name != "first":
            assert fields[name] == (values if len(values) > 1 else values[0])


def test_field_called_payload_is_one_of_many() -> None:
    assert read(b"title=T&payload=hello", "json or form") == {"title": "T", "payload": "hello"}


@every_format
def test_byte_order_mark_is_ignored(body_format: BodyFormat) -> None:
    assert read(b'\xef\xbb\xbf{"title": "T"}', body_format) == {"title": "T"}
    assert parse_json(b'\xef\xbb\xbf{"title": "\xef\xbb\xbf"}') == {"title": "\ufeff"}


@every_format
@pytest.mark.parametrize("content_type", ["image/png", "application/xml", "multipart/form-data; boundary=x"])
def test_another_type_is_refused(body_format: BodyFormat, content_type: str) -> None:
    with pytest.raises(UnsupportedTypeError):
        read(b"{}", body_format, content_type)
