"""What the documentation points to exists: links, headings, files."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted(ROOT.glob("docs/**/*.md")),
    *sorted(ROOT.glob("examples/*/README.md")),
]
DECISIONS = ROOT / "docs" / "decisions"

MAX_README_LINES = 150
"""What a newcomer reads in three minutes."""

FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`")
NEW_FILE = re.compile(r"^`[\w/.]+`, .*$", re.MULTILINE)
"""The README's line above a file that its reader is to make."""

PLACE = re.compile(r"(app\.py|(\.github|bench|docs|examples|jamwire|lambdas|live|stacks|tests)/[\w./-]*)")
"""A path from the project's root, without a placeholder."""


def page_id(page: Path) -> str:
    return str(page.relative_to(ROOT))


def prose(page: Path) -> str:
    """A page without its blocks of code."""
    return FENCE.sub("", page.read_text())


def anchors(page: Path) -> set[str]:
    """The headings as GitHub names them: lower case, hyphens for spaces, and no punctuation."""
    return {
        re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in HEADING.findall(prose(page))
    }


def broken_links(page: Path) -> Iterator[str]:
    for link in LINK.findall(prose(page)):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            yield link


def missing_files(page: Path) -> Iterator[str]:
    for code in CODE.findall(NEW_FILE.sub("", prose(page))):
        if PLACE.fullmatch(code) and not (ROOT / code).exists():
            yield code


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(broken_links(page)) == []


@pytest.mark.parametrize("page", PAGES, ids=page_id)
def test_every_file_that_is_named_exists(page: Path) -> None:
    assert list(missing_files(page)) == []


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= MAX_README_LINES


def test_decisions_are_numbered_without_holes() -> None:
    numbers = [int(path.name[:4]) for path in sorted(DECISIONS.glob("0*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_index_lists_every_decision_in_order() -> None:
    listed = re.findall(
        r"\| (\d+) \| \[[^\]]+\]\((\d{4}-[\w-]+\.md)\)", (DECISIONS / "README.md").read_text()
    )
    assert [name for _, name in listed] == [path.name for path in sorted(DECISIONS.glob("0*.md"))]
    for number, name in listed:
        assert (DECISIONS / name).read_text().startswith(f"# {number}. ")
