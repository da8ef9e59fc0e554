"""The function that looks every few minutes which endpoints fell silent, and which are heard again."""

import functools
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lambdas.clients.aws import at_start, client
from lambdas.clients.publisher import Publish, Publisher
from lambdas.clients.state_store import StateStore
from lambdas.contracts.settings import SilenceSettings
from lambdas.contracts.silence import Hearings
from lambdas.contracts.state_table import STATE_ID, Record
from lambdas.silence.hearings import announcement, observe, window
from lambdas.silence.ingest_log import heard_between


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One look, with all it depends on.

    Attributes:
        expected: Every endpoint, with the seconds within which it is to be heard; 0 for at no time.
        stack_id: Id of the stack, the source of what it publishes.
        read: Reads a state.
        write: Writes it over the version that was read. Raises `VersionConflictError` where there is another.
        heard_between: When endpoints were last heard between two times, by their names.
        publish: Publishes an event.
        clock: Unix seconds.
    """

    expected: Mapping[str, float]
    stack_id: str
    read: Callable[[str, type[Hearings]], Record[Hearings]]
    write: Callable[[str, Record[Hearings], float], Record[Hearings]]
    heard_between: Callable[[float, float], Mapping[str, float]]
    publish: Publish
    clock: Callable[[], float]

    def run(self) -> Record[Hearings]:
        """Look, and tell what has changed.

        What is to be told is written before it is published, so that a crash forgets no turn; it is published again by
        the next look, with the same ids, until it is written that it was.

        Raises:
            VersionConflictError: Another look is being made.
        """
        now = self.clock()
        stored = self.read(STATE_ID, Hearings)
        start, end = window(stored.state, now)
        found = observe(stored.state, self.expected, self.heard_between(start, end), end)
        record = self.write(STATE_ID, replace(stored, state=found), now)
        if not found.untold:
            return record
        for change in found.untold:
            told = announcement(change, self.expected.get(change.endpoint, 0.0))
            self.publish(told.event(self.stack_id, now))
        return self.write(STATE_ID, replace(record, state=replace(found, untold=())), now)


def handle(event: Mapping[str, Any], context: object) -> None:
    """Look. What fails raises: EventBridge tries again, and the next look reads what this one has not."""
    state = _check().run().state
    silent = sorted(name for name, of in state.endpoints.items() if of.silent)
    line = {"service": os.environ["POWERTOOLS_SERVICE_NAME"], "outcome": "checked", "silent": silent}
    print(json.dumps(line))  # noqa: T201


@at_start
def _check() -> Check:
    settings = SilenceSettings.from_environment(os.environ)
    store = StateStore(client("dynamodb"), settings.state_table)
    file = Path(os.environ.get("LAMBDA_TASK_ROOT", ""), settings.expected_file)
    return Check(
        expected=json.loads(file.read_text()),
        stack_id=settings.stack_id,
        read=store.read,
        write=store.write,
        heard_between=functools.partial(heard_between, client("logs"), settings.ingest_log),
        publish=Publisher(client("sns"), settings.topic_arn).publish,
        clock=time.time,
    )
