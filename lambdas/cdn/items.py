r"""What CloudFront takes as an item of an invalidation: a path, a path with a wildcard at its end, a cache tag.

CloudFront developer guide, "What you need to know when invalidating paths" (a wildcard is one at the end only, a path
has 4,000 characters at most, what RFC 1738 calls unsafe is encoded and nothing else) and "… when invalidating tags"
(visible ASCII without commas, 256 characters, no difference between cases).

RFC 1738, section 2.2, calls unsafe: space, ``< > " # % { } | \ ^ ~ [ ] ` ``. Of these, RFC 3986 and browsers leave the
tilde as it is; CloudFront refuses it so, and takes ``%7E`` only (github.com/bep/s3deploy, issue 46). There is therefore
one form to purge, and no second one.
"""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote

EVERYTHING: Final = "/*"
MAX_PATH_LENGTH: Final = 4000
MAX_TAG_LENGTH: Final = 256

# Characters of a path that stay as they are: what RFC 1738 calls safe, extra and reserved, with escapes.
_SAFE: Final = "/-._!$&'()*+,;=:@%?"
_BARE_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_LONE: Final = re.compile("[\ud800-\udfff]")
_FILE: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,11}$")
_TAG: Final = re.compile(r"[!-+\--~]+")


def path_item(path: str) -> str | None:
    """The item that covers a path; None for what is not a valid path.

    A ``*`` within it may be meant as a wildcard, which CloudFront would not read as one, or as itself: the wildcard
    that ends there covers both. So does a wildcard what is too long to be named.
    """
    path = _LONE.sub("\ufffd", path.partition("#")[0].strip())
    if not path:
        return None
    head, question, query = path.partition("?")
    head = _without_dots(head if head.startswith("/") else f"/{head}")
    encoded = quote(_BARE_PERCENT.sub("%25", f"{head}{question}{query}"), safe=_SAFE).replace("~", "%7E")
    encoded, star, _ = encoded.partition("*")
    if len(encoded) + len(star) > MAX_PATH_LENGTH:
        return _cut(encoded) + "*"
    return encoded + star


def page_twins(item: str) -> tuple[str, ...]:
    """The items of one page under all addresses that a host of static files serves it at, the given one among them.

    ``/blog/winter`` is ``/blog/winter/``, ``/blog/winter/index.html`` and ``/blog/winter.html``. What is told apart by
    a query, and a file, whose name has another ending, have one address; so has a wildcard.
    """
    if is_wildcard(item) or not item.startswith("/") or "?" in item:
        return (item,)
    page = item.removesuffix("index.html").removesuffix(".html").rstrip("/")
    if _FILE.search(page):
        return (item,)
    forms = (page, f"{page}/", f"{page}/index.html", f"{page}.html") if page else ("/", "/index.html")
    return tuple(dict.fromkeys((item, *(form for form in forms if len(form) <= MAX_PATH_LENGTH))))


def tag_item(tag: str) -> str | None:
    """The item for a cache tag; None for what is not a valid tag."""
    return f"#{tag.lower()}" if len(tag) <= MAX_TAG_LENGTH and _TAG.fullmatch(tag) else None


def is_wildcard(item: str) -> bool:
    """Whether the item stands for more than one path."""
    return item.startswith("/") and item.endswith("*")


def matches(item: str, other: str) -> bool:
    """Whether an item does all that another one would."""
    return item == other or (is_wildcard(item) and other.startswith(item[:-1]))


def without_covered(items: Iterable[str]) -> set[str]:
    """The items but for those that a wildcard among them covers."""
    kept = set(items)
    prefixes: list[str] = []
    for prefix in sorted(item[:-1] for item in kept if is_wildcard(item)):
        if not prefixes or not prefix.startswith(prefixes[-1]):
            prefixes.append(prefix)
    if not prefixes:
        return kept
    if EVERYTHING in kept:
        return {item for item in kept if item == EVERYTHING}
    beginnings = tuple(prefixes)
    wildcards = {f"{prefix}*" for prefix in prefixes}
    return {item for item in kept if item in wildcards or not item.startswith(beginnings)}


def _without_dots(path: str) -> str:
    """The path as a browser asks for it (RFC 3986, section 5.2.4, "Remove Dot Segments")."""
    kept: list[str] = []
    segments = path.split("/")[1:]
    for place, segment in enumerate(segments):
        last = place == len(segments) - 1
        if segment == "..":
            kept = kept[:-1]
        elif segment != ".":
            kept.append(segment)
        if last and segment in (".", ".."):
            kept.append("")
    return "/" + "/".join(kept)


def _cut(encoded: str) -> str:
    """The beginning that leaves room for a wildcard, no escape cut in two."""
    cut = encoded[: MAX_PATH_LENGTH - 1]
    return re.sub(r"%[0-9A-Fa-f]?$", "", cut)
