"""The locks hold what their inputs name, by hash, and agree with each other; `make lock` writes them."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
INPUTS = [
    "requirements-build.in",
    "requirements.in",
    "requirements-dev.in",
    "lambdas/requirements.in",
    "lambdas/ingest/requirements.in",
    "lambdas/followers/requirements.in",
    "jamwire/local/requirements.in",
    "tests/fuzz/requirements.in",
    "tests/second_opinion/requirements.in",
]
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


class Pin(NamedTuple):
    """A version of a package, where the marker holds."""

    name: str
    version: str
    marker: str


def pin(line: str) -> Pin:
    requirement = Requirement(line)
    (specifier,) = requirement.specifier
    assert specifier.operator == "==", f"{line} is not pinned exactly"
    return Pin(canonicalize_name(requirement.name), specifier.version, str(requirement.marker or ""))


def named(name: str) -> set[Pin]:
    """What an input names, and what the inputs do that it includes."""
    path = ROOT / name
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    included = [line.removeprefix("-r ") for line in lines if line.startswith("-r ")]
    own = {pin(line) for line in lines if not line.startswith("-r ")}
    return own.union(*(named(str((path.parent / other).relative_to(ROOT))) for other in included))


def entries(name: str) -> list[str]:
    """Each package of an input's lock with its hashes and why it is there."""
    lock = (ROOT / name).with_suffix(".txt").read_text()
    return re.split(r"\n(?=[a-z0-9])", lock)[1:]


def locked(name: str) -> dict[Pin, str]:
    return {pin(re.split(r"\s*\\\n", entry)[0]): entry for entry in entries(name)}


@pytest.mark.parametrize("name", INPUTS)
def test_lock_holds_what_is_named(name: str) -> None:
    wanted = {pin for pin, entry in locked(name).items() if re.search(r"-r \S+\.in$", entry, re.M)}
    assert {(pin.name, pin.version) for pin in wanted} == {(pin.name, pin.version) for pin in named(name)}, (
        "run: make lock"
    )


@pytest.mark.parametrize("name", INPUTS)
def test_every_package_has_hashes(name: str) -> None:
    assert [pin.name for pin, entry in locked(name).items() if not HASH.search(entry)] == []


@pytest.mark.parametrize("name", INPUTS)
def test_lock_names_no_package_index(name: str) -> None:
    assert "://" not in (ROOT / name).with_suffix(".txt").read_text()


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("lambdas/requirements.in", "requirements.in"),
        ("lambdas/ingest/requirements.in", "requirements.in"),
        ("lambdas/followers/requirements.in", "requirements.in"),
        ("requirements.in", "requirements-dev.in"),
    ],
)
def test_lock_is_part_of_the_larger(name: str, within: str) -> None:
    larger = {(pin.name, pin.version) for pin in locked(within)}
    assert {(pin.name, pin.version) for pin in locked(name)} <= larger


def test_every_input_is_known() -> None:
    found = {
        str(path.relative_to(ROOT)) for path in ROOT.glob("**/requirements*.in") if ".venv" not in path.parts
    }
    assert found == set(INPUTS)
