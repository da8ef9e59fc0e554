"""Sends pushes to many browsers at once."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import Final, Protocol

from lambdas.audience_push.answers import outcome_of
from lambdas.audience_push.message import push_of
from lambdas.audience_push.pauses import Pauses
from lambdas.clients.http import HttpResponse, NoResponseError
from lambdas.clients.push_connections import NotConnectedError, PrivateAddressError
from lambdas.clients.push_encryption import Browser
from lambdas.clients.vapid import Vapid
from lambdas.clients.web_push import Push, request_of
from lambdas.contracts.audience_settings import PushSettings, SiteOfAudience
from lambdas.followers.keys import AudienceKeys, decode
from lambdas.followers.outcomes import Later, Outcome, Refused, Unknown
from lambdas.followers.plan import Told
from lambdas.followers.push_services import is_push_service, origin_of
from lambdas.followers.recipients import Recipient
from lambdas.followers.sealing import Sealer, UnreadableError

THREADS: Final = 50
"""Pushes at once: half a chunk (`lambdas.audience_push.handler`), which then takes as long as two answers do."""

DEADLINE_SECONDS: Final = 25.0
"""For a chunk; who has no answer by then is tried later."""

_LATE: Final = "took too long"


class Post(Protocol):
    """How a request is sent (`lambdas.clients.push_connections`)."""

    def __call__(self, origin: str, path: str, headers: Mapping[str, str], body: bytes) -> HttpResponse:
        """Send a request to a push service."""
        ...


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser's subscription, as it is sealed."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)

    @classmethod
    def from_json(cls, text: str) -> "Subscription":
        """Read it.

        Raises:
            TypeError: It is none.
            ValueError: It is no JSON.
        """
        said = json.loads(text)
        if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
            raise TypeError
        return cls(**said)

    @property
    def browser(self) -> Browser:
        """For whom it is encrypted.

        Raises:
            ValueError: The keys are no base64.
        """
        return Browser(decode(self.p256dh), decode(self.auth))


class Sender:
    """Sends pushes.

    Args:
        site: The site that tells.
        settings: What is said of web push.
        keys: Reads the audience's keys.
        post: Sends a request.
        clock: Unix time in seconds.
        threads: Pushes at once.
    """

    def __init__(
        self,
        *,
        site: SiteOfAudience,
        settings: PushSettings,
        keys: Callable[[], AudienceKeys],
        post: Post,
        clock: Callable[[], float] = time.time,
        threads: int = THREADS,
    ) -> None:
        self._site = site
        self._settings = settings
        self._keys = keys
        self._post = post
        self._clock = clock
        self._pauses = Pauses(clock)
        self._vapids: dict[bytes, Vapid] = {}
        self._pool = ThreadPoolExecutor(threads)

    def send(self, recipients: Sequence[Recipient], told: Told) -> Mapping[str, Outcome]:
        """Tell recipients (`lambdas.followers.outcomes.Send`)."""
        keys = self._keys()
        sealer, vapids = Sealer(keys.data), {key.id: self._vapid(key.private) for key in keys.push}
        push = push_of(told, self._site, self._clock(), self._settings.push_give_up_after)
        begun = {
            self._pool.submit(self._outcome, recipient, push, sealer, vapids): recipient.id
            for recipient in recipients
        }
        done, late = wait(begun, DEADLINE_SECONDS)
        return {begun[future]: future.result() for future in done} | {
            begun[future]: Later(None, _LATE) if future.cancel() else Unknown(_LATE) for future in late
        }

    def _outcome(
        self, recipient: Recipient, push: Push, sealer: Sealer, vapids: Mapping[str, Vapid]
    ) -> Outcome:
        try:
            subscription = Subscription.from_json(sealer.open(recipient.address, recipient.id))
        except (UnreadableError, TypeError, ValueError):
            return Refused("unreadable")
        if not is_push_service(subscription.endpoint, self._settings.push_services):
            return Refused("no push service")
        if not (vapid := vapids.get(recipient.push_key)):
            return Later(None, "unknown key")  # a new one is read within minutes
        origin = origin_of(subscription.endpoint)
        if left := self._pauses.left(origin):
            return Later(left, "push service is paused")
        outcome = self._pushed(subscription, origin, push, vapid)
        self._pauses.note(origin, outcome)
        return outcome

    def _pushed(self, subscription: Subscription, origin: str, push: Push, vapid: Vapid) -> Outcome:
        try:
            headers, body = request_of(push, subscription.browser, vapid.authorization(origin))
        except ValueError:
            return Refused("unusable key of a browser")
        try:
            response = self._post(origin, subscription.endpoint.removeprefix(origin), headers, body)
        except NotConnectedError:
            return Later(None, "no connection")
        except NoResponseError:
            return Unknown("no response")
        except PrivateAddressError:
            return Refused("private address")
        return outcome_of(response, self._clock())

    def _vapid(self, private: bytes) -> Vapid:
        if private not in self._vapids:
            self._vapids[private] = Vapid(private, self._settings.push_contact, self._clock)
        return self._vapids[private]
