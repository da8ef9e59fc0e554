"""Starts MiniStack with what Jamwire's stacks need beyond it.

It runs in the emulator's own environment and therefore imports nothing of Jamwire. MiniStack refuses a whole template
for one resource type that it does not know, so missing types are put into its table of provisioners: with a real one
where MiniStack has the service, as inert where only AWS gives the type a meaning. The stacks need not bend to this.
"""

import sys
import uuid
from collections.abc import Callable
from typing import Any, Final

from ministack import app
from ministack.services.cloudformation import provisioners

Provisioner = dict[str, Callable[..., Any]]


def _create(logical_id: str, properties: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
    return f"{stack_name}-{logical_id}-{uuid.uuid4().hex[:12]}", {}


def _update(
    physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str
) -> tuple[str, dict[str, Any]]:
    return physical_id, {}


def _delete(physical_id: str, properties: dict[str, Any]) -> None:
    pass


INERT: Final[Provisioner] = {"create": _create, "update": _update, "delete": _delete}

PROVISIONERS: Final[dict[str, Provisioner]] = {
    "AWS::CloudWatch::AnomalyDetector": INERT,
    "AWS::CloudWatch::CompositeAlarm": INERT,
    "AWS::Budgets::Budget": INERT,
}
"""Types that MiniStack lacks. What it learns one day is taken from it."""


def main() -> None:
    """Register what is missing, say what does nothing, and serve."""
    known = provisioners._RESOURCE_HANDLERS
    missing = {name: made for name, made in PROVISIONERS.items() if name not in known}
    known.update(missing)
    inert = ", ".join(name for name, made in missing.items() if made is INERT)
    sys.stderr.write(f"Deploy here, but do nothing: {inert or 'none'}\n")
    # With TLS it would also take port 443 where it may, which is not ours to take.
    app._port_is_bindable = lambda *_: False
    app.main()


if __name__ == "__main__":
    main()
