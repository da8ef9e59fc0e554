"""How late an event is told after an outage, for real, in a local account: ``python -m bench.outages [SECONDS …]``.

Slack's host answers every call with an error for so long. What is shown stands in docs/reliability.md beside what the
model says of the same (``make simulate ARGS=--outages``). It takes as long as the outages and the lags together.
"""

import argparse
import secrets
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bench.account import the_account
from bench.end_to_end import LABEL
from bench.receiver import Receiver
from jamwire.operations.deployment import Deployment
from jamwire.operations.secrets import add_secret
from jamwire.operations.send_sample import send
from jamwire.samples.catalogue import SAMPLES

OUTAGES: Final = (1.0, 5.0, 30.0, 60.0, 300.0)
PATIENCE_SECONDS: Final = 60.0
"""Beyond an outage's own length, which is the most that an event may be late."""


@dataclass(frozen=True, slots=True)
class Late:
    """What became of an event that came as an outage began.

    Attributes:
        seconds: From the destination's return until it was told.
        attempts: How often that was tried.
    """

    seconds: float
    attempts: int


class Host(Receiver):
    """Slack's host, which is away at times, and counts the calls of each time."""

    def __init__(self) -> None:
        super().__init__()
        self._change = threading.Condition()
        self._calls_now: list[tuple[float, bool]] = []
        self._is_away = False

    def status(self) -> int:
        """What it answers."""
        with self._change:
            self._calls_now.append((time.monotonic(), self._is_away))
            self._change.notify_all()
            return 500 if self._is_away else 200

    def leave(self) -> None:
        """Answer with errors from now on."""
        with self._change:
            self._calls_now, self._is_away = [], True

    def come_back(self) -> float:
        """Answer well from now on; when that is, by the monotonic clock."""
        with self._change:
            self._is_away = False
            return time.monotonic()

    def until_called(self, *, away: bool, patience: float) -> tuple[float, int]:
        """When it was first called while it is away, or there, and its calls until then.

        Raises:
            TimeoutError: It was not.
        """

        def found() -> tuple[float, int] | None:
            calls = enumerate(self._calls_now, 1)
            return next(((at, number) for number, (at, was_away) in calls if was_away == away), None)

        with self._change:
            if not (first := self._change.wait_for(found, patience)):
                raise TimeoutError(f"the host was not called within {patience:g} s")
            return first


def late_after(seconds: float, deployment: Deployment, host: Host) -> Late:
    """What becomes of one event as it begins an outage."""
    host.leave()
    send(deployment, deployment.endpoint("site"), SAMPLES[LABEL], fresh=secrets.token_hex(12))
    began, _ = host.until_called(away=True, patience=PATIENCE_SECONDS)
    time.sleep(max(0.0, began + seconds - time.monotonic()))  # the outage itself
    back = host.come_back()
    told, attempts = host.until_called(away=False, patience=seconds + PATIENCE_SECONDS)
    return Late(told - back, attempts)


def main(outages: Sequence[float]) -> None:
    """Measure one outage after the other."""
    deployment = the_account().deployment
    with Host() as host:
        add_secret(deployment, "slack", f"{host.url}/services/T0/B0/bench")
        for seconds in outages:
            late = late_after(seconds, deployment, host)
            shown = f"{seconds:g} s away: told {late.seconds:.1f} s after it, attempted {late.attempts} times"
            sys.stdout.write(f"{shown}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="bench.outages", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("outages", nargs="*", type=float, metavar="SECONDS", default=OUTAGES)
    main(parser.parse_args().outages)
