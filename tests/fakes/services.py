"""AWS's services as far as the doctor asks them: each call has an answer, which a test may exchange for another."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError

Answer = Any
"""What a call gives; raised if it is an error, called with the call's parameters if it can be."""


def refused(code: str, message: str = "", operation: str = "Operation") -> ClientError:
    """What boto3 raises where AWS refuses a call."""
    return ClientError({"Error": {"Code": code, "Message": message}}, operation)


class Service:
    """One service.

    Attributes:
        answers: By the name of the call, as boto3 spells it.
        calls: Every call that was made, with its parameters.
    """

    def __init__(self, answers: dict[str, Answer]) -> None:
        self.answers = answers
        self.calls: list[tuple[str, Mapping[str, Any]]] = []

    def __getattr__(self, call: str) -> Callable[..., Any]:
        return lambda **parameters: self._answer(call, parameters)

    def get_paginator(self, call: str) -> Any:
        """All is on one page."""
        return SimpleNamespace(paginate=lambda **parameters: [self._answer(call, parameters)])

    def _answer(self, call: str, parameters: Mapping[str, Any]) -> Any:
        self.calls.append((call, parameters))
        answer = self.answers[call]
        if isinstance(answer, Exception):
            raise answer
        return answer(**parameters) if callable(answer) else answer
