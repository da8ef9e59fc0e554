import pytest
from starlette.testclient import TestClient

from jamwire.local.inbox.app import make_app
from tests.unit.jamwire.local.inbox import CONSOLE, TOKEN, Account


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def inbox(account):
    with TestClient(make_app(account, console=CONSOLE, token=TOKEN), base_url="http://127.0.0.1") as client:
        yield client
