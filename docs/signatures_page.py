"""The page about signatures, made from docstrings: ``python -m docs.signatures_page`` writes signatures.md.

Each field has a sender that needs it; the examples are those that the tests play.
"""

import inspect
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path
from types import UnionType
from typing import Any, Final, Literal, get_args, get_origin, get_type_hints

from docs.as_python import as_python
from docs.handshake_examples import HANDSHAKES, REPLIES
from docs.signature_examples import EXAMPLES, Example
from lambdas.contracts.rate_limit import RateLimit
from lambdas.ingest.answer import Reply
from lambdas.ingest.catalogue import CATALOGUE
from lambdas.ingest.endpoint_document import Endpoint
from lambdas.ingest.handshakes import Handshake
from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.document import Verification

PAGE: Final = Path(__file__).with_name("signatures.md")
SCHEMES: Final[tuple[type, ...]] = get_args(Verification)
ENDPOINTS_FIELDS: Final = ("handshake", "reply", "public_url")
MOST_SOURCES: Final = 3
"""Sources that are named for a field."""
_ENTRY: Final = re.compile(r"^(\w+): (.*(?:\n +.*)*)", re.MULTILINE)


def parts(example: Example) -> list[Any]:
    """What an example is of: the endpoint, its scheme, its handshake, its reply."""
    of = example.configuration
    return [of, of.source, of.handshake, of.reply] if isinstance(of, Endpoint) else [of]


def examples() -> list[Example]:
    """Every example; of a sender that is shown twice, the later one says more."""
    return [*EXAMPLES, *HANDSHAKES.values(), *REPLIES.values()]


def sections() -> dict[type, tuple[type, ...]]:
    """Each class that has fields, and those classes of the rulebook whose fields they are."""
    found: dict[type, tuple[type, ...]] = {}
    for cls in (*SCHEMES, Endpoint, Handshake, Reply):
        for owner in reversed([base for base in cls.__mro__ if is_dataclass(base)]):
            found[owner] = (*found.get(owner, ()), cls)
    return found


def own_fields(owner: type) -> list[Field[Any]]:
    """The public fields that a class itself adds; of an endpoint, those about what its sender signs and asks."""
    own = ENDPOINTS_FIELDS if owner is Endpoint else tuple(inspect.get_annotations(owner))
    return [field for field in fields(owner) if field.name in own]


def senders(owner: type, field: str) -> list[str]:
    """Links to the examples that show a field of a class; to sources of the catalogue where there is none."""
    found = [e.sender for e in examples() if field in e.shows and any(isinstance(p, owner) for p in parts(e))]
    return [_link(sender) for sender in dict.fromkeys(found)] or _sources(owner, field)[:MOST_SOURCES]


def _sources(owner: type, field: str) -> list[str]:
    default = next(known.default for known in fields(owner) if known.name == field)
    schemes = {name: source.scheme for name, source in CATALOGUE.items()}
    all_of = {name: of.schemes if isinstance(of, AnyOf) else (of,) for name, of in schemes.items()}
    named = [n for n, of in all_of.items() if isinstance(of[0], owner) and getattr(of[0], field) != default]
    return [f"[{name}](sources.md#{name})" for name in named]


def users(owner: type) -> list[str]:
    """Links to the examples whose calls are verified by a class."""
    found = [e.sender for e in examples() if any(isinstance(part, owner) for part in parts(e))]
    return [_link(sender) for sender in dict.fromkeys(found)]


def _link(sender: str) -> str:
    return f"[{sender}](#{_slug(sender)})"


