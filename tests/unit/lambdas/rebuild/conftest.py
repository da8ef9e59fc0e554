import pytest

from tests.unit.lambdas.rebuild.site import Site


@pytest.fixture
def site() -> Site:
    return Site()
