"""What a million followers cost is counted while the real workers tell a thousand, and the page says it."""

from collections.abc import Mapping
from functools import cache

import pytest

from bench.cost.audience import PAGE, bills, units_of_a_job, written
from bench.cost.prices import Bill, total
from lambdas.contracts.audience_job import RECIPIENTS
from lambdas.contracts.audience_topics import Channel


@cache
def counted() -> Mapping[Channel, Bill]:
    return bills()


def test_page_says_what_the_model_counts() -> None:
    page = PAGE.read_text()
    assert written(page, counted()) == page, "run: make cost"
    assert "| web push |" in page


@pytest.mark.parametrize(("channel", "most"), [("push", 0.25), ("email", 102), ("text", 8_840)])
def test_million_followers_cost_no_more(channel: Channel, most: float) -> None:
    assert total(counted()[channel]) <= most


def test_job_of_pushes_writes_once_a_chunk() -> None:
    units = units_of_a_job("push")
    assert units["dynamodb write"] <= 1.5 * RECIPIENTS / 100
    assert 1.0e-6 < units["data out gb"] / RECIPIENTS < 1.5e-6


def test_text_message_writes_its_record_and_its_budgets() -> None:
    units = units_of_a_job("text")
    assert units["text part"] == RECIPIENTS
    assert units["dynamodb write"] == pytest.approx(4 * RECIPIENTS, rel=0.15)