def page() -> str:
    """The page."""
    shown = {example.sender.lower(): example for example in examples()}
    names = sorted({cls.__name__ for cls in (*SCHEMES, Endpoint, Handshake, Reply)})
    return f"""# Signatures

<!-- Made by `make docs` from lambdas/ingest/schemes, lambdas/ingest/handshakes.py, lambdas/ingest/answer.py and
docs/*_examples.py. -->

How the calls of a sender are verified that the [catalogue](sources.md) does not know, what it asks first, and what it
is answered: every field, with a sender that needs it. In `app.py`:

```python
from stacks.endpoints import {", ".join(names)}
```

[Connect](connect.md#a-sender-that-jamwire-does-not-know) shows how an endpoint is made of these. A mistake is told
in one sentence when `app.py` is read.

{"".join(_section(owner, of) for owner, of in sections().items())}## Senders

{"".join(_sender(example) for _, example in sorted(shown.items()))}"""


def _section(owner: type, of: Sequence[type]) -> str:
    heading = owner.__name__ if owner in of else " and ".join(cls.__name__ for cls in of)
    rows = "".join(_row(owner, field) for field in own_fields(owner))
    head = "| Field | Means | Default | Needed by |\n|---|---|---|---|\n"
    table = head + rows if rows else f"It has no fields. Needed by {', '.join(users(owner))}.\n"
    also = "".join(f", and the fields of [{_heading(base)}](#{_anchor(base)})" for base in _shared(owner))
    return (
        f"## {heading}\n\n{_markdown(_summary(owner))}{also and f' It has these fields{also}.'}\n\n{table}\n"
    )


def _heading(owner: type) -> str:
    return " and ".join(cls.__name__ for cls in sections()[owner])


def _anchor(owner: type) -> str:
    return _heading(owner).lower().replace(" ", "-")


def _shared(owner: type) -> list[type]:
    """The classes with fields of which a class is made."""
    return [base for base in owner.__mro__[1:] if is_dataclass(base) and own_fields(base)]


def _row(owner: type, field: Field[Any]) -> str:
    needed = ", ".join(senders(owner, field.name))
    means = _markdown(_meanings(owner)[field.name]) + _choices(owner, field.name)
    return f"| `{field.name}` | {_cell(means)} | {_cell(_default(field))} | {needed} |\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _default(field: Field[Any]) -> str:
    if field.default is MISSING and field.default_factory is MISSING:
        return "required"
    default = field.default if field.default is not MISSING else None
    return f"`{as_python(default)}`" if default not in ("", None, False, ()) else ""


def _choices(owner: type, name: str) -> str:
    """What a field may be, where that is one of a few texts."""
    hint = get_type_hints(owner, localns={"RateLimit": RateLimit})[name]  # ingest imports it for types only
    options = get_args(hint) if get_origin(hint) is Literal else ()
    if isinstance(hint, UnionType) or not options:
        return ""
    return " One of " + ", ".join(f"`{option}`" for option in options) + "."


def _summary(owner: type) -> str:
    """What a docstring says around its attributes."""
    text = inspect.getdoc(owner) or ""
    parts = [part for part in text.split("\n\n") if not part.startswith(("Attributes:", "Raises:"))]
    return "\n\n".join(part for part in parts if not part.startswith(" ") and not part.endswith(":"))


def _meanings(owner: type) -> Mapping[str, str]:
    """What a docstring says of each attribute."""
    listed = (inspect.getdoc(owner) or "").partition("Attributes:\n")[2].split("\n\n")[0]
    return {name: " ".join(text.split()) for name, text in _ENTRY.findall(textwrap.dedent(listed))}


def _markdown(text: str) -> str:
    """A docstring's text with Markdown's backquotes."""
    bare = re.sub(r"``(.+?)``", r"`\1`", text)
    return re.sub(r"(?<!`)`(\w+)\(", r"`\1(", bare)


def _slug(sender: str) -> str:
    return re.sub(r"[^\w -]", "", sender).lower().replace(" ", "-")


def _sender(example: Example) -> str:
    configuration = as_python(example.configuration)
    return f"### {example.sender}\n\n```python\n{configuration}\n```\n\n[Documentation]({example.url})\n\n"


if __name__ == "__main__":
    PAGE.write_text(page())
