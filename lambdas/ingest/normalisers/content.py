"""The normaliser of content: what a CMS publishes, changes and takes away, by where each of them keeps its parts."""

import string
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urlsplit

from lambdas.contracts.event import Notice
from lambdas.contracts.event_types import severity_of
from lambdas.ingest.normalisers import generic
from lambdas.ingest.source import Draft, Source, VerifiedRequest, value_at

Path = tuple[str, ...]

ANY_KIND: Final = "*"
_VERBS: Final = {
    "content.published": "published",
    "content.updated": "updated",
    "content.unpublished": "unpublished",
    "content.deleted": "deleted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Where a CMS keeps the parts of what it tells of. The first path that leads to something counts.

    Attributes:
        id: The entry's id.
        content_type: Its content type.
        title: What people call it.
        slug: Its part of an address.
        locale: Its language, where it has one only.
        full_path: Its path on the site, without the leading slash.
        url: Its address on the site.
        is_draft: Tells that a change is not on the site; it is then no word of the vocabulary.
        whole: Native types that stand for many entries: everything has changed, and nothing is named.
    """

    id: tuple[Path, ...]
    content_type: tuple[Path, ...] = ()
    title: tuple[Path, ...] = (("title",), ("name",))
    slug: tuple[Path, ...] = (("slug",),)
    locale: tuple[Path, ...] = ()
    full_path: tuple[Path, ...] = ()
    url: tuple[Path, ...] = ()
    is_draft: Callable[[Any], bool] = lambda payload: False
    whole: Collection[str] = ()

    def normalise(self, source: Source, request: VerifiedRequest) -> Draft:
        """The same notice for the same happening, whatever CMS it comes from."""
        event_type = source.type_of(request.native_type)
        if event_type not in _VERBS or self.is_draft(request.payload):
            return _as_it_is(source, request, event_type)
        if request.native_type in self.whole:
            return Draft(event_type, Notice(title="Content updated"))
        payload = request.payload
        content_type, id = _text(payload, self.content_type), _text(payload, self.id)
        locale = _text(payload, self.locale)
        url = _text(payload, self.url)
        paths = sorted(set(self._paths(request, content_type, id, locale, url)))
        shown = {"Type": content_type, "Locale": locale}
        name = _text(payload, self.title) or content_type or "Content"
        notice = Notice(
            title=f"{name} {_VERBS[event_type]}"[: generic.MAX_TITLE_LENGTH],
            url=generic.web_address(url),
            fields={label: text for label, text in shown.items() if text},
            paths=tuple(paths[: generic.MAX_PATHS]),
            tags=tuple(tag for tag in (content_type, id) if tag),
        )
        return Draft(event_type, notice, subject=id)

    def _paths(
        self, request: VerifiedRequest, content_type: str, id: str, locale: str, url: str
    ) -> Iterator[str]:
        """Paths of the site that show this entry; none where that cannot be told."""
        full_path = _text(request.payload, self.full_path)
        templates = request.routes.get(content_type) or request.routes.get(ANY_KIND) or ()
        slugs = _by_locale(request.payload, self.slug) or {"": full_path.strip("/").rpartition("/")[2]}
        for place, slug in slugs.items():
            known = {
                "slug": slug,
                "locale": place or locale,
                "id": id,
                "type": content_type,
                "full_path": full_path,
            }
            for template in templates:
                yield from _filled(template, known, request.payload)
        if not templates and full_path:
            yield f"/{quote(full_path.strip('/'), safe='/')}"
        elif not templates and url:
            yield urlsplit(url).path or "/"


def _as_it_is(source: Source, request: VerifiedRequest, event_type: str) -> Draft:
    """What is no change of the site: a draft saved, an asset's folder, a test."""
    word = event_type if event_type not in _VERBS else source.own_type(request.native_type)
    return Draft(word, Notice(title=generic.headline(word), severity=severity_of(word)))


def _filled(template: str, known: Mapping[str, str], payload: Any) -> Iterator[str]:
    """The template with its names filled in; nothing where one of them is missing."""
    parts: list[str] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(literal)
        if name is not None:
            value = known[name] if name in known else _text(payload, (tuple(name.split(".")),))
            if not value:
                return
            parts.append(quote(value.strip("/"), safe="/" if name == "full_path" else ""))
    yield "".join(parts)


def _text(payload: Any, paths: tuple[Path, ...]) -> str:
    """The first text at one of the paths; of a text in several languages the first."""
    return next(iter(_by_locale(payload, paths).values()), "")


def _by_locale(payload: Any, paths: tuple[Path, ...]) -> dict[str, str]:
    """The text at the first path that leads to one, by language; under no name where it has but one."""
    for path in paths:
        value = value_at(payload, *path)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return {"": str(value)}
        if isinstance(value, dict):
            texts = {name: text for name, text in value.items() if isinstance(text, str) and text}
            if texts and len(texts) == len(value):
                return texts
    return {}
