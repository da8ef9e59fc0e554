"""A share of the simulation of fan-outs for every run of the tests."""

import secrets

import pytest
from hypothesis import settings

from tests.fakes.choices import Choices
from tests.simulation.fan_out_mutations import FAN_OUT_MUTATIONS
from tests.simulation.fan_out_run import FAN_OUTS, run_world

SCHEDULES = 15 * settings().max_examples
"""1,500 as a rule, fewer where Hypothesis's profile asks for fewer examples, too."""

MUTANT_SCHEDULES = 4000


@pytest.mark.parametrize("seed", ["1", secrets.token_hex(4)], ids=["always-the-same", "fresh"])
def test_every_follower_is_told_once(seed: str) -> None:
    totals = FAN_OUTS.run_schedules(seed, range(SCHEDULES))
    assert not totals.failures, "\n".join(FAN_OUTS.story(totals.failures[0]))
    assert totals.told > totals.accepted > SCHEDULES
    assert totals.faults > SCHEDULES
    assert 0 < totals.told_again <= totals.uncertain


@pytest.mark.parametrize("name", FAN_OUT_MUTATIONS)
def test_wrong_fan_out_is_noticed(name: str) -> None:
    mutation = FAN_OUT_MUTATIONS[name]
    schedules = range(mutation.first, mutation.first + MUTANT_SCHEDULES)
    with mutation.made():
        assert FAN_OUTS.run_schedules("1", schedules, **mutation.world).failures


def test_schedule_of_fan_outs_is_the_same_each_time() -> None:
    lines: list[list[str]] = [[], []]
    for some in lines:
        run_world(Choices("1:42"), note=some.append)
    assert lines[0] == lines[1] != []
