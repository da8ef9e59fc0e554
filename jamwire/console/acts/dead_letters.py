"""Dead letters sent back to their subscriber's queue, or thrown away."""

from jamwire.console.acts.act import Body, Done, Prepared, counted, failure_of, text
from jamwire.console.acts.replays import new_replay
from jamwire.console.context import Context, Document
from jamwire.operations.archive import has_archive
from jamwire.operations.dead_letters import DeadLetter, Filter, discard, list_dead_letters, redrive


def prepare_redrive(context: Context, body: Body) -> Prepared:
    """Send those back that ``subscriber``, ``reason`` and ``id`` choose."""
    deployment = context.deployment()
    count, whose, filter = _chosen(context, body)

    def perform() -> Done:
        done: list[DeadLetter] = []
        failure = failure_of(lambda: redrive(deployment, filter, on_progress=done.append))
        return Done(len(done), f"{counted(len(done), 'dead letter')} sent back.", failure=failure)

    return Prepared(count, _sentence(count, whose, "sent back to its queue"), perform)


def prepare_discard(context: Context, body: Body) -> Prepared:
    """Throw those away; what they were of can be replayed from the archive."""
    deployment = context.deployment()
    count, whose, filter = _chosen(context, body)
    archived, replay = has_archive(deployment), new_replay(context)

    def perform() -> Done:
        done: list[DeadLetter] = []
        failure = failure_of(lambda: discard(deployment, filter, on_progress=done.append))
        undo = _undo(done, replay) if archived else None
        return Done(
            len(done), f"{counted(len(done), 'dead letter')} thrown away.", undo=undo, failure=failure
        )

    return Prepared(count, _sentence(count, whose, "thrown away"), perform)


def _chosen(context: Context, body: Body) -> tuple[int, str, Filter]:
    filter = Filter(text(body, "subscriber"), text(body, "reason"), text(body, "id"))
    with context.dead_letters:
        letters = list_dead_letters(context.deployment(), filter)
    names = " and ".join(sorted({letter.subscriber for letter in letters}))
    return len(letters), f" of {names}" if names else "", filter


def _sentence(count: int, whose: str, what: str) -> str:
    return (
        f"{counted(count, 'dead letter')}{whose} will be {what}."
        if count
        else "There are no such dead letters."
    )


def _undo(done: list[DeadLetter], replay: str) -> Document | None:
    """The replay of this name of what was thrown away, to the subscribers that have not had it."""
    sends: dict[str, list[str]] = {}
    for letter in done:
        if letter.event_id:
            sends.setdefault(letter.subscriber, []).append(letter.event_id)
    if not sends:
        return None
    every = [{"to": name, "ids": list(dict.fromkeys(ids))} for name, ids in sends.items()]
    return {"act": "replay", "body": {"sends": every, "replay": replay}}
