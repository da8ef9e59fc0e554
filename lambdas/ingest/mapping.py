"""A sender's own words as a notice: what an endpoint's templates find in a body of any form.

Only endpoints with a mapping import this module and JMESPath; templates are compiled once, as the endpoints are read.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from lambdas.ingest.normalisers import generic
from lambdas.ingest.normalisers.times import sender_sequence, sender_time
from lambdas.ingest.normalisers.values import labelled
from lambdas.ingest.source import Draft
from lambdas.ingest.templates import Expression, Template, words

MappingDocument = Mapping[str, Any]
"""A mapping as JSON: `NoticeMapping`'s fields by name, templates and the expression as text."""

Templates = Template | tuple[Template, ...] | Mapping[str, Template]
"""Of one part of a notice: one template; several, for paths and tags; or one for each label, for fields."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a mapping made of a draft.

    Attributes:
        draft: The draft, where the mapping found something in its words.
        unmapped: Whether it found no title, though it has a template for one, or nothing at all.
        unread: How many times and sequences it found that are none.
    """

    draft: Draft
    unmapped: bool = False
    unread: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeMapping:
    """How an endpoint's bodies are read.

    Attributes:
        notice: Templates by the part of the notice that they make (`READERS`).
        type: Gives the sender's own type.
        key: Gives what is the same for a repetition of an event, and for nothing else.
        each: Finds the list of which each item is an event.
    """

    notice: Mapping[str, Templates] = field(default_factory=dict)
    type: Template | None = None
    key: Template | None = None
    each: Expression | None = None

    def items(self, payload: Any) -> list[Any] | None:
        """What becomes an event each, of lists within the list too; None where the body is one event."""
        found = self.each.find(payload) if self.each else None
        # A feed that was XML once has an object in place of a list of one.
        return list(_flat(found)) if isinstance(found, dict | list) else None

    def native_type(self, scope: Any) -> str:
        """The sender's own type; empty where it gives none."""
        return (words(self.type.value(scope)) or "") if self.type else ""

    def key_of(self, item: Any) -> str:
        """What is the same for a repetition of the item, from the item alone; empty where it says nothing."""
        return (words(self.key.value(item)) or "") if self.key else ""

    @staticmethod
    def scope(item: Any, body: Any) -> Any:
        """What templates see: the item, and what it does not name from the top of the body."""
        return {**body, **item} if isinstance(item, dict) and isinstance(body, dict) else item

    def apply(self, draft: Draft, scope: Any) -> Mapped:
        """Put into a draft what the templates find; the rest stays what the source made of it."""
        said = {part: value for part, of in self.notice.items() if (value := value_of(of, scope)) is not None}
        read = {part: READERS[part](value) for part, value in said.items()}
        found = {part: value for part, value in read.items() if value is not None}
        of_draft = {name: found.pop(part) for part, name in OF_DRAFT.items() if part in found}
        unmapped = "title" not in found if "title" in self.notice else not found and not of_draft
        return Mapped(
            replace(draft, notice=replace(draft.notice, **found), **of_draft),
            unmapped=bool(self.notice) and unmapped,
            unread=sum(part in said and read[part] is None for part in ("expires", "time", "sequence")),
        )


def read_mapping(document: MappingDocument) -> NoticeMapping:
    """Compile a mapping.

    Raises:
        TemplateError: A text is not a template, or `each` is not an expression.
    """
    return NoticeMapping(
        notice={part: _compiled(of) for part, of in document.get("notice", {}).items()},
        type=Template.of(document["type"]) if "type" in document else None,
        key=Template.of(document["key"]) if "key" in document else None,
        each=Expression.of(document["each"]) if "each" in document else None,
    )


def _flat(found: Any) -> Iterator[Any]:
    """The items of a list and of those within it; a body's nesting is limited (`lambdas.ingest.body`)."""
    if not isinstance(found, list):
        yield found
        return
    for item in found:
        yield from _flat(item)


def _compiled(of: Any) -> Templates:
    if isinstance(of, str):
        return Template.of(of)
    if isinstance(of, Mapping):
        return {label: Template.of(text) for label, text in of.items()}
    return tuple(Template.of(text) for text in of)


def value_of(of: Templates, scope: Any) -> Any:
    """What templates say of a body; None where they find nothing."""
    if isinstance(of, Template):
        return of.value(scope)
    if isinstance(of, tuple):
        values = [value for template in of if (value := template.value(scope)) is not None]
        return [item for value in values for item in (value if isinstance(value, list) else [value])] or None
    return {
        label: text for label, template in of.items() if (text := template.value(scope)) is not None
    } or None


def _text(limit: int) -> Callable[[Any], str | None]:
    return lambda value: (words(value) or "")[:limit] or None


def _texts(value: Any) -> tuple[str, ...] | None:
    items = value if isinstance(value, list) else [value]
    return tuple(filter(None, map(words, items[: generic.MAX_PATHS]))) or None


def _paths(value: Any) -> tuple[str, ...] | None:
    return tuple(path for path in _texts(value) or () if path.startswith("/")) or None


def _fields(value: Any) -> dict[str, str] | None:
    return labelled(value.items()) or None if isinstance(value, dict) else None


READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "title": _text(generic.MAX_TITLE_LENGTH),
    "text": _text(generic.MAX_TEXT_LENGTH),
    "url": lambda value: generic.web_address(words(value) or "") or None,
    "severity": lambda value: generic.severity_named(words(value) or ""),
    "topic": _text(generic.MAX_TITLE_LENGTH),
    "fields": _fields,
    "paths": _paths,
    "tags": _texts,
    "site": _text(generic.MAX_TITLE_LENGTH),
    "expires": sender_time,
    "time": sender_time,
    "sequence": sender_sequence,
}
"""How each part of a notice is read from what its templates found; None where that is not such a part."""

OF_DRAFT: Final = {"topic": "subject", "time": "time", "sequence": "sequence"}
"""The parts that are in the draft beside its notice, and their names there."""
