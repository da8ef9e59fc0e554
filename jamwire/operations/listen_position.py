"""How far a receiver has been told of a deployment's events: kept on disk, and held by one listener at a time.

A position is a time and the events at or after it that have been forwarded. What was accepted before that time is not
looked for again. SQLite writes each event in one step, so a listener that is killed knows what it has forwarded.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from jamwire.operations.errors import OperationError
from jamwire.operations.selection import EventSummary

_PRAGMAS: Final = ("locking_mode = EXCLUSIVE", "journal_mode = WAL", "synchronous = NORMAL")
"""One listener at a time, and no wait for the disk at each event: who loses power may forward the last ones twice, and
misses none (sqlite.org/pragma.html, "synchronous")."""

_SCHEMA: Final = """
BEGIN EXCLUSIVE;
CREATE TABLE IF NOT EXISTS floor (time TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS forwarded (source TEXT, id TEXT, time TEXT NOT NULL, PRIMARY KEY (source, id)) WITHOUT ROWID;
COMMIT;
"""


class Position:
    """A position in a file, which nobody else may read or hold.

    Args:
        path: The file; it is made where there is none.

    Raises:
        OperationError: Another listener holds it, or it is no position.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.touch(mode=0o600)  # the files that SQLite puts beside it take its mode
        self._database = sqlite3.connect(path, timeout=0, isolation_level=None)
        try:
            for pragma in _PRAGMAS:
                self._database.execute(f"PRAGMA {pragma}")
            self._database.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            self._database.close()
            raise OperationError(_why_not(path, error)) from None
        self._forwarded = set(self._database.execute("SELECT source, id FROM forwarded"))
        self.floor: str = next((time for (time,) in self._database.execute("SELECT time FROM floor")), "")
        """What was accepted before is not looked for, RFC 3339; empty where nothing was ever looked for."""

    def __contains__(self, summary: EventSummary) -> bool:
        return (summary.source, summary.id) in self._forwarded

    def begin(self, floor: str, known: Iterable[EventSummary] = ()) -> None:
        """Begin at a time, as if these events had been forwarded; what was known before is forgotten."""
        rows = {(summary.source, summary.id): summary.time for summary in known}
        with self._database:
            self._database.execute("BEGIN")
            self._database.execute("DELETE FROM forwarded")
            self._database.executemany(
                "INSERT INTO forwarded VALUES (?, ?, ?)", ((*key, time) for key, time in rows.items())
            )
            self._set_floor(floor)
        self._forwarded, self.floor = set(rows), floor

    def add(self, summary: EventSummary) -> None:
        """Note that an event has been forwarded."""
        key = (summary.source, summary.id)
        self._database.execute("INSERT OR IGNORE INTO forwarded VALUES (?, ?, ?)", (*key, summary.time))
        self._forwarded.add(key)

    def advance(self, floor: str) -> None:
        """Move the floor to a later time, and forget what was forwarded before it; an earlier one changes nothing."""
        if floor <= self.floor:
            return
        with self._database:
            self._database.execute("BEGIN")
            gone = self._database.execute(
                "DELETE FROM forwarded WHERE time < ? RETURNING source, id", (floor,)
            ).fetchall()
            self._set_floor(floor)
        self._forwarded -= set(gone)
        self.floor = floor

    def close(self) -> None:
        """Let go of it."""
        self._database.close()

    def _set_floor(self, floor: str) -> None:
        self._database.execute("DELETE FROM floor")
        self._database.execute("INSERT INTO floor VALUES (?)", (floor,))


def _why_not(path: Path, error: sqlite3.DatabaseError) -> str:
    if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:  # the rest of an extended code says what is busy
        return "Another `jamwire listen` forwards to this address already"
    return f"{path} is no position of `jamwire listen` ({error}); delete it"
