"""Dead letters sent back to their subscriber's queue, or thrown away."""

from collections.abc import Collection, Sequence

from jamwire.console.acts.act import Body, Done, Prepared, counted, failure_of, text
from jamwire.console.acts.replays import MOST, new_replay
from jamwire.console.context import BadRequestError, Context, Document
from jamwire.operations.archive import archive_stack, has_archive
from jamwire.operations.dead_letters import DeadLetter, Filter, discard, list_dead_letters, redrive
from jamwire.operations.selection import Selection


def prepare_redrive(context: Context, body: Body) -> Prepared:
    """Send those back that ``subscriber``, ``reason``, and the event's ``id`` and ``source`` choose."""
    deployment, filter = context.deployment(), _filter(body)
    letters = _chosen(context, filter)

    def perform() -> Done:
        done: list[DeadLetter] = []
        failure = failure_of(lambda: redrive(deployment, filter, on_progress=done.append))
        return Done(len(done), f"{counted(len(done), 'dead letter')} sent back.", failure=failure)

    return Prepared(len(letters), _sentence(letters, "sent back to its queue"), perform)


def prepare_discard(context: Context, body: Body) -> Prepared:
    """Throw those away; what they were of can be replayed as far as the archive has it."""
    deployment, filter = context.deployment(), _filter(body)
    letters = _chosen(context, filter)
    kept, replay = _in_archive(context, letters), new_replay(context)

    def perform() -> Done:
        done: list[DeadLetter] = []
        failure = failure_of(lambda: discard(deployment, filter, on_progress=done.append))
        told = f"{counted(len(done), 'dead letter')} thrown away."
        return Done(len(done), told, undo=_undo(done, kept, replay), failure=failure)

    lost = sum(_key(letter) not in kept for letter in letters)
    sentence = f"{_sentence(letters, 'thrown away')}{_warning(lost, len(letters))}"
    return Prepared(len(letters), sentence, perform)


def _filter(body: Body) -> Filter:
    return Filter(text(body, "subscriber"), text(body, "reason"), text(body, "id"), text(body, "source"))


def _chosen(context: Context, filter: Filter) -> list[DeadLetter]:
    with context.dead_letters:
        return list_dead_letters(context.deployment(), filter)


def _sentence(letters: Sequence[DeadLetter], what: str) -> str:
    if not letters:
        return "There are no such dead letters."
    names = " and ".join(sorted({letter.subscriber for letter in letters}))
    return f"{counted(len(letters), 'dead letter')} of {names} will be {what}."


def _warning(lost: int, count: int) -> str:
    if not lost:
        return ""
    return f" {'This' if lost == count else f'{lost:,} of them'} cannot be taken back."


Key = tuple[str, str, str]
"""A letter's subscriber, and its event's id and source."""


def _key(letter: DeadLetter) -> Key:
    return letter.subscriber, letter.event_id, letter.source


def _in_archive(context: Context, letters: Sequence[DeadLetter]) -> Collection[Key]:
    """Those whose events can be sent once more: the archive has them, and the letters are not its own.

    Raises:
        BadRequestError: They are more than one replay takes.
    """
    deployment = context.deployment()
    if not has_archive(deployment):
        return ()
    if len(letters) > MOST:
        raise BadRequestError(
            f"These are {counted(len(letters), 'dead letter')}, of which no more than {MOST:,} could be taken back: "
            "choose a subscriber and a reason, or use jamwire dead-letters discard, which takes nothing back."
        )
    keys = {(letter.event_id, letter.source) for letter in letters if letter.event_id}
    known = {(at.id, at.source) for at in context.archive().find_keys(keys, Selection())}
    its_own = archive_stack(deployment).short_name
    return {key for key in map(_key, letters) if key[0] != its_own and key[1:] in known}


def _undo(done: Sequence[DeadLetter], kept: Collection[Key], replay: str) -> Document | None:
    """The replay of this name of what was thrown away, to the subscribers that have not had it."""
    sends: dict[tuple[str, str], list[str]] = {}
    for subscriber, id, source in dict.fromkeys(key for key in map(_key, done) if key in kept):
        sends.setdefault((subscriber, source), []).append(id)
    every = [{"to": name, "source": source, "ids": ids} for (name, source), ids in sends.items()]
    return {"act": "replay", "body": {"sends": every, "replay": replay}} if every else None
