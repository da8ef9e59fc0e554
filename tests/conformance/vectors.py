"""Signature vectors and real payloads of the senders, where the folder with them is beside the project."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from lambdas.ingest.request import Request

FOLDER = Path(__file__).parents[3] / "shared" / "vectors"

needed = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the senders' vectors (../shared/vectors) are not beside this project"
)


@dataclass(frozen=True, slots=True)
class Vector:
    """A request of which somebody upstream says whether it verifies."""

    id: str
    source: str
    scheme: str
    secrets: tuple[str, ...]
    request: Request
    now: float
    valid: bool

    @property
    def headers(self) -> Mapping[str, str]:
        return self.request.headers

    @property
    def body(self) -> bytes:
        return self.request.body

    @property
    def method(self) -> str:
        return self.request.method


def vectors() -> list[Vector]:
    """All vectors; none where the folder is missing."""
    file = FOLDER / "vectors.jsonl"
    return [_vector(json.loads(line)) for line in file.read_text().splitlines()] if file.is_file() else []


def payloads(source: str) -> list[Path]:
    """The real payloads of a source."""
    return sorted(path for path in (FOLDER / "payloads" / source).glob("*") if path.is_file())


def _vector(row: dict[str, Any]) -> Vector:
    headers = {name.lower(): value for name, value in row["headers"].items()}
    request = Request(
        endpoint="x",
        method=row["method"],
        headers=headers,
        body=_body(row),
        url=row["url"] or "https://jamwire.example/x",
    )
    secrets = tuple(row["secret"]) if isinstance(row["secret"], list) else (row["secret"],)
    return Vector(
        row["id"],
        row["source"],
        row["scheme"],
        secrets,
        request,
        _now(row, headers),
        row["expected"] == "valid",
    )


def _body(row: dict[str, Any]) -> bytes:
    if file := row.get("body_file"):
        return (FOLDER / file).read_bytes()
    form = row.get("form_params")
    return urlencode([tuple(pair) for pair in form]).encode() if form else row["body"].encode()


def _now(row: dict[str, Any], headers: Mapping[str, str]) -> float:
    """The clock of a vector that has none is its own signed time."""
    sent_at = headers.get("x-twilio-email-event-webhook-timestamp", "0")
    return row["now"] or float(sent_at if sent_at.isdecimal() else 0)
