"""A sample of what a source sends, sent to an endpoint."""

from jamwire.console.acts.act import Body, Done, Prepared, text
from jamwire.console.context import Context
from jamwire.operations.errors import NotFoundError
from jamwire.operations.send_sample import endpoint_for, send
from jamwire.samples.catalogue import SAMPLES


def prepare(context: Context, body: Body) -> Prepared:
    """Send ``sample`` to ``endpoint``, or to the first that takes it, signed as its sender would."""
    name = text(body, "sample", required=True)
    if name not in SAMPLES:
        raise NotFoundError(f"There is no sample {name[:80]!r}; jamwire send --list shows them")
    deployment, sample = context.deployment(), SAMPLES[name]
    endpoint = endpoint_for(deployment, sample, text(body, "endpoint"))

    def perform() -> Done:
        answer = send(deployment, endpoint, sample, fresh=context.fresh())
        if 200 <= answer.status < 300:
            return Done(1, f"{endpoint.name} has accepted it.")
        reason = f"{answer.status} {answer.body[:200]}"
        return Done(0, f"{endpoint.name} has refused it.", [{"id": name, "reason": reason}])

    return Prepared(1, f"{name} will be sent to {endpoint.name}: {sample.description}.", perform)
