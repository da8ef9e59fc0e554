"""One part, always; the link whole or absent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.event import Notice
from lambdas.sms.message import compose, fits, is_gsm7, size

LINK = "https://app.example.com/deploys/5b64d77c02ed83730664c2f6"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("", 0), ("abc", 3), ("€[]", 6), ("é", 1), ("ç", 1), ("😀", 2), ("日本", 2), ("a\nb", 3)],
)
def test_characters_are_counted_as_networks_count_them(text: str, expected: int) -> None:
    assert size(text) == expected


@pytest.mark.parametrize(
    ("text", "one_part"),
    [
        ("a" * 160, True),
        ("a" * 161, False),
        ("€" * 80, True),
        ("€" * 81, False),
        ("日" * 70, True),
        ("日" * 71, False),
    ],
)
def test_part_is_160_septets_or_70_units(text: str, one_part: bool) -> None:
    assert fits(text) is one_part


def test_short_notice_is_whole() -> None:
    notice = Notice(title="Deploy failed", text="Build script returned 1", url=LINK)
    assert compose(notice) == f"Deploy failed: Build script returned 1 {LINK}"


def test_long_notice_is_cut_before_its_whole_link() -> None:
    text = compose(Notice(title="Deploy failed", text="x" * 500, url=LINK))
    assert text.endswith(f"x... {LINK}")
    assert size(text) == 160


def test_typography_does_not_halve_the_room() -> None:
    assert is_gsm7(compose(Notice(title="\u201cDocs\u201d \u2013 it\u2019s late\u2026", url=LINK)))


def test_link_without_room_for_words_is_left_out() -> None:
    assert compose(Notice(title="Deploy failed", url=f"https://example.com/{'x' * 200}")) == "Deploy failed"


@given(title=st.text(min_size=1, max_size=400), text=st.text(max_size=400))
def test_any_notice_is_one_part_with_its_link_whole(title: str, text: str) -> None:
    composed = compose(Notice(title=title, text=text, url="https://example.com/1"))
    assert fits(composed)
    assert composed.endswith("https://example.com/1")
