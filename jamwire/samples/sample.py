"""A sample of what a source sends."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample of what a source sends: the request without its signature.

    Attributes:
        source: The source's name in the catalogue.
        description: What has happened, in a few words.
        body: The body; the text ``{fresh}`` in it is replaced, so that two samples are two events.
        headers: The headers beside the signature.
        form: Whether the body is sent as a form.
    """

    source: str
    description: str
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    form: bool = False
