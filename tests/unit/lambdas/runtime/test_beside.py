"""A call is made while another one is."""

from threading import Event

import pytest

from lambdas.runtime.beside import in_a_thread


def test_call_is_made_beside_the_next_one() -> None:
    here, there = Event(), Event()

    def call() -> bool:
        there.set()
        return here.wait(10)

    answer = in_a_thread(call)
    assert there.wait(10)
    here.set()
    assert answer()


def test_failure_is_raised_where_the_answer_is_wanted() -> None:
    def call() -> None:
        raise TimeoutError

    answer = in_a_thread(call)
    with pytest.raises(TimeoutError):
        answer()
