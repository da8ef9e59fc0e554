"""Any notice fits into a message; what is cut says so, and nothing is cut that half of it would make wrong."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.event import Event, Notice
from lambdas.ingest.ingest import MAX_EVENT_BYTES
from lambdas.ingest.truncation import (
    MAX_FIELDS,
    MAX_NAME_BYTES,
    MAX_PATHS_BYTES,
    MAX_SUBJECT_BYTES,
    MAX_TAGS_BYTES,
    MAX_TEXT_BYTES,
    MAX_TITLE_BYTES,
    MAX_URL_BYTES,
    MAX_VALUE_BYTES,
    truncated,
)
from tests.fakes.events import an_event

DATAREF = f"s3://{'b' * 63}/{'e' * 63}/{'0' * 32}.json"
MUCH = 300_000

# Characters of one to six bytes in JSON: letters, quotes, control characters, emoji, lone surrogates.
long_texts = st.builds(
    lambda piece, times: piece * times,
    st.text(min_size=1, max_size=4) | st.sampled_from(["x", '"', "\0", "😀", "\ud800", "\uffff", "…"]),
    st.sampled_from([1, 100, 2_000, MUCH]),
)
many_texts = st.builds(
    lambda text, count: tuple(f"{text}{n}" for n in range(count)),
    st.text(max_size=50),
    st.sampled_from([0, 1, 49, 50, 51, 3_000]),
)
notices = st.builds(
    Notice,
    title=long_texts,
    text=long_texts,
    url=long_texts,
    fields=st.builds(lambda names, value: dict.fromkeys(names, value), many_texts, long_texts)
    | st.dictionaries(long_texts, long_texts, max_size=3),
    paths=many_texts | st.tuples(long_texts),
    tags=many_texts | st.tuples(long_texts),
    site=long_texts,
)


def an_event_of(notice: Notice, subject: str = "") -> Event:
    event = an_event(source=f"/endpoints/{'e' * 63}")
    return replace(event, type="t" * 200, notice=notice, subject=subject, dataref=DATAREF)


def size(event: Event) -> int:
    attributes = {"type": event.type, "source": event.source, "endpoint": event.endpoint}
    return len(event.to_json().encode()) + sum(len(n + v + "String") for n, v in attributes.items())


@given(notice=notices, subject=long_texts)
def test_any_event_fits(notice: Notice, subject: str) -> None:
    event = an_event_of(notice, subject)
    fitting = truncated(event)
    assert size(fitting) <= MAX_EVENT_BYTES
    assert replace(fitting, notice=notice, subject=subject) == event
    assert fitting.notice.title
    assert Event.from_json(fitting.to_json()).type == event.type


@pytest.mark.parametrize("character", ["x", '"', "\0", "é", "😀", "\ud800"])
def test_the_most_that_can_be_said_fits(character: str) -> None:
    much = character * MUCH
    few = tuple(f"{n}" for n in range(3_000))
    fields = {f"{n}{much}": much for n in few[: MAX_FIELDS + 1]}
    notice = Notice(title=much, text=much, url=much, fields=fields, paths=few, tags=few, site=much)
    assert size(truncated(an_event_of(notice, much))) <= MAX_EVENT_BYTES


def test_what_is_short_stays_as_it_is() -> None:
    notice = Notice(
        title="a", text='b\n"c"', url="https://x.example", fields={"d": "e"}, paths=("/f",), tags=("g",)
    )
    assert truncated(an_event_of(notice, "s")) == an_event_of(notice, "s")


@pytest.mark.parametrize("character", ["x", '"', "\0", "é", "😀"])
def test_a_text_is_cut_where_its_room_ends(character: str) -> None:
    text = truncated(an_event_of(Notice(title="t", text=character * MUCH))).notice.text
    assert text == character * (len(text) - 1) + "…"
    event = an_event_of(Notice(title="t", text=text))
    room = size(event) - size(an_event_of(Notice(title="t"))) + 2
    assert MAX_TEXT_BYTES - 6 < room <= MAX_TEXT_BYTES


def test_fields_beyond_the_most_are_counted() -> None:
    fields = {f"Question {n}": "answer" for n in range(MAX_FIELDS + 7)}
    shown = truncated(an_event_of(Notice(title="t", fields=fields))).notice.fields
    assert list(shown.items())[:MAX_FIELDS] == list(fields.items())[:MAX_FIELDS]
    assert shown["…"] == "7 more"


def test_half_a_link_would_be_none() -> None:
    assert truncated(an_event_of(Notice(title="t", url="https://x.example/" + "y" * MUCH))).notice.url == ""


@pytest.mark.parametrize("many", ["paths", "tags"])
def test_where_too_much_has_changed_everything_has(many: str) -> None:
    notice = replace(
        Notice(title="t", paths=("/a",), tags=("b",)), **{many: tuple(f"/{n}" for n in range(9_000))}
    )
    cut = truncated(an_event_of(notice)).notice
    assert (cut.paths, cut.tags) == (("/*",), ())


def test_what_just_fits_stays_as_it_is() -> None:
    def text(limit: int) -> str:
        return "x" * (limit - 2)  # JSON's quotes

    fields = {f"{n}".ljust(MAX_NAME_BYTES - 2, "x"): text(MAX_VALUE_BYTES) for n in range(MAX_FIELDS)}
    notice = Notice(
        title=text(MAX_TITLE_BYTES),
        text=text(MAX_TEXT_BYTES),
        url=text(MAX_URL_BYTES),
        fields=fields,
        paths=(text(MAX_PATHS_BYTES - 2),),  # the list's brackets
        tags=(text(MAX_TAGS_BYTES - 2),),
        site=text(MAX_SUBJECT_BYTES),
    )
    event = an_event_of(notice, text(MAX_SUBJECT_BYTES))
    assert truncated(event) == event


def test_one_field_too_many_is_counted() -> None:
    fields = {f"{n}": "answer" for n in range(MAX_FIELDS + 1)}
    assert truncated(an_event_of(Notice(title="t", fields=fields))).notice.fields["…"] == "1 more"


@pytest.mark.parametrize(("part", "limit"), [("paths", MAX_PATHS_BYTES), ("tags", MAX_TAGS_BYTES)])
def test_one_byte_too_many_is_everything(part: str, limit: int) -> None:
    notice = replace(Notice(title="t", paths=("/a",), tags=("b",)), **{part: ("x" * (limit - 3),)})
    cut = truncated(an_event_of(notice)).notice
    assert (cut.paths, cut.tags) == (("/*",), ())
