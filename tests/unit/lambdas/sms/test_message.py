"""One part, always; the link whole or absent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.event import Notice
from lambdas.contracts.sms_parts import fits, is_gsm7, size
from lambdas.contracts.sms_text import plain
from lambdas.sms.message import compose

LINK = "https://app.example.com/deploys/5b64d77c02ed83730664c2f6"


def test_short_notice_is_whole() -> None:
    notice = Notice(title="Deploy failed", text="Build script returned 1", url=LINK)
    assert compose(notice) == f"Deploy failed: Build script returned 1 {LINK}"


def test_long_notice_is_cut_before_its_whole_link() -> None:
    text = compose(Notice(title="Deploy failed", text="x" * 500, url=LINK))
    assert text.endswith(f"x... {LINK}")
    assert size(text) == 160


@pytest.mark.parametrize("length", [157, 158, 159])
def test_words_are_cut_no_shorter_than_they_must_be(length: int) -> None:
    text = compose(Notice(title="x" * length + "€€€"))
    assert (text, size(text)) == ("x" * 157 + "...", 160)


def test_typography_does_not_halve_the_room() -> None:
    assert is_gsm7(compose(Notice(title="\u201cDocs\u201d \u2013 it\u2019s late\u2026", url=LINK)))


UNSEEN = [
    *("\u00a0", "\u00ad", "\u034f", "\u061c", "\u180e", "\u2007", "\u200b", "\u200c", "\u200d", "\u200e"),
    *("\u202a", "\u202e", "\u202f", "\u2060", "\u2064", "\u2066", "\u3000", "\u3164", "\ufe0e", "\ufe0f"),
    *("\ufeff", "\ufff9", "\x00", "\x1b", "\x7f", "\x85", "\u2028", "\U000e0020", "\U000e0100"),
]
TYPOGRAPHY = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2032\u2033\u00ab\u00bb\u2039\u203a\u2010\u2011\u2013\u2014\u2212\u2022\u2026"


@pytest.mark.parametrize("unseen", UNSEEN, ids=ascii)
def test_what_nobody_sees_does_not_halve_the_room(unseen: str) -> None:
    text = compose(Notice(title=f"{unseen}Line{unseen} 12 is late", text=f"x{unseen}" * 60))
    assert is_gsm7(text)
    assert len(text) > 70


@given(st.lists(st.sampled_from([*UNSEEN, *TYPOGRAPHY, "a", "\u00e9", "e\u0301", "\u20ac", " "])))
def test_any_mix_of_plain_and_unseen_is_gsm7(characters: list[str]) -> None:
    assert is_gsm7(plain("".join(characters)))


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f468\u200d\U0001f469\u200d\U0001f467 late",  # one family, not three people
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # a Persian verb
    ],
)
def test_what_joins_letters_and_emoji_stays(text: str) -> None:
    assert plain(text) == text


def test_link_without_room_for_words_is_left_out() -> None:
    assert compose(Notice(title="Deploy failed", url=f"https://example.com/{'x' * 200}")) == "Deploy failed"


@given(title=st.text(min_size=1, max_size=400), text=st.text(max_size=400))
def test_any_notice_is_one_part_with_its_link_whole(title: str, text: str) -> None:
    composed = compose(Notice(title=title, text=text, url="https://example.com/1"))
    assert fits(composed)
    assert composed.endswith("https://example.com/1")
