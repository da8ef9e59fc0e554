"""Settings of a function as environment variables: typed, and written and read in one place.

Each field is one variable, named as the field in upper case. Texts and numbers are written as they are, everything else
as JSON.
"""

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, fields, is_dataclass
from types import NoneType
from typing import Any, Self, get_args, get_type_hints


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one function. A secret is never one of them: an environment is readable in the console."""

    def to_environment(self) -> dict[str, str]:
        """The environment variables. A field whose value is None is left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name.upper(): _encode(value) for name, value in values.items() if value is not None}

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """The inverse of `to_environment`.

        Raises:
            KeyError: A variable is missing whose field has no default.
        """
        types = get_type_hints(cls)
        return cls(
            **{
                field.name: _decode(types[field.name], environment[field.name.upper()])
                for field in fields(cls)
                if field.default is MISSING or field.name.upper() in environment
            }
        )


def _encode(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(asdict(value) if is_dataclass(value) and not isinstance(value, type) else value)


def _decode(kind: Any, text: str) -> Any:
    kind = (
        next((option for option in get_args(kind) if option is not NoneType), kind)
        if _is_optional(kind)
        else kind
    )
    if kind is str:
        return text
    value = json.loads(text)
    if isinstance(value, dict):
        return kind(**value)
    return tuple(value) if isinstance(value, list) else kind(value)


def _is_optional(kind: Any) -> bool:
    return NoneType in get_args(kind)
