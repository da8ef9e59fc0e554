"""Makes the ``jamwire`` command of a clone, and nothing to carry away.

Jamwire is deployed from its clone: `app.py`, `stacks` and `lambdas` are its user's own to change. A wheel would hold
a command without what it deploys. So this backend installs editably (PEP 660) and refuses the rest (PEP 517).
"""

from typing import Any, NoReturn

from flit_core.buildapi import (  # type: ignore[import-untyped]
    build_editable,
    get_requires_for_build_editable,
    prepare_metadata_for_build_editable,
)

__all__ = [
    "build_editable",
    "build_sdist",
    "build_wheel",
    "get_requires_for_build_editable",
    "prepare_metadata_for_build_editable",
]


def build_wheel(*_: Any, **__: Any) -> NoReturn:
    """Refuse, in a sentence."""
    raise SystemExit("Jamwire is used from a clone and makes no distribution; in the clone run: make install")


build_sdist = build_wheel
