"""The fields of API Gateway's access log that others read: it alone knows of requests that never reach ingest."""

from typing import Final

SERVICE: Final = "service"
"""Ingest's name in metrics, on every line, so that what is counted here is one with what ingest counts."""

ENDPOINT: Final = "endpoint"
"""The route's key, such as ``ANY /site``: no stranger can make a new one, as by the path, which would be paid for by
its length, and as a metric of its own."""

STATUS: Final = "status"
THROTTLED: Final = "429"
"""API Gateway's own answer; ingest has none such."""

COUNTED: Final = {"Rejected": (SERVICE,), "Throttled": (SERVICE, ENDPOINT)}
"""In which metrics a throttled request counts, by their dimensions; the first is ingest's, whose alarm serves both."""
