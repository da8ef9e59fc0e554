import pytest

from tests.fakes.subscriber import Surroundings


@pytest.fixture
def around() -> Surroundings:
    return Surroundings()
