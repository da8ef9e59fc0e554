"""Answers that a sender wants instead of the event's id in JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of HTTP to a request that is accepted.

    Attributes:
        body: The body; an answer to HEAD has none.
        content_type: Its type.
        status: A status of success.
        headers: Further headers.
    """

    body: str
    content_type: str = JSON
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What an accepted request is answered, for a sender that wants another answer than the event's id in JSON.

    ``Reply("ok")``, ``Reply('{"code": "SUCCESS"}', "application/json")``, ``Reply(status=204)``

    Attributes:
        body: The body.
        content_type: ``text/plain``, ``application/json``, ``application/xml`` or ``text/xml``.
        status: 200, 201, 202 or 204.
    """

    body: str = ""
    content_type: str = "text/plain"
    status: int = 200


def json_answer(document: Mapping[str, Any]) -> Answer:
    """An answer in JSON."""
    return Answer(json.dumps(document))
