import importlib
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest

from lambdas.clients import aws as services
from lambdas.contracts.settings import SubscriberSettings
from tests.unit.lambdas.handlers.account import Aws, Deployed


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    aws = Aws()
    monkeypatch.setattr(services, "session", lambda: aws)
    monkeypatch.setattr(services, "carry", lambda client: None)  # there is no way to go
    services.client.cache_clear()  # type: ignore[attr-defined]
    yield aws
    services.client.cache_clear()  # type: ignore[attr-defined]


@pytest.fixture
def deploy(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    """A function's module as it is read at a cold start, in the environment that its stack writes."""
    modules: list[ModuleType] = []

    def deployed(name: str, **settings: Any) -> ModuleType:
        own = settings.pop("own")
        subscriber = SubscriberSettings(
            stack_id=name.capitalize(),
            queue_url="queue",
            dead_letters_url="dead-letters",
            ledger_table="ledger",
            give_up_after=86_400.0,
            **settings,
        )
        for kept in (subscriber, own):
            for variable, value in kept.to_environment().items():
                monkeypatch.setenv(variable, value)
        module = importlib.import_module(f"lambdas.{name}.handler")
        with monkeypatch.context() as start:
            start.setenv(services.ON_LAMBDA, name)
            modules.append(importlib.reload(module))
        return modules[-1]

    yield deployed
    for module in modules:
        importlib.reload(module)  # without what it has kept of this account
