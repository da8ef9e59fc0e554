"""Dead letters sent back to their subscriber's queue, or thrown away."""

from jamwire.console.acts.act import Body, Done, Prepared, counted, text
from jamwire.console.context import Context, Document
from jamwire.operations.archive import has_archive
from jamwire.operations.dead_letters import DeadLetter, Filter, discard, list_dead_letters, redrive


def prepare_redrive(context: Context, body: Body) -> Prepared:
    """Send those back that ``subscriber``, ``reason`` and ``id`` choose."""
    count, whose, filter = _chosen(context, body)

    def perform() -> Done:
        done: list[DeadLetter] = []
        redrive(context.deployment(), filter, on_progress=done.append)
        return Done(len(done), f"{counted(len(done), 'dead letter')} sent back.")

    return Prepared(count, _sentence(count, whose, "sent back to its queue"), perform)


def prepare_discard(context: Context, body: Body) -> Prepared:
    """Throw those away; what they were of can be replayed from the archive."""
    count, whose, filter = _chosen(context, body)

    def perform() -> Done:
        done: list[DeadLetter] = []
        discard(context.deployment(), filter, on_progress=done.append)
        return Done(len(done), f"{counted(len(done), 'dead letter')} thrown away.", undo=_undo(context, done))

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


def _undo(context: Context, done: list[DeadLetter]) -> Document | None:
    """The replay of what was thrown away, to the subscribers that have not had it."""
    sends: dict[str, list[str]] = {}
    for letter in done:
        if letter.event_id:
            sends.setdefault(letter.subscriber, []).append(letter.event_id)
    if not sends or not has_archive(context.deployment()):
        return None
    return {
        "act": "replay",
        "body": {"sends": [{"to": name, "ids": list(dict.fromkeys(ids))} for name, ids in sends.items()]},
    }
