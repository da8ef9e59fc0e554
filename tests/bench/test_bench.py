"""Every measurement can be taken, alone and in its short form, and a goal that is missed is said."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from bench.__main__ import MEASUREMENTS, show
from bench.figure import Figure

ROOT = Path(__file__).parents[2]

FIGURES = {
    "ingest": "ingest of 250 kB, p99",
    "functions": "slack: processor for an event",
    "cold-start": "slack: start and first event",
    "memory": "cdn: peak memory",
    "layer": "dependency layer, unzipped",
    "runtime": "ledger: calls for each event",
    "burst": "burst to Slack: messages",
    "site-loop": "site loop, as shipped: builds in flight",
    "end-to-end": "webhook to Slack call, p50",
    "live": "open subscribers: one publish to the last of them",
}


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_measurement_runs_alone(name: str) -> None:
    command = [sys.executable, "-m", "bench", "--short", name]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)

    assert run.returncode == 0, run.stderr
    assert FIGURES[name] in run.stdout
    assert "Traceback" not in run.stderr


def shown(*figures: Figure) -> tuple[int, str]:
    out = Console(file=io.StringIO(), width=160)
    code = show(figures, out)
    return code, out.file.getvalue()


def test_missed_goal_is_named_and_fails_the_run() -> None:
    code, text = shown(
        Figure(name="quick", value=1, unit="ms", goal=2), Figure(name="slow", value=3.5, unit="ms", goal=2)
    )

    assert code == 1
    assert [line for line in text.splitlines() if line.startswith("missed")] == [
        "missed slow: 3.5 ms, goal ≤ 2 ms"
    ]


def test_run_succeeds_where_goals_are_met_or_none() -> None:
    code, text = shown(
        Figure(name="quick", value=2, unit="ms", goal=2), Figure(name="stated", value=9, unit="x")
    )

    assert code == 0
    assert "missed" not in text
