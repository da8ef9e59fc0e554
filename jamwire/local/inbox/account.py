"""What the local account has sent by itself: text messages, e-mails, invalidations and pushes to open pages."""

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from jamwire.local.credentials import endpoint_url, local_client
from jamwire.local.inbox import carrier, mailbox
from jamwire.local.inbox.deliveries import ReceivedDelivery, event_ids_of_push, event_ids_of_reference
from lambdas.contracts.event import timestamp


class Outgoing(Protocol):
    """Where new deliveries come from."""

    def fresh(self) -> list[ReceivedDelivery]:
        """Those that were not given out before."""
        ...

    def answer(self, said: Mapping[str, str]) -> bool:
        """Let a phone answer (`carrier.read_answer`); whether the account has the number that it answers."""
        ...


class LocalOutgoing:
    """Text messages, e-mails, invalidations and pushes of the local account.

    The account keeps no time of a text message: it counts as received when it is first seen here.
    """

    def __init__(self, port: int, certificate: Path | None = None) -> None:
        looking_inside = f"{endpoint_url(port, tls=certificate is not None)}/_ministack"
        self._messages_url = f"{looking_inside}/sns/sms-messages"
        # The launcher's own, as are the others.
        self._pushes_url = f"{looking_inside}/appsync-events/pushes"
        self._answers_url = f"{looking_inside}/sms-voice/answers"
        self._looks = [
            partial(self._kept, f"{looking_inside}/ses/mails", mailbox.delivery_of),
            partial(self._kept, f"{looking_inside}/sms-voice/texts", carrier.delivery_of),
        ]
        self._last: dict[str, int] = {}
        self._cloudfront = local_client("cloudfront", port, certificate)
        handlers = (
            [HTTPSHandler(context=ssl.create_default_context(cafile=certificate))] if certificate else []
        )
        self._open = build_opener(ProxyHandler({}), *handlers).open
        self._seen: set[str] = set()

    def fresh(self) -> list[ReceivedDelivery]:
        """Those that were not given out before."""
        found = [*self._text_messages(), *self._invalidations(), *self._pushes()]
        return found + [delivery for look in self._looks for delivery in look()]

    def answer(self, said: Mapping[str, str]) -> bool:
        """Let a phone answer; whether the account has the number that it answers."""
        request = Request(f"{self._answers_url}?{urlencode(said)}", method="POST")  # noqa: S310 - this machine
        try:
            with self._open(request, timeout=5):
                return True
        except HTTPError:
            return False

    def _kept(self, url: str, delivery_of: Callable[[Any], ReceivedDelivery]) -> Iterator[ReceivedDelivery]:
        """What the account keeps in the order in which it was sent, each with its number."""
        with self._open(f"{url}?after={self._last.get(url, 0)}", timeout=5) as answer:
            for item in json.load(answer):
                self._last[url] = item["number"]
                yield delivery_of(item)

    def _text_messages(self) -> Iterator[ReceivedDelivery]:
        with self._open(self._messages_url, timeout=5) as answer:
            by_number: dict[str, list[dict[str, Any]]] = json.load(answer)["sms_messages"]
        for number, messages in by_number.items():
            for message in messages:
                if self._is_new(message["MessageId"]):
                    request = {
                        name: message[name] for name in ("PhoneNumber", "Message", "MessageAttributes")
                    }
                    yield ReceivedDelivery(channel="sms", destination=number, request=request, status=200)

    def _invalidations(self) -> Iterator[ReceivedDelivery]:
        for distribution in self._cloudfront.list_distributions()["DistributionList"].get("Items", []):
            listed = self._cloudfront.list_invalidations(DistributionId=distribution["Id"])
            for summary in listed["InvalidationList"].get("Items", []):
                if self._is_new(summary["Id"]):
                    yield self._invalidation(distribution["Id"], summary["Id"])

    def _invalidation(self, distribution: str, invalidation: str) -> ReceivedDelivery:
        found = self._cloudfront.get_invalidation(DistributionId=distribution, Id=invalidation)[
            "Invalidation"
        ]
        batch = found["InvalidationBatch"]
        return ReceivedDelivery(
            channel="cdn",
            received_at=timestamp(found["CreateTime"].timestamp()),
            destination=distribution,
            event_ids=event_ids_of_reference(batch["CallerReference"]),
            request={
                "DistributionId": distribution,
                "Paths": batch["Paths"]["Items"],
                "CallerReference": batch["CallerReference"],
            },
            status=201,
        )

    def _pushes(self) -> Iterator[ReceivedDelivery]:
        with self._open(self._pushes_url, timeout=5) as answer:
            pushes: list[dict[str, Any]] = json.load(answer)["pushes"]
        for push in pushes:
            if self._is_new(push["id"]):
                said = json.loads(push["event"])
                yield ReceivedDelivery(
                    channel="live",
                    received_at=timestamp(push["at"]),
                    destination=push["channel"],
                    event_ids=event_ids_of_push(said),
                    request=said,
                    status=200,
                )

    def _is_new(self, key: str) -> bool:
        new = key not in self._seen
        self._seen.add(key)
        return new
