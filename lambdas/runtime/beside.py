"""A call beside another one: what two services answer at once takes as long as the slower of them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

Answer = TypeVar("Answer")


def in_a_thread(call: Callable[[], Answer]) -> Callable[[], Answer]:
    """Begin a call in a thread that is kept for the next one; what this gives waits for its answer, or raises."""
    return _thread().submit(call).result


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="beside")
