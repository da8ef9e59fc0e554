"""The environment of a function in an interpreter of its own."""

from typing import Final

ENVIRONMENT: Final = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "Jamwire",
    "TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:bench",
    "SECRET_ARN": "bench",
    "PAYLOADS_BUCKET": "bench",
    "DESTINATION": "Slack",
    "ENDPOINTS": '{"zap": {"source": "token"}}',
    "PHONE_NUMBERS": '["+12065550100"]',
    "MAX_PRICE": "0.50",
    "BUDGET": '{"per_day": 50, "per_number": 10}',
    "STACK_ID": "Slack",
    "STATE_TABLE": "state",
    "QUEUE_URL": "https://sqs.invalid/q",
    "DEAD_LETTERS_URL": "https://sqs.invalid/d",
    "LEDGER_TABLE": "ledger",
    "GIVE_UP_AFTER": "3600",
}
