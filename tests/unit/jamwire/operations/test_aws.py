"""A person who waits for AWS is told after seconds that it is away."""

from jamwire.operations.aws import aws_client


def test_network_that_is_lost_is_told_after_seconds() -> None:
    config = aws_client("dynamodb").meta.config
    assert config.connect_timeout * config.retries["total_max_attempts"] <= 20
