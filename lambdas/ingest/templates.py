"""Templates: text with JMESPath expressions in braces, such as ``Line {line} is {delay} min late``.

The one rule: what stands in braces is an expression of JMESPath (https://jmespath.org/specification.html), all else is
text as it is. ``{{`` and ``}}`` are braces of the text. A template that is a single expression gives what that finds,
be it a list, an object or a number; any other gives text. Where one of its expressions finds nothing, a template gives
nothing.
"""

import re
from dataclasses import dataclass
from typing import Any, Final

import jmespath  # type: ignore[import-untyped]
from jmespath.exceptions import JMESPathError, JMESPathTypeError  # type: ignore[import-untyped]

_QUOTED: Final = r"'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\"|`(?:\\.|[^`\\])*`"
_TOKEN: Final = re.compile(rf"\{{\{{|\}}\}}|\{{((?:[^{{}}'\"`]|{_QUOTED})*)\}}|[{{}}]")


class TemplateError(ValueError):
    """The text is not a template, or what stands in its braces is not JMESPath."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression of JMESPath."""

    parsed: Any

    @classmethod
    def of(cls, text: str) -> "Expression":
        """Compile an expression.

        Raises:
            TemplateError: It is not JMESPath, or calls a function that JMESPath does not have.
        """
        try:
            parsed = jmespath.compile(text)
            parsed.search(None)
        except _MISTAKES as mistake:
            if not isinstance(mistake, JMESPathTypeError):
                raise TemplateError(text) from None
        return cls(parsed)

    def find(self, scope: Any) -> Any:
        """What it finds; None where that is nothing, also where a function is given what it does not take."""
        try:
            return self.parsed.search(scope)
        except _MISTAKES:
            return None


_MISTAKES: Final = (JMESPathError, ArithmeticError, RecursionError)
"""What reading and searching raise; the latter two where a function meets a number that no double can be, and where an
expression is nested beyond all use."""


@dataclass(frozen=True, slots=True)
class Template:
    """A compiled template: its texts and expressions, in order."""

    parts: tuple[str | Expression, ...]

    @classmethod
    def of(cls, text: str) -> "Template":
        """Compile a template.

        Raises:
            TemplateError: A brace has no other, or what stands between two is not JMESPath.
        """
        parts: list[str | Expression] = []
        end = 0
        for token in _TOKEN.finditer(text):
            if token[0] in ("{", "}"):
                raise TemplateError(text)
            brace = token[0][0] if token[0] in ("{{", "}}") else ""
            parts += [text[end : token.start()], brace or Expression.of(token[1])]
            end = token.end()
        return cls(tuple(part for part in (*parts, text[end:]) if part != ""))

    @property
    def is_constant(self) -> bool:
        """Whether it says the same of every body."""
        return all(isinstance(part, str) for part in self.parts)

    def value(self, scope: Any) -> Any:
        """What it says of a body; None where an expression finds nothing."""
        if len(self.parts) == 1 and isinstance(only := self.parts[0], Expression):
            return only.find(scope)
        texts = [part if isinstance(part, str) else words(part.find(scope)) for part in self.parts]
        found = [text for text in texts if text is not None]
        return "".join(found) if len(found) == len(texts) else None


def words(value: Any) -> str | None:
    """A value as people read it: a text, a number, true or false, or a list of these; None for all else."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value).strip()
    return ", ".join(filter(None, map(words, value))) if isinstance(value, list) else None
