"""A follower, as a log or an error may show it."""

from tests.unit.lambdas.followers.people import asked


def test_follower_shows_neither_its_address_nor_what_answers_its_question() -> None:
    shown = repr(asked(address=b"sealed", question="digest-of-the-answer"))
    assert "sealed" not in shown
    assert "digest-of-the-answer" not in shown
