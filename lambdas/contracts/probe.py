"""The probe of `jamwire doctor`: a message that shows the way into a function, and that no notifier ever sees.

It is marked by a message attribute, which only those can set who may publish on the topic or send to a queue. The
runtime ends it before anything is claimed (`lambdas.runtime.probes`). Its text is an event like any other, so that
whoever does not know probes is harmed by none.
"""

from typing import Final

from lambdas.contracts.event import Event, Notice, timestamp

PROBE: Final = "Probe"
"""On a probe; its value names it."""

PROBE_SENT: Final = "probe.sent"
"""The type of a probe's event. It is no word of the vocabulary: nobody is told of it, and no rule can name it."""

SOURCE: Final = "/doctor"


def probe_event(name: str, now: float) -> Event:
    """The event that a probe is.

    Args:
        name: The probe's.
        now: Unix seconds.
    """
    notice = Notice(title="A probe of jamwire doctor, which nobody is told of")
    return Event(id=name, source=SOURCE, type=PROBE_SENT, time=timestamp(now), notice=notice)
