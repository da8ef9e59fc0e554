"""What ingest makes while it starts: what every request needs, and nothing else."""

import importlib
import sys
from pathlib import Path

import pytest

import lambdas.ingest
from lambdas.ingest import handler


@pytest.mark.parametrize("table", [True, False])
def test_start_makes_what_every_request_needs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, table: bool
) -> None:
    (tmp_path / "endpoints.json").write_text('{"zap": {"source": "token"}}')
    for name in ("SECRET_ARN", "TOPIC_ARN", "PAYLOADS_BUCKET"):
        monkeypatch.setenv(name, name.lower())
    monkeypatch.setenv("LAMBDA_TASK_ROOT", str(tmp_path))
    monkeypatch.setenv("ENDPOINTS_FILE", "endpoints.json")
    monkeypatch.delenv("REPETITIONS_TABLE", raising=False)
    if table:
        monkeypatch.setenv("REPETITIONS_TABLE", "repetitions")
    monkeypatch.setattr(lambdas.ingest, "handler", handler)
    monkeypatch.delitem(sys.modules, "lambdas.ingest.handler")
    started = importlib.import_module("lambdas.ingest.handler")
    made = [of.cache_info().currsize for of in (started._ingest, started._dynamodb, started._s3)]
    assert made == [1, int(table), 0]
