import pytest

from tests.fakes.subscriber import Surroundings
from tests.unit.lambdas.runtime.office import Office
from tests.unit.lambdas.runtime.outage import LIMITED, Outage


@pytest.fixture
def around() -> Surroundings:
    return Surroundings()


@pytest.fixture
def office() -> Office:
    return Office()


@pytest.fixture
def outage(around: Surroundings) -> Outage:
    return Outage(around)


@pytest.fixture
def limited(around: Surroundings) -> Outage:
    """One of a rate-limited destination."""
    return Outage(around, **LIMITED)
