"""The page about signatures is the schemes' own, and every field has a sender that needs it."""

import re
from dataclasses import Field
from typing import Any

import pytest

import stacks.endpoints
from docs.as_python import as_python
from docs.handshake_examples import HANDSHAKES, REPLIES
from docs.signature_examples import Example
from docs.signatures_page import PAGE, examples, own_fields, page, parts, sections, senders
from lambdas.ingest.endpoint_document import endpoints_document
from tests.conftest import ROOT

NAMES: dict[str, Any] = {name: getattr(stacks.endpoints, name) for name in stacks.endpoints.__all__}
FIELDS = [(owner, field) for owner in sections() for field in own_fields(owner)]


def test_page_is_as_the_schemes_are() -> None:
    assert PAGE.read_text() == page(), "run: make docs"


@pytest.mark.parametrize(("owner", "field"), FIELDS, ids=[f"{o.__name__}.{f.name}" for o, f in FIELDS])
def test_field_has_a_sender_that_needs_it(owner: type, field: Field[Any]) -> None:
    assert senders(owner, field.name), (
        f"No sender shows {owner.__name__}.{field.name}, expected an example in docs/signature_examples.py."
    )


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.sender)
def test_example_shows_fields_that_it_has(example: Example) -> None:
    for name in example.shows:
        assert any(hasattr(part, name) for part in parts(example)), name


def test_sender_that_is_shown_twice_is_the_same() -> None:
    schemes: dict[str, Any] = {}
    for example in examples():
        scheme = parts(example)[0]
        scheme = scheme.source if isinstance(scheme, stacks.endpoints.Endpoint) else scheme
        assert schemes.setdefault(example.sender, scheme) == scheme, example.sender


@pytest.mark.parametrize("example", examples(), ids=lambda example: example.sender)
def test_configuration_is_shown_as_it_is_written(example: Example) -> None:
    assert eval(as_python(example.configuration), NAMES) == example.configuration  # noqa: S307
    assert endpoints_document({"own": example.configuration})


def imports(page: str) -> list[str]:
    return re.findall(r"from stacks\.endpoints import ([\w, ]+)", (ROOT / page).read_text())


@pytest.mark.parametrize("page", ["README.md", "docs/signatures.md", "docs/connect.md"])
def test_names_are_imported_from_where_they_are(page: str) -> None:
    assert imports(page)
    for names in imports(page):
        assert set(names.split(", ")) <= set(stacks.endpoints.__all__)


def test_readme_imports_every_scheme() -> None:
    [names] = imports("README.md")
    assert {owner.__name__ for owner in sections() if owner.__name__ in NAMES} <= set(names.split(", "))


def test_connect_page_shows_the_examples_that_the_tests_play() -> None:
    text = (ROOT / "docs" / "connect.md").read_text()
    sections = text.split("## A sender that asks first")[1].split("## In the sender's own words")[0]
    endpoints: dict[str, Any] = {}
    for code in re.findall(r"^```python\n(.*?)^```", sections, re.MULTILINE | re.DOTALL):
        exec(code, names := {})  # noqa: S102 - the page's own code
        endpoints |= names["endpoints"]
    played = {name: example.configuration for name, example in {**HANDSHAKES, **REPLIES}.items()}
    assert endpoints == {name: played[name] for name in endpoints}
    assert {"trello", "twitch", "asana", "websub"} <= endpoints.keys()
