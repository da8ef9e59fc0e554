"""How long 100,000 pushes take on paper."""

import pytest

from bench.fan_out import START_SECONDS, job_seconds, last_ends


@pytest.mark.parametrize(
    ("jobs", "seconds", "last"),
    [
        (1, 4.0, 4.0),
        (5, 4.0, 4.0),
        (6, 4.0, 4.2),  # by the first function that Lambda adds
        (25, 4.0, 8.0),  # five of them by the first five, once more
        (100, 0.01, 0.2),
    ],
)
def test_jobs_end_as_lambda_adds_functions(jobs: int, seconds: float, last: float) -> None:
    assert last_ends(jobs, seconds) == pytest.approx(last)


def test_processor_or_answers_decide_how_long_a_job_takes() -> None:
    by_answers = job_seconds(push_ms=0.01, handshake_ms=0, memory_mb=1769)
    assert by_answers == pytest.approx(START_SECONDS + 10 * 0.212)
    by_processor = job_seconds(push_ms=10, handshake_ms=0, memory_mb=1769)
    assert by_processor == pytest.approx(START_SECONDS + 10 * 1.002)
    assert job_seconds(10, 0, 442) > 4 * by_processor - 4 * START_SECONDS
