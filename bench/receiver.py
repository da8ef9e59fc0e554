"""A host that stands where Slack's would, and notes when it was called with what."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, Self

PATIENCE_SECONDS: Final = 30


class Receiver:
    """Listens on a free port of this machine while its block lasts."""

    def __init__(self) -> None:
        self._calls: list[tuple[float, str]] = []
        self._called = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            disable_nagle_algorithm = True  # else the answer waits 40 ms for an acknowledgement

            def do_POST(self) -> None:
                receiver._note(self.rfile.read(int(self.headers["content-length"])).decode())
                self.send_response(receiver.status())
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Begin to listen."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """End."""
        self._server.shutdown()
        self._server.server_close()

    def status(self) -> int:
        """What the call is answered that has just been noted."""
        return 200

    def wait_for(self, mark: str) -> float:
        """When a body with this mark came in, by the performance counter.

        Raises:
            TimeoutError: None did.
        """
        with self._called:
            if not self._called.wait_for(
                lambda: any(mark in body for _, body in self._calls), PATIENCE_SECONDS
            ):
                raise TimeoutError(f"{mark} did not arrive")
            return next(when for when, body in self._calls if mark in body)

    def _note(self, body: str) -> None:
        with self._called:
            self._calls = [*self._calls[-100:], (time.perf_counter(), body)]
            self._called.notify_all()
