"""The account beside the inbox, what the inbox is asked by and sent, and what it has received."""

import time

from jamwire.console.context import Context
from lambdas.contracts.build_hosts import HOSTS, a_local_hook

WEBHOOK = "/services/T0LOCAL/B0LOCAL/4f5e6d7c8b9a"
EVENT_ID = "0123456789abcdef0123456789abcdef"
TOKEN = "2f6d1c0b9a8e7d6c"
TOKENED = {"authorization": f"Bearer {TOKEN}"}
CONSOLE = Context(find_deployment=lambda: None, clock=time.time, sleep=time.sleep, fresh=lambda: "")
MESSAGE = {"text": "docs: deployed"}
HOOKS = {name: a_local_hook(name, "http://127.0.0.1", lambda digits: "a1" * (digits // 2)) for name in HOSTS}
ORDER = {
    "correlation": "0a1b2c3d4e5f",
    "title": "News [jamwire:0a1b2c3d4e5f]",
    "event": EVENT_ID,
    "publishes": 1,
}


class Account:
    """Stands in for the local account: gives out what a test puts here."""

    def __init__(self):
        self.waiting = []
        self.error = None

    def fresh(self):
        if self.error:
            raise self.error
        given, self.waiting = self.waiting, []
        return given


def deliveries(inbox, query=""):
    return inbox.get(f"/api/deliveries{query}").json()
