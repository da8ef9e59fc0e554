"""After an outage everything arrives within the schedule's bounds, whatever dies in it and whatever is poisonous."""

import secrets

import pytest

from tests.simulation.outage_mutations import OUTAGE_MUTATIONS
from tests.simulation.outages import SCENARIOS, Outage, all_violations, violations


@pytest.mark.parametrize("seed", ["1", secrets.token_hex(4)], ids=["always-the-same", "fresh"])
@pytest.mark.parametrize("outage", SCENARIOS, ids=str)
def test_event_arrives_within_the_bounds(outage: Outage, seed: str) -> None:
    assert not list(violations(outage, seed)), f"seed {seed}"


@pytest.mark.parametrize("name", OUTAGE_MUTATIONS)
def test_mutation_of_retries_is_noticed(name: str) -> None:
    with OUTAGE_MUTATIONS[name].made():
        assert next(all_violations("1"), "")
