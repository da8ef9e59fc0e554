"""Dead letters, by subscriber and reason."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from jamwire.console.context import Context, Document, Query
from jamwire.console.problems import Problems
from jamwire.operations.dead_letters import DeadLetter, Filter, list_dead_letters
from jamwire.operations.deployment import Deployment
from jamwire.operations.documents import dead_letter_document
from jamwire.operations.queue_depths import depth_of
from jamwire.operations.subscribers import DeployedSubscriber, choose_subscribers

AT_ONCE = 16


def list_(context: Context, query: Query) -> Document:
    """Those that match, oldest first.

    To look at a letter hides it from others for a moment. So a queue in which there is none is left alone, and all
    others are looked into side by side.
    """
    deployment, problems, reason = context.deployment(), Problems(), query.get("reason", "")
    subscribers = choose_subscribers(deployment, query.get("subscriber", ""))
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(
            lambda subscriber: problems.without(
                lambda: _letters(deployment, subscriber, reason), list[DeadLetter]()
            ),
            subscribers,
        )
        letters = sorted((letter for some in found for letter in some), key=lambda letter: letter.died_at)
    counts = Counter((letter.subscriber, letter.reason) for letter in letters)
    return {
        "letters": [dead_letter_document(letter) for letter in letters],
        "counts": [
            {"subscriber": subscriber, "reason": why, "count": count}
            for (subscriber, why), count in counts.most_common()
        ],
        "problems": problems.documents,
    }


def _letters(deployment: Deployment, subscriber: DeployedSubscriber, reason: str) -> list[DeadLetter]:
    if not depth_of(deployment, subscriber.dead_letters_url).total:
        return []
    return list_dead_letters(deployment, Filter(subscriber.name, reason))
