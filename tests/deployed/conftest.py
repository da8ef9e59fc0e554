"""One deployment for all tests that do not change it, with IAM enforced: every function works by its own role."""

from collections.abc import Iterator

import pytest

from jamwire.local.account import LocalAccount
from tests.deployed.deployed import Deployed


@pytest.fixture(scope="session")
def _deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    with LocalAccount(tmp_path_factory.mktemp("account"), auth=True) as account:
        account.up()
        yield Deployed(account)


@pytest.fixture
def deployed(_deployed: Deployed) -> Iterator[Deployed]:
    _deployed.renew_budget()  # all tests together send more than the rulebook allows for a day
    yield _deployed
    _deployed.inbox("DELETE", "/api/faults")
    _deployed.until_quiet()  # the CDN takes what waits together, and the next test wants its own
