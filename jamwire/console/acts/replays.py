"""Events sent once more, to one subscriber or to all whose rules match."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from jamwire.console.acts.act import Body, Done, Prepared, counted, failure_of, text, texts
from jamwire.console.context import BadRequestError, Context, Document
from jamwire.console.queries import selection
from jamwire.operations import replay as replaying
from jamwire.operations.archive import Archive
from jamwire.operations.deliveries import Ledgers
from jamwire.operations.errors import NotFoundError
from jamwire.operations.replay import ALL, PendingEvent, ReplayPlan, Sender
from jamwire.operations.selection import EventSummary, Selection
from jamwire.operations.subscribers import DeployedSubscriber
from lambdas.contracts.event import Event, endpoint_of

MOST: Final = 1_000
"""Events of one act: a person waits for its end."""

RATE: Final = 10.0
"""Events in a second."""

NAME: Final = re.compile(r"\d{8}-\d{6}-[\w-]{1,6}", re.ASCII)
"""A replay's name, as `new_replay` gives it."""


@dataclasses.dataclass(frozen=True, slots=True)
class _Work:
    """A replay with what it has to send, and ids of which the archive knows nothing."""

    plan: ReplayPlan
    ledgers: Ledgers
    pending: Sequence[PendingEvent]
    unknown: Sequence[str]


def prepare(context: Context, body: Body) -> Prepared:
    """Replay the events of ``ids``, or of a ``filter``; or of each of ``sends``, which has ids and a subscriber.

    With a ``source``, the ids are those of its events: several endpoints may have accepted one of the same.

    What a replay of the name ``replay`` has sent is not sent again.
    """
    archive, replay = context.archive(), _name(context, body)
    sends = body.get("sends") or [body]
    if not isinstance(sends, list) or not all(isinstance(each, Mapping) for each in sends):
        raise BadRequestError("sends: expected a list of objects with ids and to.")
    # An event of two sends has two records, so that each is known.
    work = [
        _work(context, archive, each, f"{replay}-{at}" if at else replay) for at, each in enumerate(sends)
    ]
    count = sum(len(each.pending) for each in work)
    if count > MOST:
        raise BadRequestError(
            f"These are {counted(count, 'event')}, and more than {MOST:,} take long: use jamwire events replay, "
            "which can be interrupted and resumed."
        )
    sentence = f"{counted(count, 'event')} will be sent once more, {_to_whom(work)}."
    nothing = "Nothing is left to send." if "replay" in body else "There are no such events."
    return Prepared(
        count,
        sentence if count else nothing,
        lambda: _perform(context, archive, work),
        body={"replay": replay},
    )


def new_replay(context: Context) -> str:
    """A name for a replay that was never used before."""
    return replaying.new_name(context.now(), context.fresh())


def _name(context: Context, body: Body) -> str:
    name = text(body, "replay") or new_replay(context)
    if not NAME.fullmatch(name):
        raise BadRequestError("replay: expected a name that an act was given.")
    return name


def _work(context: Context, archive: Archive, body: Body, replay: str) -> _Work:
    to = text(body, "to")
    ledgers = context.ledgers("" if to in ("", ALL) else to)
    chosen, unknown, failed = _chosen(context, archive, body)
    plan = ReplayPlan(
        replay=replay,
        selection=chosen,
        failed=failed,
        to=ALL if to in ("", ALL) else ledgers.subscribers[0].name,
    )
    # Without an id or a time there is nothing to look for.
    nothing = not chosen.ids and not chosen.since
    return _Work(plan, ledgers, [] if nothing else replaying.find_pending(plan, archive, ledgers), unknown)


def _chosen(context: Context, archive: Archive, body: Body) -> tuple[Selection, list[str], bool]:
    """Which events, which ids the archive does not know, and whether only what has failed is meant."""
    ids, asked = texts(body, "ids"), body.get("filter")
    if bool(ids) == bool(asked) or not isinstance(asked, Mapping | None):
        raise BadRequestError("ids, filter: expected one of them, a list of ids or an object.")
    if ids:
        endpoint = endpoint_of(text(body, "source"))
        known = [
            id for id in dict.fromkeys(ids) if _is_known(archive, Selection(ids=(id,), endpoint=endpoint))
        ]
        return (
            Selection(ids=tuple(known), endpoint=endpoint),
            [id for id in ids if id not in known],
            False,
        )
    query = {name: text(asked, name) for name in ("since", "until", "type", "endpoint", "severity")}  # type: ignore[arg-type]
    chosen = selection(context, query, since="24h", kept_seconds=archive.kept_seconds)
    return chosen, [], bool(asked and asked.get("failed"))


def _is_known(archive: Archive, selection: Selection) -> bool:
    try:
        return any(archive.find(selection))
    except NotFoundError:
        return False


def _to_whom(work: Sequence[_Work]) -> str:
    if any(each.plan.failed for each in work):
        return "to those at which they are dead"
    names = sorted({each.plan.to for each in work})
    return "to every subscriber whose rule matches" if names == [ALL] else f"to {' and '.join(names)}"


def _perform(context: Context, archive: Archive, work: Sequence[_Work]) -> Done:
    sender, sent = Sender(context.deployment()), list[str]()
    unsent: list[Document] = []

    def send(event: Event, to: Sequence[DeployedSubscriber]) -> None:
        sender(event, to)
        sent.append(event.id)

    def send_all() -> None:
        for each in work:
            unsent.extend({"id": id, "reason": "the archive no longer has it"} for id in each.unknown)
            if each.pending:
                result = _run(context, archive, each, send)
                unsent.extend({"id": summary.id, "reason": why} for summary, why in result.unsent.items())

    failure = failure_of(send_all)
    return Done(len(sent), f"{counted(len(sent), 'event')} sent once more.", unsent, failure=failure)


def _run(context: Context, archive: Archive, work: _Work, send: Any) -> replaying.ReplayResult:
    archive.save_plan(work.plan.replay, work.plan.to_document(), context.clock())

    def nothing(summary: EventSummary) -> None:
        """Nobody is told of each."""

    return replaying.run(
        work.plan,
        work.pending,
        archive=archive,
        send=send,
        rate=RATE,
        clock=context.clock,
        sleep=context.sleep,
        on_progress=nothing,
    )
