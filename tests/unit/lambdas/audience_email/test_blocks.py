"""Whatever a block says is text, in both forms of a message."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lambdas.audience_email.blocks import Block, Kind, html_of, one_line, text_of

BLOCKS = [
    Block("title", "Line 12 is late"),
    Block("text", "First line\nsecond <line>"),
    Block("item", "08:15 Late", "https://example.com/1"),
    Block("button", "Read more", "https://example.com/a?b=1&c=2"),
    Block("line", ""),
    Block("small", "You follow Line 12."),
]


class Skeleton(HTMLParser):
    """The tags of a page, but for line breaks, and where it leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ("br", "a"):
            self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]


def test_blocks_become_plain_text() -> None:
    assert text_of(BLOCKS) == (
        "Line 12 is late\n\nFirst line\nsecond <line>\n\n- 08:15 Late\nhttps://example.com/1\n\n"
        "Read more\nhttps://example.com/a?b=1&c=2\n\n--\n\nYou follow Line 12.\n"
    )


def test_blocks_become_html() -> None:
    page = html_of(BLOCKS, title="Line 12", lang="en")
    assert ">Line 12 is late</h1><p>First line<br>second &lt;line&gt;</p>" in page
    assert '<ul><li><a href="https://example.com/1">08:15 Late</a></li></ul>' in page
    assert '<strong><a href="https://example.com/a?b=1&amp;c=2">Read more</a></strong>' in page
    assert page.startswith('<!DOCTYPE html><html lang="en"')


def test_items_after_each_other_are_one_list() -> None:
    items = [Block("item", "a"), Block("item", "b"), Block("text", "x"), Block("item", "c")]
    page = html_of(items, title="", lang="en")
    assert "<ul><li>a</li><li>b</li></ul><p>x</p><ul><li>c</li></ul>" in page


def test_block_without_words_is_left_out() -> None:
    blocks = [Block("text", ""), Block("line", ""), Block("small", "x")]
    assert "<body" in (page := html_of(blocks, title="", lang="en"))
    assert "<hr><p><small>x</small></p>" in page
    assert "<p></p>" not in page
    assert text_of(blocks) == "--\n\nx\n"


def test_html_loads_nothing() -> None:
    skeleton = Skeleton(html_of(BLOCKS, title="Line 12", lang="en"))
    assert not {"img", "script", "link", "iframe", "style", "form"} & {*skeleton.tags}
    assert {*skeleton.links} == {"https://example.com/1", "https://example.com/a?b=1&c=2"}


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//example.com", "mailto:a@b", ""]
)
def test_only_the_web_is_linked_to(url: str) -> None:
    block = Block("button", "Read more", url)
    assert not Skeleton(html_of([block], title="", lang="en")).links
    assert text_of([block]) == "Read more\n"


KINDS: list[Kind] = ["title", "heading", "text", "item", "button", "small"]
HOSTILE = st.text() | st.sampled_from(
    ["<script>x</script>", "\r\nBcc: a@b", '"><img src=//x>', "</title>", "{body}", "&#60;b&#62;", "\u202ex"]
)


@given(kind=st.sampled_from(KINDS), text=HOSTILE, url=HOSTILE)
def test_nothing_in_a_block_is_markup(kind: Kind, text: str, url: str) -> None:
    page = Skeleton(html_of([Block(kind, text, url)], title=text, lang=text))
    plain = Skeleton(html_of([Block(kind, text and "x", "https://x")], title="x", lang="x"))
    assert page.tags == plain.tags
    assert page.attributes <= plain.attributes
    assert all(link.startswith(("https://", "http://")) for link in page.links)


@given(HOSTILE)
def test_one_line_is_one_line_and_printable(text: str) -> None:
    line = one_line(text)
    assert len(line.splitlines()) <= 1
    assert not any(ord(char) < 32 or "\u202a" <= char <= "\u202e" for char in line)
    line.encode()
