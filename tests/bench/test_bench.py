"""Every measurement can be taken, alone and in its short form, and a goal that is missed is said."""

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from bench.__main__ import MEASUREMENTS, least_of, show
from bench.figure import Figure, least
from bench.lambda_memory import takes_ms
from bench.picture import Line, picture
from bench.tables import written

ROOT = Path(__file__).parents[2]

FIGURES = {
    "ingest": "ingest of 250 kB, p99",
    "functions": "slack: processor for a delivery",
    "cold-start": "slack: start and first event",
    "memory": "cdn: peak memory",
    "layer": "dependency layer, unzipped",
    "runtime": "ledger: calls for each event",
    "burst": "burst to Slack: messages",
    "fan-out": "push: encryption, processor",
    "site-loop": "site loop, as shipped: builds in flight",
    "end-to-end": "webhook to Slack call, p50",
    "live-pages": "network's return to the fresh value",
    "live-rate": "ticker, modelled: age of what a page shows, p99",
    "live": "open subscribers: one publish to the last of them",
}


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_measurement_runs_alone(name: str) -> None:
    command = [sys.executable, "-m", "bench", "--short", name]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)

    assert run.returncode == 0, run.stderr
    assert FIGURES[name] in run.stdout
    assert "Traceback" not in run.stderr


def test_followers_of_a_local_account_are_told() -> None:
    command = [sys.executable, "-m", "bench.followers", "--followers", "20"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)

    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("20 of 20 followers told")


def test_event_is_told_after_an_outage() -> None:
    command = [sys.executable, "-m", "bench.outages", "1"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)

    assert run.returncode == 0, run.stderr
    assert re.fullmatch(r"1 s away: told \d\.\d s after it, attempted 2 times\n", run.stdout)


def shown(*figures: Figure) -> tuple[int, str]:
    text = io.StringIO()
    code = show(figures, Console(file=text, width=160))
    return code, text.getvalue()


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


def test_tables_of_the_page_are_written_between_their_marks() -> None:
    page = "# Page\n<!-- measured: figures -->\nold\n<!-- end -->\nText.\n"
    figure = Figure(name="quick", value=1, unit="ms", goal=2, note="how")

    new = written(page, [figure])

    assert "old" not in new
    assert "| quick | 1 ms | ≤ 2 ms | how |\n<!-- end -->\nText.\n" in new
    assert written(new, [figure]) == new


def test_memory_of_a_seventh_of_a_processor_takes_seven_times_as_long() -> None:
    assert takes_ms(10, 5, 256) == pytest.approx(10 * 1769 / 256 + 5)
    assert takes_ms(10, 5, 3000) == 15


def test_picture_has_a_line_for_each_series() -> None:
    lines = [Line("p50", [(0, 1), (115, 2)]), Line("p99", [(0, 3), (115, 4)])]
    svg = picture("Age", "s", "s", lines)
    assert svg.count("<polyline") == 2
    assert ">150<" in svg


@pytest.mark.parametrize(
    ("ours", "measured"),
    [([9, 9, 1, 1], (2, 9)), ([30, 30, 8, 1], (2, 8)), ([30, 30, 30, 30], (2, 30))],
    ids=["met", "met later", "missed"],
)
def test_more_is_measured_where_a_goal_is_missed(ours: list[float], measured: tuple[float, float]) -> None:
    left = iter(ours)
    assert least(lambda: 2, lambda: next(left), goal=5, runs=2, most=4) == measured


@pytest.mark.parametrize(
    ("values", "counts"),
    [([1], 1), ([3, 1], 1), ([4, 5, 3], 3), ([3, 3, 3, 1], 3)],
    ids=["met", "met when measured again", "least of what misses", "no more than three times"],
)
def test_measurement_that_misses_its_goal_is_taken_again(values: list[float], counts: float) -> None:
    left = iter(values)
    [figure] = least_of(lambda: [Figure(name="slow", value=next(left), unit="ms", goal=2)])
    assert figure.value == counts


def test_figure_that_met_its_goal_stays_when_another_is_measured_again() -> None:
    runs = iter([(1, 3), (1.5, 1)])

    def measure() -> list[Figure]:
        quick, slow = next(runs)
        return [
            Figure(name="quick", value=quick, unit="", goal=2),
            Figure(name="slow", value=slow, unit="", goal=2),
        ]

    quick, slow = least_of(measure)
    assert (quick.value, quick.note) == (1, "")
    assert (slow.value, slow.note) == (1, "the least of 2 measurements")
