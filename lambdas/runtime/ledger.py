"""What a subscriber has delivered already, so that nobody is told twice.

It is Powertools' Idempotency on DynamoDB, used through its persistence layer: the decorator of Powertools
knows one call with one key, a subscriber may handle a batch of events and one event may have several
destinations. Two calls for each delivery: a conditional write that claims it, an update that records it.
"""

from typing import Final

from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyItemAlreadyExistsError
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer

REMEMBERED: Final = 72 * 3600
"""Seconds for which a delivery is remembered."""


class InProgressError(Exception):
    """Another invocation is delivering the same at this moment."""


class Ledger:
    """Claims, records and releases deliveries of one subscriber.

    Args:
        store: Powertools' persistence layer; on AWS the one for DynamoDB.
        subscriber: Part of each key, so that subscribers can share a store.
    """

    def __init__(self, store: BasePersistenceLayer, subscriber: str) -> None:
        config = IdempotencyConfig(
            event_key_jmespath="key", expires_after_seconds=REMEMBERED, hash_function="sha256"
        )
        store.configure(config, key_prefix=subscriber)
        self._store = store

    def claim(self, key: str, remaining_ms: int) -> bool:
        """Claim a delivery; False where it has been made already.

        Args:
            key: The event, or the event and its destination.
            remaining_ms: Milliseconds for which the claim holds: what is left of the invocation. A function
                that died leaves a claim behind, which lapses then.

        Raises:
            InProgressError: Another invocation holds the claim.
        """
        try:
            self._store.save_inprogress({"key": key}, remaining_ms)
        except IdempotencyItemAlreadyExistsError as exists:
            if exists.old_data_record and exists.old_data_record.status == "COMPLETED":
                return False
            raise InProgressError from None
        return True

    def record(self, key: str) -> None:
        """Record a claimed delivery as made."""
        self._store.save_success({"key": key}, {})

    def release(self, key: str, cause: Exception) -> None:
        """Give a claim back: the delivery was not made and may be tried again."""
        self._store.delete_record({"key": key}, cause)
