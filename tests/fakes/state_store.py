"""What a subscriber remembers, in memory."""

import json
from dataclasses import dataclass, field
from typing import Any

from lambdas.clients.state_store import VersionConflictError


@dataclass
class Memory:
    """A state store with DynamoDB's condition; kept as JSON, since nothing else is kept there."""

    documents: dict[str, tuple[str, int]] = field(default_factory=dict)
    writes: int = 0

    def read(self, id: str) -> tuple[dict[str, Any], int]:
        text, version = self.documents.get(id, ("{}", 0))
        return json.loads(text), version

    def write(self, id: str, document: dict[str, Any], version: int, now: float) -> int:
        if self.documents.get(id, ("", 0))[1] != version:
            raise VersionConflictError
        self.writes += 1
        self.documents[id] = (json.dumps(document), version + 1)
        return version + 1
