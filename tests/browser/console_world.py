"""The server's side of a busy console, which acts change."""

import copy
from typing import Any

from tests.browser import console_deliveries as deliveries
from tests.browser import console_documents as documents
from tests.browser.console import NOW, Call

FAULT = {"channel": "slack", "status": 429, "retry_after": 2, "count": 5}


class World:
    """The server's side: what was delivered, which faults are on, and how many an act would be about."""

    def __init__(self) -> None:
        self.deliveries = copy.deepcopy(deliveries.OUTSIDE)
        self.faults = [dict(FAULT)]
        self.count = 12
        self.answers_of_phones: list[Any] = []

    def answers(self) -> dict[str, Any]:
        return {
            "rejected": documents.rejected(documents.REJECTED),
            "dead-letters": copy.deepcopy(documents.DEAD_LETTERS),
            "endpoints": copy.deepcopy(documents.ENDPOINTS),
            "samples": copy.deepcopy(documents.SAMPLES),
            "subscribers": copy.deepcopy(documents.SUBSCRIBERS),
            "alarms": copy.deepcopy(documents.ALARMS),
            "figures": lambda call: documents.figures(NOW, int(call.query["hours"])),
            "outside": self.outside,
            "faults": self.fault,
            "texts": self.text,
            **{
                f"acts/{act}": self.act
                for act in ("redrive", "discard", "retry", "secret-add", "secret-end", "send", "replay")
            },
        }

    def outside(self, call: Call) -> Any:
        after, channel = int(call.query.get("after", 0)), call.query.get("channel")
        chosen = [d for d in self.deliveries if d["number"] > after and channel in (None, d["channel"])]
        return {"deliveries": chosen}

    def text(self, call: Call) -> Any:
        if call.body["text"] == "NOBODY":
            return 404, {"error": "The deployment has no such number."}
        self.answers_of_phones.append(call.body)
        return 202, None

    def fault(self, call: Call) -> Any:
        if call.method == "GET":
            return list(self.faults)
        self.faults = [] if call.method == "DELETE" else [*self.faults, call.body]
        return 204, None

    def act(self, call: Call) -> Any:
        if call.body["dry_run"]:
            return {"count": self.count, "sentence": f"{self.count} would be done."}
        if call.body["count"] != self.count:
            return 409, {"error": f"There are {self.count} now.", "count": self.count}
        undo = {"act": "replay", "body": {"ids": [documents.EVENT], "to": "Slack"}}
        return {"done": self.count, "unsent": [], "sentence": f"{self.count} are done.", "undo": undo}
