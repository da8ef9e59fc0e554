"""The console of a small deployment, and its page's calls."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from starlette.testclient import TestClient

from jamwire.console.app import make_console
from jamwire.console.context import Context
from tests.fakes.account import Account

TOKEN = "2f6d1c0b9a8e7d6c"
URL = "http://127.0.0.1:4001"


class Page:
    """The console's page: it has the token, and reads JSON."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        client.headers["authorization"] = f"Bearer {TOKEN}"

    def answer(self, path: str, **query: Any) -> tuple[int, Any]:
        answer = self.client.get(f"/console/api/{path}", params=query)
        return answer.status_code, answer.json()

    def read(self, path: str, **query: Any) -> Any:
        status, document = self.answer(path, **query)
        assert status == 200, document
        return document

    def act(self, name: str, /, **body: Any) -> tuple[int, Any]:
        answer = self.client.post(f"/console/api/acts/{name}", json=body)
        return answer.status_code, answer.json()


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def context(account: Account) -> Context:
    numbers = count(1)
    return Context(
        find_deployment=lambda: account.deployment,
        clock=account.clock,
        sleep=account.clock.sleep,
        fresh=lambda: f"fresh{next(numbers)}",
    )


@pytest.fixture
def page(context: Context) -> Iterator[Page]:
    with TestClient(make_console(context, token=TOKEN), base_url=URL) as client:
        yield Page(client)
