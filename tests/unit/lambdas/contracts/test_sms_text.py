"""Words in the parts that are paid for."""

from hypothesis import given
from hypothesis import strategies as st

from lambdas.contracts.sms_parts import count_parts
from lambdas.contracts.sms_text import cut, plain


def test_words_are_cut_to_two_parts() -> None:
    text = cut("x" * 500, " https://example.com", parts=2)
    assert len(text) == 306
    assert text.endswith("x... https://example.com")


def test_words_that_fit_are_whole() -> None:
    assert cut("x" * 306, "", parts=2) == "x" * 306
    assert cut("x" * 307, "", parts=2) == "x" * 303 + "..."


@given(words=st.text(max_size=400), parts=st.integers(1, 3))
def test_any_words_are_so_many_parts(words: str, parts: int) -> None:
    text = cut(plain(words), " Reply STOP to end.", parts)
    assert count_parts(text) <= parts
    assert text.endswith(" Reply STOP to end.")


@given(words=st.text("ab \u20ac\u4e2d\U0001f68c", max_size=400), parts=st.integers(1, 3))
def test_words_are_cut_no_shorter_than_they_must_be(words: str, parts: int) -> None:
    text = cut(words, " STOP", parts)
    kept = len(text.removesuffix("... STOP"))
    longer = [f"{words[:length].rstrip()}... STOP" for length in range(kept + 1, len(words) + 1)]
    assert text == words + " STOP" or all(count_parts(one) > parts for one in longer if len(one) > len(text))
