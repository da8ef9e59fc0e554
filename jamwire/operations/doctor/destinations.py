"""Destinations that are secrets: a webhook that answers, a build hook of the right host, a sender's token."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from jamwire.operations.doctor.examination import Examination
from jamwire.operations.doctor.finding import Finding, of_each
from jamwire.operations.doctor.placeholders import is_placeholder
from jamwire.operations.loopback import is_loopback
from jamwire.operations.secrets import SecretLocation, find_destinations, list_secrets
from lambdas.contracts.build_hosts import HOSTS

_SLACK: Final = ("hooks.slack.com", "hooks.slack-gov.com")
_GONE: Final = (403, 404, 410)
"""What Slack answers for a webhook that is gone (Slack API, "Sending messages using incoming webhooks": errors)."""

_NOTHING_TO_SAY: Final = 400
"""What Slack answers to an object without a text, which it shows to nobody."""


def check_destinations(examination: Examination) -> Iterator[Finding]:
    """A destination that is not set, or is gone, makes every event a dead letter."""

    def look(destination: tuple[str, SecretLocation]) -> Iterator[Finding]:
        yield _of(examination, *destination)

    yield from of_each(find_destinations(examination.deployment).items(), look, lambda found: found[0])


def _of(examination: Examination, name: str, place: SecretLocation) -> Finding:
    run = f"run: jamwire secret add {name}"
    kind = "token" if place.is_token else "URL"
    keys = list_secrets(examination.deployment, name)
    if not keys:
        return Finding(name, "wrong", f"no {kind} is set; {run}")
    value = keys[-1].value
    if is_placeholder(value):
        return Finding(name, "wrong", f"a placeholder stands in place of its {kind}; {run}")
    if place.is_token:
        return Finding(name, "ok", "a token is set")
    if place.target:
        host = HOSTS[place.target]
        if host.is_hook(value):
            return Finding(name, "ok", f"a build hook of {host.name}")
        return Finding(name, "wrong", f"this is no build hook of {host.name}, such as {host.example}; {run}")
    return _webhook(examination, name, value, run)


def _webhook(examination: Examination, name: str, url: str, run: str) -> Finding:
    if not url.startswith(("https://", "http://")):
        return Finding(name, "wrong", f"its URL is no web address; {run}")
    if urlsplit(url).hostname not in _SLACK and not is_loopback(url):
        return Finding(name, "ok", "set; only Slack's webhooks can be asked without telling anybody")
    answer = examination.ask(url)
    if answer is None:
        return Finding(name, "wrong", f"nothing answers at its URL; {run}")
    if answer.status in _GONE:
        return Finding(name, "wrong", f"Slack answered {answer.status}, the webhook is gone; {run}")
    if answer.status == _NOTHING_TO_SAY:
        return Finding(name, "ok", "the webhook answers")
    return Finding(name, "warning", f"Slack answered {answer.status}; look again in a minute")
