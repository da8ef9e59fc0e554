"""The commands that the documentation tells people to run."""

import re
from collections.abc import Iterator
from pathlib import Path

_PROGRAM = re.compile(r"(?:\w+=\S+ )*(?:\.venv/bin/)?(?:aws|cdk|curl|jamwire|make|python) ")
_BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")
_COMMENT = re.compile(r"\s+# .*")


def documented_commands(root: Path) -> list[str]:
    """Every line of a block of shell, and every command within a sentence, once.

    Where `.venv` is, and whether the deployment is the local one, makes no other command of it.
    """
    pages = [
        root / "README.md",
        root / "CONTRIBUTING.md",
        *root.glob("docs/*.md"),
        *root.glob("examples/*/README.md"),
    ]
    commands = {command for page in pages for command in commands_of(page.read_text())}
    return sorted({command.replace(".venv/bin/", "").replace(" --local", "") for command in commands})


def commands_of(page: str) -> Iterator[str]:
    """Those of one page, without their comments."""
    for language, block in _BLOCK.findall(page):
        if language == "sh":
            yield from filter(None, (_bare(line) for line in block.replace("\\\n", " ").splitlines()))
    for code in _INLINE.findall(_BLOCK.sub("", page)):
        if _PROGRAM.match(command := _bare(code)):
            yield command


def _bare(command: str) -> str:
    return " ".join(_COMMENT.sub("", command).split())
