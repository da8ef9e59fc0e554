"""A small deployment for each test."""

import pytest

from tests.fakes.account import Account


@pytest.fixture
def account() -> Account:
    return Account()
