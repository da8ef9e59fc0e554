"""The samples of all sources: to try a rulebook, and to test a deployment."""

from collections.abc import Mapping
from typing import Final

from jamwire.samples import cms, code_hosts, generic, hosting, messaging, shops
from jamwire.samples.sample import Sample

SAMPLES: Final[Mapping[str, Sample]] = {
    **hosting.SAMPLES,
    **code_hosts.SAMPLES,
    **cms.SAMPLES,
    **shops.SAMPLES,
    **messaging.SAMPLES,
    **generic.SAMPLES,
}
"""Samples by name: ``<source>/<what happened>``."""
