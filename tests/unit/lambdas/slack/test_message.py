"""What a Slack message says, and that nothing in an event can break it or speak to the channel."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.slack.message import COLOURS, compose
from lambdas.slack.text import escape, size
from tests.fakes.events import ID, an_event


def blocks(message: dict[str, Any]) -> list[dict[str, Any]]:
    [attachment] = message["attachments"]
    return list(attachment["blocks"])


def test_title_is_the_link() -> None:
    message = compose(an_event(title="Deploy failed", url="https://app.example.com/deploys/1?a=1&b=2"))
    assert message["text"] == "*<https://app.example.com/deploys/1?a=1&amp;b=2|Deploy failed>*"


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "ftp://example.com", "//example.com"])
def test_only_a_web_address_becomes_a_link(url: str) -> None:
    assert compose(an_event(url=url))["text"] == "*Deploy failed*"


def test_link_cannot_break_out_of_its_brackets() -> None:
    text = compose(an_event(url="https://example.com/> <!channel> |x"))["text"]
    assert "<!channel>" not in text
    assert text.count("<") == text.count(">") == text.count("|") == 1


def test_message_has_text_fields_source_and_time() -> None:
    message = compose(an_event(text="Build script returned 1", fields={"branch": "main"}, site="docs"))
    text, fields, context = blocks(message)
    assert text["text"]["text"] == "Build script returned 1"
    assert fields["fields"][0]["text"] == "*branch*\nmain"
    said = context["elements"][0]["text"]
    assert said.startswith("docs · site · deploy.failed · <!date^1800000000^")


def test_site_that_is_unknown_leaves_no_gap() -> None:
    [context] = blocks(compose(an_event()))
    assert context["elements"][0]["text"].startswith("site · deploy.failed · ")


def test_address_in_words_makes_no_link_of_its_own() -> None:
    text, context = blocks(compose(an_event(text="see example.com")))
    assert text["text"]["verbatim"] is True
    assert context["elements"][0]["verbatim"] is True


def test_field_is_cut_with_its_name_to_one_length() -> None:
    short, long = blocks(compose(an_event(fields={"a": "v" * 900, "a" * 90: "v" * 900})))[0]["fields"]
    assert len(short["text"]) == len(long["text"]) < 700


def test_replay_is_marked_and_has_a_block_id_of_its_own() -> None:
    [context] = blocks(compose(an_event(replay="r1")))
    assert context["elements"][0]["text"].endswith(" · replayed")
    assert context["block_id"] == f"{ID}#r1"


def test_overlong_address_is_left_out() -> None:
    assert compose(an_event(url=f"https://example.com/{'x' * 2000}"))["text"] == "*Deploy failed*"


def test_bare_notice_is_a_title_and_a_context() -> None:
    [context] = blocks(compose(an_event()))
    assert context["type"] == "context"


def test_block_id_is_the_events_id() -> None:
    assert blocks(compose(an_event()))[-1]["block_id"] == ID


@pytest.mark.parametrize("severity", COLOURS)
def test_bar_has_the_colour_of_the_severity(severity: Any) -> None:
    assert compose(an_event(severity=severity))["attachments"][0]["color"] == COLOURS[severity]


def test_visitors_text_mentions_nobody() -> None:
    hostile = "<!channel> <https://evil.example|click> & <@U1>"
    message = compose(an_event(title=hostile, text=hostile, fields={hostile: hostile}, site=hostile))
    assert "<!channel" not in json.dumps(message)
    assert "<http" not in json.dumps(message)
    assert "&lt;!channel&gt;" in json.dumps(message)


def test_fields_beyond_slacks_limit_are_counted() -> None:
    ten, _ = blocks(compose(an_event(fields={f"f{n}": "v" for n in range(10)})))
    assert ten["fields"][-1]["text"] == "*f9*\nv"
    fields, _ = blocks(compose(an_event(fields={f"f{n}": "v" for n in range(25)})))
    assert len(fields["fields"]) == 10
    assert fields["fields"][-1]["text"] == "_and 16 more_"


@given(
    title=st.text(min_size=1, max_size=5000),
    text=st.text(max_size=20_000),
    fields=st.dictionaries(st.text(max_size=3000), st.text(max_size=3000), max_size=30),
    path=st.integers(0, 3000),
)
def test_any_message_is_within_slacks_limits(
    title: str, text: str, fields: dict[str, str], path: int
) -> None:
    url = f"https://example.com/{'x' * path}"
    message = compose(an_event(title=title, text=text, fields=fields, url=url))
    assert size(message) < 12_000
    for block in blocks(message):
        assert len(block.get("text", {}).get("text", "")) <= 3000
        assert all(0 < len(field["text"]) <= 2000 for field in block.get("fields", []))


@pytest.mark.parametrize(
    ("text", "cut"), [("abc", "abc"), ("abcd", "ab…"), ("a&", "a…"), ("&", "…"), ("", "")]
)
def test_text_that_fits_is_whole_and_any_other_is_cut(text: str, cut: str) -> None:
    assert escape(text, 3) == cut


def test_containers_count_for_the_size() -> None:
    assert size("ab") == 2
    assert size(["a", "b"]) > 2
    assert size({"a": "b"}) > 2
    assert size({"a": {"b": "c"}}) > size({"a": "bc"})


@given(st.text(alphabet="&<>ab", max_size=60), st.integers(1, 40))
def test_cut_never_splits_an_escape(text: str, length: int) -> None:
    cut = escape(text, length)
    assert len(cut) <= length
    plain = cut.removesuffix("…").replace("&amp;", "").replace("&lt;", "").replace("&gt;", "")
    assert not set(plain) & set("&<>")
