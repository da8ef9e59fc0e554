"""What a channel's worker reports of a job: one log line and the metrics; neither holds who was told."""

from collections.abc import Mapping
from typing import Final

from aws_lambda_powertools.metrics import MetricUnit

from lambdas.contracts.audience_job import Job
from lambdas.contracts.metrics import RECIPIENTS
from lambdas.runtime.report import logger, metrics

LEVELS: Final[Mapping[str, str]] = {
    "told": "info",
    "returned": "info",
    "waiting": "info",
    "taken": "info",
    "asked": "info",
    "done_before": "info",
    "postponed": "warning",
    "given_up": "warning",
    "forgotten": "warning",
    "lost": "error",
    "failed": "error",
}
"""How work on a job ends: done; given back for the next turn; not due yet; in another worker's hands; the question was
asked; done by somebody before; the question comes later; it was tried for a day; its plan is forgotten; another worker
has taken it over; it failed."""


def report_job(outcome: str, job: Job, counts: Mapping[str, int], **facts: float) -> None:
    """Report (`lambdas.followers.worker.Report`)."""
    told = {word: count for word, count in counts.items() if count}
    for word, count in told.items():
        metrics.add_metric(RECIPIENTS[word], MetricUnit.Count, count)
    named = (
        {} if job.kind == "question" else {"fanout": job.fanout, "share": job.start, "attempt": job.attempt}
    )
    getattr(logger, LEVELS[outcome])(outcome, kind=job.kind, channel=job.channel, **named, **told, **facts)
    if metrics.metric_set:  # the channel may have counted something of its own
        metrics.flush_metrics()
