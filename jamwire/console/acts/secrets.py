"""Secrets of endpoints and destinations: pasted, never shown, and ended with a way back."""

from jamwire.console.acts import retries
from jamwire.console.acts.act import Body, Done, Prepared, counted, text
from jamwire.console.context import Context
from jamwire.console.ended_secrets import EndedSecret
from jamwire.operations.archive import has_archive
from jamwire.operations.errors import NotFoundError, OperationError
from jamwire.operations.retry import WaitingEvent, find_waiting
from jamwire.operations.secrets import (
    add_secret,
    check_secret,
    list_secrets,
    locate_secret,
    remove_secret,
    restore_secret,
    subscriber_of,
)


def prepare_add(context: Context, body: Body) -> Prepared:
    """Put ``value`` beside the live secrets of ``name``."""
    deployment, name = context.deployment(), text(body, "name", required=True)
    value = text(body, "value", required=True)
    check_secret(locate_secret(deployment, name), value)
    live = len(list_secrets(deployment, name))

    def perform() -> Done:
        key = add_secret(deployment, name, value, clock=context.now)
        tried = _retry_at(context, subscriber_of(deployment, name))
        undo = {"act": "secret-end", "body": {"name": name, "id": key.id}}
        return Done(1, f"Secret {key.id} of {name} is live.{tried}", undo=undo)

    beside = f"beside {counted(live, 'live one')}" if live else "as its first one"
    return Prepared(live + 1, f"A secret will be put to {name}, {beside}.", perform)


def prepare_end(context: Context, body: Body) -> Prepared:
    """End the secret ``id`` of ``name``."""
    deployment, name = context.deployment(), text(body, "name", required=True)
    id = text(body, "id", required=True)
    keys = {key.id: key for key in list_secrets(deployment, name)}
    if id not in keys:
        raise NotFoundError(f"{name} has no secret {id[:80]!r}; perhaps somebody has ended it")

    def perform() -> Done:
        remove_secret(deployment, name, id)
        handle = context.fresh()
        context.ended_secrets.keep(handle, EndedSecret(name, keys[id], list(keys).index(id)))
        undo = {"act": "secret-restore", "body": {"handle": handle}}
        return Done(1, f"Secret {id} of {name} is ended; for ten minutes it can be put back.", undo=undo)

    others = len(keys) - 1
    left = f"{counted(others, 'other')} will go on to count" if others else "it is the only one"
    return Prepared(len(keys), f"Secret {id} of {name} will be ended; {left}.", perform)


def prepare_restore(context: Context, body: Body) -> Prepared:
    """Put the secret of ``handle`` back."""
    handle = text(body, "handle", required=True)
    ended = context.ended_secrets.find(handle)
    told = f"Secret {ended.key.id} of {ended.name}"

    def perform() -> Done:
        restore_secret(context.deployment(), ended.name, ended.key, ended.place)
        context.ended_secrets.forget(handle)
        return Done(1, f"{told} is live again.")

    return Prepared(1, f"{told} will be put back.", perform)


def _retry_at(context: Context, subscriber: str) -> str:
    """What is said of the events that waited for a destination, which are tried now with its new secret."""
    if not subscriber or not has_archive(context.deployment()):
        return ""
    tried: list[WaitingEvent] = []
    try:
        work = find_waiting(context.deployment(), context.ledgers(subscriber).subscribers)
        sent = retries.run(context, work, on_progress=tried.append).sent if work else 0
    except OperationError as error:
        return f" {counted(len(tried), 'waiting event')} tried with it now, and no more: {error}"
    return f" {counted(sent, 'waiting event')} tried with it now." if work else ""
