"""The console of a small deployment, and its page's calls."""

from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from starlette.testclient import TestClient

from jamwire.console.app import make_console
from jamwire.console.context import Context
from tests.fakes.account import Account
from tests.fakes.dead_letters import DeadLetters
from tests.fakes.network import client_error

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

    def do(self, name: str, /, **body: Any) -> Any:
        """Look at what an act would do, and do it."""
        status, shown = self.act(name, **body, dry_run=True)
        assert status == 200, shown
        status, done = self.act(name, **body | shown.pop("body"), dry_run=False, count=shown["count"])
        assert status == 200, done
        return {**done, "shown": shown}


class Throttled:
    """A call that AWS answers for so many times, and then no more until it is `over`."""

    def __init__(self, call: Any, answers: int, code: str = "RequestThrottled") -> None:
        self.call, self.answers, self.code, self.over = call, answers, code, False

    def __call__(self, **request: Any) -> Any:
        self.answers -= 1
        if self.answers < 0 and not self.over:
            raise client_error(self.code, "SendMessage")
        return self.call(**request)


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


@pytest.fixture
def letters(account: Account) -> DeadLetters:
    account.sqs = account.clients["sqs"] = queue = DeadLetters()
    for number in range(4):
        queue.bury(account.keep(f"e{number}").to_json())
    return queue
