"""Signature vectors and real payloads of the senders, where the folder with them is beside the project."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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
    headers: dict[str, str]
    body: bytes
    method: str
    url: str
    now: float
    valid: bool


def vectors() -> list[Vector]:
    """All vectors; none where the folder is missing."""
    file = FOLDER / "vectors.jsonl"
    return [_vector(json.loads(line)) for line in file.read_text().splitlines()] if file.is_file() else []


def payloads(source: str) -> list[Path]:
    """The real payloads of a source."""
    return sorted(path for path in (FOLDER / "payloads" / source).glob("*") if path.is_file())


def _vector(row: dict[str, Any]) -> Vector:
    file = row.get("body_file")
    return Vector(
        id=row["id"],
        source=row["source"],
        scheme=row["scheme"],
        secrets=tuple(row["secret"]) if isinstance(row["secret"], list) else (row["secret"],),
        headers={name.lower(): value for name, value in row["headers"].items()},
        body=(FOLDER / file).read_bytes() if file else row["body"].encode(),
        method=row["method"],
        url=row["url"] or "",
        now=row["now"] or 0,
        valid=row["expected"] == "valid",
    )
