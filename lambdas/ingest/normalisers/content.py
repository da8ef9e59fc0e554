"""The normaliser of content: what a CMS publishes, changes and takes away, by where each of them keeps its parts."""

import re
import string
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
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
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
"""A language tag as CMSs write it (RFC 5646, section 2.1, with an underscore for a hyphen)."""

WORDPRESS_INTERNAL: Final = r"__trashed(-\d+)?/?$|(^|/)auto-draft(-\d+)?/?$"
"""Slugs of posts in the trash (`wp_add_trashed_suffix_to_post_name_for_post`) and of those nobody has saved yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Where a CMS keeps the parts of what it tells of. The first path that leads to something counts.

    Attributes:
        id: The entry's id.
        id_within: What an id is one within, where two entries may have the same.
        content_type: Its content type.
        title: What people call it.
        slug: Its part of an address.
        locale: Its language, where it has one only.
        full_path: Its path on the site, without the leading slash.
        url: Its address on the site.
        internal: Pattern of slugs and addresses that the CMS uses inside itself, such as a deleted entry's.
        has_markup: Whether its titles are HTML, in which an ampersand is ``&amp;``.
        is_draft: Tells that a change is not on the site; it is then no word of the vocabulary.
        whole: Native types that stand for many entries: everything has changed, and nothing is named.
    """

    id: tuple[Path, ...]
    id_within: tuple[Path, ...] = ()
    content_type: tuple[Path, ...] = ()
    title: tuple[Path, ...] = (("title",), ("name",))
    slug: tuple[Path, ...] = (("slug",),)
    locale: tuple[Path, ...] = ()
    full_path: tuple[Path, ...] = ()
    url: tuple[Path, ...] = ()
    internal: str = r"(?!)"
    has_markup: bool = False
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
        addresses = self._addresses(payload)
        places = list(_places(request, addresses, {"locale": locale, "id": id, "type": content_type}))
        paths = sorted({place for place in places if place})
        incomplete = None in places or len(paths) > generic.MAX_PATHS
        if incomplete and paths:
            paths = [generic.EVERYTHING, *paths[: generic.MAX_PATHS - 1]]
        shown = {"Type": content_type, "Locale": locale}
        title = _text(payload, self.title)
        name = (unescape(title) if self.has_markup else title) or content_type or "Content"
        notice = Notice(
            title=f"{name} {_VERBS[event_type]}"[: generic.MAX_TITLE_LENGTH],
            url=generic.web_address(_text(payload, self.url)),
            fields={label: text for label, text in shown.items() if text},
            paths=tuple(paths),
            # Of what the body names by its id alone, nobody can say which other tags it had.
            tags=tuple(tag for tag in (content_type, id) if tag) if content_type or addresses.any else (),
            incomplete=incomplete,
            locale=locale,
        )
        within = _text(payload, self.id_within)
        return Draft(event_type, notice, subject=f"{within}/{id}" if within and id else id)

    def _addresses(self, payload: Any) -> "_Addresses":
        full_path = self._unless_internal(_text(payload, self.full_path))
        slugs = {
            place: slug
            for place, text in _by_locale(payload, self.slug).items()
            if (slug := self._unless_internal(text))
        }
        if not slugs and full_path:
            slugs = {"": full_path.strip("/").rpartition("/")[2]}
        path = self._unless_internal(_path_of(_text(payload, self.url)))
        return _Addresses(slugs=slugs, full_path=full_path, path=path)

    def _unless_internal(self, address: str) -> str:
        return "" if re.search(self.internal, address) else address


@dataclass(frozen=True, slots=True, kw_only=True)
class _Addresses:
    """What a body tells of where its entry is shown; what it does not tell is empty.

    Attributes:
        slugs: By language.
        full_path: Its path on the site, without the leading slash.
        path: The path of its address.
    """

    slugs: Mapping[str, str]
    full_path: str
    path: str

    @property
    def any(self) -> bool:
        """Whether it tells anything."""
        return bool(self.slugs or self.full_path or self.path)


def _places(
    request: VerifiedRequest, addresses: _Addresses, known: Mapping[str, str]
) -> Iterator[str | None]:
    """Paths of the site that show an entry; None for one that cannot be told."""
    templates = request.routes.get(known["type"]) or request.routes.get(ANY_KIND) or ()
    for place, slug in (addresses.slugs or {"": ""}).items():
        names = {
            **known,
            "slug": slug,
            "locale": place or known["locale"],
            "full_path": addresses.full_path,
        }
        for template in templates:
            yield _filled(template, names, request.payload)
    if not templates:
        full_path = addresses.full_path.strip("/")
        yield _quoted(f"/{full_path}", safe="/") if full_path else addresses.path or None


def _path_of(url: str) -> str:
    """The path of an address on the site; nothing of one that is told apart by its query, as no page's is."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.query or not (parts.netloc or parts.path.startswith("/")):
        return ""
    return parts.path or "/"


def _as_it_is(source: Source, request: VerifiedRequest, event_type: str) -> Draft:
    """What is no change of the site: a draft saved, an asset's folder, a test."""
    word = event_type if event_type not in _VERBS else source.own_type(request.native_type)
    return Draft(word, Notice(title=generic.headline(word), severity=severity_of(word)))


def _filled(template: str, known: Mapping[str, str], payload: Any) -> str | None:
    """The template with its names filled in; None where one of them is missing."""
    parts: list[str] = []
    for literal, name, _, _ in string.Formatter().parse(template):
        parts.append(literal)
        if name is not None:
            value = known[name] if name in known else _in_language(payload, name, known["locale"])
            if not value:
                return None
            parts.append(_quoted(value.strip("/"), safe="/" if name == "full_path" else ""))
    return "".join(parts)


def _quoted(text: str, *, safe: str) -> str:
    return quote(text, safe=safe, errors="replace")


def _in_language(payload: Any, name: str, locale: str) -> str:
    """A text of the body in a language; what is the same in all of them stands under the first one."""
    texts = _by_locale(payload, (tuple(name.split(".")),))
    return texts.get(locale) or next(iter(texts.values()), "")


def _text(payload: Any, paths: tuple[Path, ...]) -> str:
    """The first text at one of the paths; of a text in several languages the first."""
    return next(iter(_by_locale(payload, paths).values()), "")


def _by_locale(payload: Any, paths: tuple[Path, ...]) -> dict[str, str]:
    """The text at the first path that leads to one, by language; under no name where it has but one."""
    return next(filter(None, (_languages(value_at(payload, *path)) for path in paths)), {})


def _languages(value: Any) -> dict[str, str]:
    """A text by language, of the languages that have one.

    Languages are the names of an object, beside names for the CMS's own use, which begin with an underscore; or the
    keys of a list of objects with a `value` (the plug-in `internationalized-array` of Sanity).
    """
    if isinstance(value, list):
        items = [item for item in value if isinstance(item, dict)]
        value = {str(item.get("language") or item.get("_key")): item.get("value") for item in items}
    if text := _plain(value):
        return {"": text}
    if not isinstance(value, dict):
        return {}
    named = {name: text for name, text in value.items() if not name.startswith("_")}
    texts = {name: text for name, item in named.items() if (text := _plain(item))}
    if all(map(_LANGUAGE.fullmatch, named)):
        return texts
    return texts if len(texts) == len(value) else {}  # in languages by names of somebody's own


def _plain(value: Any) -> str:
    """A text or a number as text; of an object that holds a slug (Sanity), the slug."""
    if isinstance(value, dict):
        value = value.get("current")
    if isinstance(value, str):
        return value if value.strip() else ""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
