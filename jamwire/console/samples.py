"""Samples that can be sent."""

from jamwire.console.context import Context, Document, Query
from jamwire.samples.catalogue import SAMPLES


def list_(context: Context, query: Query) -> Document:
    """All of them."""
    return {
        "samples": [
            {"name": name, "source": sample.source, "description": sample.description}
            for name, sample in SAMPLES.items()
        ]
    }
