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
