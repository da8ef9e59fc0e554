"""Publishing: by a connection that waits for nothing."""

import socket
from typing import Any

import pytest
from botocore.credentials import Credentials

from lambdas.contracts.outcomes import Retry
from lambdas.live.api import Api


def test_body_waits_for_no_acknowledgement(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def connect(*_: Any, socket_options: Any, **__: Any) -> None:
        asked.extend(socket_options)
        raise OSError("there is no network")

    monkeypatch.setattr("urllib3.util.connection.create_connection", connect)
    api = Api("https://a.example/event", "eu-west-1", credentials=Credentials("key", "secret"))
    assert [type(outcome) for outcome in api.publish("notice/line-12", ["{}"])] == [Retry]
    assert (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1) in asked
