import pytest

from tests.fakes.subscriber import Surroundings
from tests.unit.lambdas.runtime.office import Office


@pytest.fixture
def around() -> Surroundings:
    return Surroundings()


@pytest.fixture
def office() -> Office:
    return Office()
