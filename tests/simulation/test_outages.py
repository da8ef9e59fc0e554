"""After an outage everything arrives within the schedule's bounds, whatever dies in it and whatever is poisonous."""

import secrets

import pytest

from tests.conftest import ROOT
from tests.simulation.outage_mutations import OUTAGE_MUTATIONS
from tests.simulation.outages import (
    COLUMNS,
    LENGTHS,
    SCENARIOS,
    Outage,
    all_violations,
    simulate,
    span,
    violations,
)


@pytest.mark.parametrize("seed", ["1", secrets.token_hex(4)], ids=["always-the-same", "fresh"])
@pytest.mark.parametrize("outage", SCENARIOS, ids=str)
def test_event_arrives_within_the_bounds(outage: Outage, seed: str) -> None:
    assert not list(violations(outage, seed)), f"seed {seed}"


def test_table_of_lags_is_the_simulations() -> None:
    """The crowd's columns take minutes; those of a single event are made anew."""
    page = (ROOT / "docs" / "reliability.md").read_text()
    lines = page[page.index(f"| {COLUMNS[0]} |") :].split("\n\n")[0].splitlines()
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    assert tuple(table[0]) == COLUMNS
    assert [row[0] for row in table[2:]] == list(LENGTHS)
    for row, length in zip(table[2:], LENGTHS.values(), strict=True):
        one = simulate(Outage(length=length, count=1))
        assert row[1:3] == [span(one.lags[-1]), str(one.most_attempts)]


@pytest.mark.parametrize("name", OUTAGE_MUTATIONS)
def test_mutation_of_retries_is_noticed(name: str) -> None:
    with OUTAGE_MUTATIONS[name].made():
        assert next(all_violations("1"), "")
