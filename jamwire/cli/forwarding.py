"""What `jamwire listen` prints of each event that it forwards."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import typer

from jamwire.cli.terminal import err, one_line, out, plain
from jamwire.operations.forwarding import Answer
from jamwire.operations.selection import EventSummary
from jamwire.operations.times import short
from lambdas.contracts.event import Event

_WAITS: Final = (1, 2, 4, 8, 16, 30)
"""Seconds between the tries of `--retry`; the last one repeats."""


@dataclass(frozen=True, slots=True)
class PrintedForwarding:
    """Forwards an event and prints what became of it.

    Attributes:
        send: Forwards one, once.
        command: The command that would forward it once more, but for its id.
        retry: Whether to try again until the receiver takes it.
        as_json: Whether to print JSON.
    """

    send: Callable[[Event], Answer]
    command: str
    retry: bool = False
    as_json: bool = False

    def __call__(self, summary: EventSummary, event: Event | None) -> bool:
        """Forward an event; tells whether the receiver has taken it.

        Raises:
            OperationError: The account cannot be asked for the event's payload.
        """
        answer = self.send(event) if event else Answer(None, said="It is no longer kept")
        self._print(summary, answer)
        if event and self.retry and answer.may_change:
            answer = self._send_until_final(event)
            self._print(summary, answer)
        if not answer.is_success:
            err.print(f"[dim]Once more: {plain(f'{self.command} --resend {summary.id}')}[/dim]")
        return answer.is_success

    def _send_until_final(self, event: Event) -> Answer:
        tries = 0
        while True:
            time.sleep(_WAITS[min(tries, len(_WAITS) - 1)])
            tries += 1
            answer = self.send(event)
            if not answer.may_change:
                return answer

    def _print(self, summary: EventSummary, answer: Answer) -> None:
        if self.as_json:
            typer.echo(json.dumps(_document(summary, answer)))
            return
        facts = (short(summary.time), summary.endpoint, summary.type, summary.id)
        what = plain("  ".join(map(one_line, facts)))
        if answer.status is None:
            out.print(f"{what}  [red]no answer[/red]  {plain(one_line(answer.said))}")
            return
        colour, said = ("green", "") if answer.is_success else ("red", f"  {plain(one_line(answer.said))}")
        out.print(f"{what}  [{colour}]{answer.status}[/{colour}] in {_milliseconds(answer)} ms{said}")


def _document(summary: EventSummary, answer: Answer) -> dict[str, object]:
    return {
        "id": summary.id,
        "source": summary.source,
        "endpoint": summary.endpoint,
        "type": summary.type,
        "time": summary.time,
        "status": answer.status,
        "milliseconds": _milliseconds(answer),
        "said": "" if answer.is_success else answer.said,
    }


def _milliseconds(answer: Answer) -> int:
    return round(answer.seconds * 1000)
