"""Settings that one side writes as environment variables, the other side reads."""

from dataclasses import dataclass

import pytest

from lambdas.contracts.environment import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    requests: int
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Everything(Settings):
    table: str
    names: tuple[str, ...] = ()
    seconds: float = 1.5
    is_on: bool = True
    limit: Limit | None = None
    topic: str | None = None
    count: None | int = None  # noqa: RUF036 - the order of a hint's parts is of no matter


@pytest.mark.parametrize(
    "settings",
    [
        Everything(table="t"),
        Everything(
            table="null",
            names=("a", "b"),
            seconds=0.0,
            is_on=False,
            limit=Limit(requests=3, seconds=1.0),
            topic="7",
            count=0,
        ),
    ],
)
def test_environment_is_read_as_it_was_written(settings: Everything) -> None:
    environment = settings.to_environment()
    assert all(isinstance(value, str) for value in environment.values())
    assert Everything.from_environment(environment) == settings


def test_none_is_no_variable() -> None:
    assert set(Everything(table="t").to_environment()) == {"TABLE", "NAMES", "SECONDS", "IS_ON"}


def test_missing_variable_has_its_default_or_is_told() -> None:
    assert Everything.from_environment({"TABLE": "t", "HOME": "/"}) == Everything(table="t")
    with pytest.raises(KeyError, match="TABLE"):
        Everything.from_environment({"NAMES": "[]"})
