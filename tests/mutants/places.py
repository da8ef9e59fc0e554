"""Whose tests have to notice a change: those that mirror the place, and those of whoever the place is made for."""

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Final

ALSO: Final[Mapping[str, tuple[str, ...]]] = {
    "ingest": ("tests/conformance", "tests/unit/lambdas/test_previews.py"),
    "runtime": ("tests/simulation/test_simulation.py::test_every_accepted_event_ends_well[always-the-same]",),
    "contracts": ("tests/unit/lambdas", "tests/unit/jamwire/operations"),
}
"""Beside the folder that mirrors it. What is a contract is seen at those that keep it."""

ELSEWHERE: Final[Mapping[str, str]] = {
    "audience": "tests/unit/lambdas/followers",
    "audience_digest": "tests/unit/lambdas/followers",
}
"""Where the tests are of functions that only wire what others share."""

HANDLERS: Final = "tests/unit/lambdas/handlers"
"""Each function as Lambda calls it."""


def area_of(path: str) -> str:
    """`ingest` of `lambdas/ingest/schemes/signed.py`."""
    return PurePosixPath(path).parts[1]


def suites_of(path: str) -> tuple[str, ...]:
    """The tests that have to notice a change of a file."""
    area = area_of(path)
    own = ELSEWHERE.get(area, f"tests/unit/lambdas/{area}")
    also = ALSO.get(area, ())
    return also if any(own.startswith(wider) for wider in also) else (own, HANDLERS, *also)


def nearest_first(path: str) -> tuple[str, ...]:
    """Parts of the names of tests in the order in which they probably notice a change of a file."""
    file = PurePosixPath(path)
    folder = "/".join(("tests/unit", *file.parts[:-1]))
    return (f"{folder}/test_{file.stem}.py", folder, f"tests/unit/lambdas/{area_of(path)}")
