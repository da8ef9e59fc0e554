"""Who a follower is: an id that names nobody, made of the channel and the address."""

import hashlib
import hmac

from lambdas.contracts.audience_table import ID_DIGITS
from lambdas.contracts.audience_topics import Channel


def follower_id(lookup_key: bytes, channel: Channel, address: str) -> str:
    """The id of who is reached at an address: the same each time, and of no use to who has not the key.

    Args:
        lookup_key: The audience's (`lambdas.followers.keys`).
        channel: The channel.
        address: The address in its one form: a push service's URL, an e-mail address in lower case, E.164.
    """
    return _digest(lookup_key, f"{channel} {address}")


def stranger_id(lookup_key: bytes, who: str) -> str:
    """What stands for a network or an address where it is only counted."""
    return _digest(lookup_key, f"counted {who}")


def _digest(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:ID_DIGITS]
