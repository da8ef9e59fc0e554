"""Secrets of this machine: one for each endpoint, the same in the next run, and for no one else to read."""

from pathlib import Path

import pytest

from jamwire.operations.deployment import DeployedEndpoint
from jamwire.operations.errors import OperationError
from jamwire.operations.signing_pairs import given_pairs, kept_pairs
from lambdas.ingest.catalogue import CATALOGUE


def endpoints(*sources: str) -> list[DeployedEndpoint]:
    return [DeployedEndpoint(f"my-{s}", s, "https://jamwire.example", CATALOGUE[s].scheme) for s in sources]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "listen" / "secrets.json"


def test_every_source_but_eventbridge_has_a_pair(path: Path) -> None:
    pairs = kept_pairs(path, endpoints(*CATALOGUE))
    assert {f"my-{source}" for source in CATALOGUE} - set(pairs) == {"my-amplify"}
    for endpoint in endpoints(*(CATALOGUE.keys() - {"amplify"})):
        assert endpoint.scheme.is_secret(pairs[endpoint.name].verifies)


def test_next_run_signs_by_the_same_pair(path: Path) -> None:
    first = kept_pairs(path, endpoints("netlify", "github"))
    assert kept_pairs(path, endpoints("github", "stripe")).items() > {"my-github": first["my-github"]}.items()
    assert kept_pairs(path, endpoints("netlify"))["my-netlify"] == first["my-netlify"]


def test_endpoint_of_another_source_has_a_new_pair(path: Path) -> None:
    [before] = kept_pairs(path, endpoints("basic")).values()
    moved = DeployedEndpoint("my-basic", "github", "https://jamwire.example", CATALOGUE["github"].scheme)
    [after] = kept_pairs(path, [moved]).values()
    assert before != after


def test_nobody_else_may_read_them(path: Path) -> None:
    kept_pairs(path, endpoints("netlify"))
    assert [each.stat().st_mode & 0o777 for each in (path, path.parent)] == [0o600, 0o700]


def test_file_that_is_none_of_ours_is_named(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("{")
    with pytest.raises(OperationError, match="delete it"):
        kept_pairs(path, endpoints("netlify"))


def test_given_secret_signs_for_each_that_takes_it() -> None:
    pairs = given_pairs("s3cret", endpoints("netlify", "github", "amplify"))
    assert {name: pair.signs for name, pair in pairs.items()} == {
        "my-netlify": "s3cret",
        "my-github": "s3cret",
    }


@pytest.mark.parametrize("source", ["basic", "sendgrid"])
def test_given_secret_must_fit(source: str) -> None:
    """Basic authentication needs a user's name; SendGrid signs by a key that only it has."""
    with pytest.raises(OperationError, match=f"cannot sign as {source} does.*--endpoint"):
        given_pairs("s3cret", endpoints("netlify", source))
