"""Endpoints whose production branch or environment seems to have another name by now."""

from collections.abc import Iterator

from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding
from jamwire.operations.elsewhere import find_elsewhere
from lambdas.ingest.catalogue import CATALOGUE


def check_elsewhere(examination: Examination) -> Iterator[Finding]:
    """Only the event store shows it; without one there is nothing to say."""
    if examination.archive:
        sources = {endpoint.name: CATALOGUE[endpoint.source] for endpoint in examination.deployment.endpoints}
        for found in find_elsewhere(examination.archive, sources, examination.clock()):
            yield Finding(found.endpoint, "warning", found.advice)
