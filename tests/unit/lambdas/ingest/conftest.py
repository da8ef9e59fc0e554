"""What ingest's tests share."""

import pytest

from tests.fakes.ingest import IngestHarness
from tests.unit.lambdas.ingest.every_source import harness_of_every_source


@pytest.fixture
def harness() -> IngestHarness:
    return harness_of_every_source()
