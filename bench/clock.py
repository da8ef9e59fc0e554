"""A clock that can be put forward. Who takes `time.time` as a default takes this one, if it is imported later."""

import time

_forward = 0.0
_time = time.time


def put_forward(seconds: float) -> None:
    """Let so much time pass at once."""
    global _forward
    _forward += seconds


time.time = lambda: _time() + _forward
