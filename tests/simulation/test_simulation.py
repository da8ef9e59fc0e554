"""A share of the simulation for every run of the tests: some schedules that are always the same, some that never were."""

import secrets

import pytest
from hypothesis import settings

from tests.fakes.choices import Choices, shrink
from tests.simulation.mutations import MUTATIONS
from tests.simulation.run import DELIVERIES, run_world

SCHEDULES = 15 * settings().max_examples
"""1,500 as a rule, fewer where Hypothesis's profile asks for fewer examples, too."""

MUTANT_SCHEDULES = 4000


@pytest.mark.parametrize("seed", ["1", secrets.token_hex(4)], ids=["always-the-same", "fresh"])
def test_every_accepted_event_ends_well(seed: str) -> None:
    totals = DELIVERIES.run_schedules(seed, range(SCHEDULES))
    assert not totals.failures, "\n".join(DELIVERIES.story(totals.failures[0]))
    assert totals.told > totals.accepted > SCHEDULES
    assert totals.faults > SCHEDULES
    assert totals.dead


@pytest.mark.parametrize("name", MUTATIONS)
def test_mutation_is_noticed(name: str) -> None:
    mutation = MUTATIONS[name]
    schedules = range(mutation.first, mutation.first + MUTANT_SCHEDULES)
    with mutation.made():
        assert DELIVERIES.run_schedules("1", schedules, **mutation.world).failures


def test_schedule_is_the_same_each_time() -> None:
    lines: list[list[str]] = [[], []]
    for some in lines:
        run_world(Choices("1:42"), note=some.append)
    assert lines[0] == lines[1] != []


def test_failure_is_told_as_a_short_story() -> None:
    mutation = MUTATIONS["delete-before-deliver"]
    with mutation.made():
        [name] = DELIVERIES.run_schedules("1", range(MUTANT_SCHEDULES)).failures
        told = list(DELIVERIES.story(name))
    assert told[-1].startswith("=> ")
    assert "is lost" in told[-1]
    assert len(told) < 15


def test_failing_list_is_shrunk() -> None:
    assert shrink([5, 0, 17, 3, 99, 4], lambda numbers: 17 in numbers) == [17]
    assert shrink([1, 2, 60], lambda numbers: sum(numbers) > 20) == [30]
