"""Dead letters, by subscriber and reason."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from jamwire.console.context import Context, Document, Query
from jamwire.console.problems import Problems
from jamwire.operations.dead_letters import Filter, list_dead_letters
from jamwire.operations.deployment import Deployment
from jamwire.operations.documents import dead_letter_document
from jamwire.operations.queue_depths import depth_of
from jamwire.operations.subscribers import DeployedSubscriber, choose_subscribers

AT_ONCE = 16

KEPT = 60.0
"""Seconds for which a queue is not looked into again while it has as many letters; an act has it done at once."""


def list_(context: Context, query: Query) -> Document:
    """Those that match, oldest first.

    To look at a letter hides it from others for a moment. So a queue in which there is none, or as many as before, is
    left alone, and all others are looked into side by side.
    """
    deployment, problems = context.deployment(), Problems()
    reason, subscribers = (
        query.get("reason", "").lower(),
        choose_subscribers(deployment, query.get("subscriber", "")),
    )

    def letters_of(subscriber: DeployedSubscriber) -> list[Document]:
        return problems.without(lambda: _letters(context, deployment, subscriber), list[Document]())

    with context.dead_letters, ThreadPoolExecutor(AT_ONCE) as pool:
        found = [letter for some in pool.map(letters_of, subscribers) for letter in some]
    chosen = (letter for letter in found if reason in letter["reason"].lower())
    letters = sorted(chosen, key=lambda letter: str(letter["died_at"]))
    counts = Counter((letter["subscriber"], letter["reason"]) for letter in letters)
    return {
        "letters": letters,
        "counts": [
            {"subscriber": subscriber, "reason": why, "count": count}
            for (subscriber, why), count in counts.most_common()
        ],
        "problems": problems.documents,
    }


def _letters(context: Context, deployment: Deployment, subscriber: DeployedSubscriber) -> list[Document]:
    depth = depth_of(deployment, subscriber.dead_letters_url)

    def look() -> list[Document]:
        return [dead_letter_document(at) for at in list_dead_letters(deployment, Filter(subscriber.name))]

    return context.kept(("dead letters", subscriber.name, depth), KEPT, look) if depth.total else []
