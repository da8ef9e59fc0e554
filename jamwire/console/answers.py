"""What the console answers with."""

import json
from typing import Any

from starlette.responses import Response


def error_document(error: Exception) -> dict[str, Any]:
    """What went wrong, in words, and the IAM action that the credentials lack."""
    action = getattr(error, "action", "")
    return {"error": str(error)} | ({"action": action} if action else {})


class JsonResponse(Response):
    """JSON in ASCII: what a stranger has sent may hold what UTF-8 cannot carry."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """The document as bytes."""
        return json.dumps(content, separators=(",", ":")).encode()
