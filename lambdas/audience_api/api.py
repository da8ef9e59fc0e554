"""What the endpoint's routes work with, and what they answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lambdas.audience_api.limits import Limits
from lambdas.clients.http import HttpResponse
from lambdas.contracts.audience_job import Job
from lambdas.contracts.audience_settings import (
    AudienceApiSettings,
    EmailSettings,
    PushSettings,
    SiteOfAudience,
    TextSettings,
)
from lambdas.contracts.audience_topics import Topics
from lambdas.contracts.http_request import HttpRequest
from lambdas.followers.keys import AudienceKeys
from lambdas.followers.store import Followers

if TYPE_CHECKING:
    from lambdas.followers.sealing import Sealer


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """The endpoint, with the services that it asks.

    Attributes:
        site: The site.
        topics: What can be followed.
        words: What is said to people (`lambdas.contracts.audience_words`).
        own: The endpoint's own settings.
        push: The channel's settings; None for a channel that there is not.
        email: As `push`.
        text: As `push`.
        keys: Gives the audience's keys.
        followers: The followers.
        limits: The counters.
        ask: Puts a question into its channel's queue.
        sealer: Makes a sealer of the data key.
        send: Sends a request over HTTP.
        clock: Unix time in seconds.
        sleep: Waits for so many seconds.
    """

    site: SiteOfAudience
    topics: Topics
    words: Mapping[str, str]
    own: AudienceApiSettings
    push: PushSettings | None = None
    email: EmailSettings | None = None
    text: TextSettings | None = None
    keys: Callable[[], AudienceKeys]
    followers: Followers
    limits: Limits
    ask: Callable[[Job], object]
    sealer: Callable[[bytes], "Sealer"]
    send: Callable[[HttpRequest], HttpResponse]
    clock: Callable[[], float]
    sleep: Callable[[float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer, before it is JSON or a page.

    Attributes:
        status: The status.
        document: What a script reads; None where only people ask for it.
        page: Name of the page that a person reads (`lambdas.audience_api.pages.pages`); empty where only scripts ask.
        values: What the page shows.
        headers: Further headers.
    """

    status: int = 200
    document: Mapping[str, Any] | None = None
    page: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
