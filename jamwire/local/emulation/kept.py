"""What the account has sent, kept to be looked at: MiniStack keeps less of it, or nothing."""

import json
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

KEPT: Final = 20_000

Answer = tuple[int, dict[str, str], bytes]
Look = Callable[[str, Mapping[str, str]], Answer | None]
"""Answers a method and a query; None for a method that it does not know."""


class Kept:
    """The newest of what was sent, numbered from 1 on."""

    def __init__(self) -> None:
        self._items: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._count = 0

    def add(self, item: dict[str, Any]) -> None:
        """Keep one."""
        self._count += 1
        self._items.append({**item, "number": self._count})

    def look(self, method: str, query: Mapping[str, str]) -> Answer | None:
        """Those after the one of a number: ``GET …?after=12``."""
        if method != "GET":
            return None
        after = int(query.get("after", "0"))
        return said(200, [item for item in self._items if item["number"] > after])


def said(status: int, document: Any) -> Answer:
    """A document as an answer."""
    return status, {"Content-Type": "application/json"}, json.dumps(document).encode()


def looked_at(
    original: Callable[..., Awaitable[Any]], looks: Mapping[str, Look]
) -> Callable[..., Awaitable[Any]]:
    """Shows it at these paths, beside what MiniStack shows of itself."""

    async def answer(method: str, path: str, headers: dict[str, str], query: Mapping[str, Any]) -> Any:
        if look := looks.get(path):
            plain = {name: value[0] if isinstance(value, list) else value for name, value in query.items()}
            return look(method, plain)
        return await original(method, path, headers, query)

    return answer
