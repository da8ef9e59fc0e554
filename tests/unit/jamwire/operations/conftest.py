"""A small deployment for each test."""

import pytest

from tests.unit.jamwire.operations.world import World


@pytest.fixture
def world() -> World:
    return World()
