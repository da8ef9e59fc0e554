"""A message as blocks, which become plain text and simple HTML: no image, no script, nothing of elsewhere.

Whatever a block says is text: it is escaped in HTML, and has no control characters in either.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Final, Literal

Kind = Literal["title", "heading", "text", "item", "button", "line", "small"]


@dataclass(frozen=True, slots=True)
class Block:
    """A block.

    Attributes:
        kind: How it looks.
        text: Its words; those of a text may have lines.
        url: Where its words lead; empty for nowhere.
    """

    kind: Kind
    text: str
    url: str = ""


_CONTROLS: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
)
"""What ends a line, turns the direction of what follows, or is no character."""

_WEB: Final = ("https://", "http://")

_HTML: Final[dict[Kind, str]] = {
    "title": '<h1 style="font-size:1.5em">{}</h1>',
    "heading": '<h2 style="font-size:1.2em">{}</h2>',
    "text": "<p>{}</p>",
    "item": "<li>{}</li>",
    "button": "<p><strong>{}</strong></p>",
    "line": "<hr>",
    "small": "<p><small>{}</small></p>",
}

_PAGE: Final = (
    '<!DOCTYPE html><html lang="{lang}" dir="auto"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
    '<title>{title}</title></head><body style="font-family:sans-serif;line-height:1.5;max-width:40em">{body}'
    "</body></html>"
)


def one_line(text: str) -> str:
    """A text in one line, without characters that nobody sees and that do something."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def text_of(blocks: Iterable[Block]) -> str:
    """The blocks as plain text."""
    return "\n\n".join(filter(None, map(_plain, blocks))) + "\n"


def html_of(blocks: Sequence[Block], *, title: str, lang: str) -> str:
    """The blocks as a page of HTML."""
    said = [block for block in blocks if block.text or block.kind == "line"]
    body = "".join(_alike(kind, its) for kind, its in groupby(said, key=lambda block: block.kind))
    return _PAGE.format(lang=escape(lang), title=escape(one_line(title)), body=body)


def _alike(kind: Kind, blocks: Iterable[Block]) -> str:
    """Blocks of one kind after each other; items are a list."""
    html = "".join(_HTML[kind].format(_inline(block)) for block in blocks)
    return f"<ul>{html}</ul>" if kind == "item" else html


def _plain(block: Block) -> str:
    if block.kind == "line":
        return "--"
    words = "\n".join(_lines(block))
    link = one_line(block.url).replace(" ", "%20")
    return f"{'- ' * (block.kind == 'item')}{words}" + (f"\n{link}" if link.startswith(_WEB) else "")


def _inline(block: Block) -> str:
    words = "<br>".join(map(escape, _lines(block)))
    link = one_line(block.url).replace(" ", "%20")
    return f'<a href="{escape(link)}">{words}</a>' if link.startswith(_WEB) else words


def _lines(block: Block) -> list[str]:
    """A block's lines; but for those of a text, all is one."""
    if block.kind != "text":
        return [one_line(block.text)]
    return [one_line(line) for line in re.split(r"\r\n|\r|\n", block.text)]
