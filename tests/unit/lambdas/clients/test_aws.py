"""What is made while a function starts, and what is not."""

import gc
import importlib
import sys

import pytest

import lambdas.clients
from lambdas.clients import aws
from lambdas.clients.aws import ON_LAMBDA, at_start


@pytest.mark.parametrize("on_lambda", [True, False])
def test_start_on_lambda_makes_what_is_needed_later(monkeypatch: pytest.MonkeyPatch, on_lambda: bool) -> None:
    made: list[str] = []
    monkeypatch.delenv(ON_LAMBDA, raising=False)
    if on_lambda:
        monkeypatch.setenv(ON_LAMBDA, "Pager")
    worker = at_start(lambda: made.append("worker") or "worker")
    assert len(made) == int(on_lambda)
    assert [worker(), worker()] == ["worker", "worker"]
    assert len(made) == 1


def test_garbage_is_collected_after_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambdas.clients, "aws", aws)
    monkeypatch.delitem(sys.modules, "lambdas.clients.aws")
    try:
        importlib.import_module("lambdas.clients.aws")
        assert gc.isenabled()
    finally:
        gc.enable()


def test_client_is_of_the_functions_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    for kept in (aws.session, aws.client):
        kept.cache_clear()  # type: ignore[union-attr]
    try:
        assert aws.client("sqs").meta.region_name == "eu-north-1"
    finally:
        for kept in (aws.session, aws.client):
            kept.cache_clear()  # type: ignore[union-attr]
