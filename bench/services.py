"""Every service and destination of the functions in one process of its own, which answers at once.

A function that is measured against it pays for its own work with boto3 and the sockets, and waits for nearly nothing.
It keeps what is put into a table, since states are read again, and gives the secrets that it was started with.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs

from lambdas.contracts.keyring import DESTINATION, Key, write_document

NETLIFY_HOOK: Final = "/build_hooks/0123456789abcdef01234567"
_SNS: Final = "https://sns.amazonaws.com/doc/2010-03-31/"
_CLOUDFRONT: Final = "http://cloudfront.amazonaws.com/doc/2020-05-31/"

Answer = tuple[int, str, str]
"""The status, the content type and the body."""


class Services:
    """What the services answer.

    Args:
        secrets: The keyring's document by the secret's name.
    """

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._secrets = secrets
        self._items: dict[tuple[str, str], Any] = {}
        self._by_target: dict[str, Callable[[Any], Any]] = {
            "DynamoDB_20120810.GetItem": self._get_item,
            "DynamoDB_20120810.PutItem": self._put_item,
            "DynamoDB_20120810.UpdateItem": self._update_item,
            "DynamoDB_20120810.BatchGetItem": self._batch_get_item,
            "DynamoDB_20120810.BatchWriteItem": self._batch_write_item,
            "secretsmanager.GetSecretValue": lambda asked: {"SecretString": self._secrets[asked["SecretId"]]},
        }

    def answer(self, path: str, target: str, content_type: str, body: bytes) -> Answer:
        """The answer to one request."""
        if target:
            known = self._by_target.get(target, _nothing)
            return 200, "application/x-amz-json-1.0", json.dumps(known(json.loads(body)))
        if body.startswith(b"Action="):
            return 200, "text/xml", _sns_answer(parse_qs(body.decode())["Action"][0])
        if path.startswith("/2020-05-31/distribution/"):
            return (201 if body else 200), "text/xml", _invalidation()
        if path == "/event":
            return 200, "application/json", '{"failed": [], "successful": [{"identifier": "1", "index": 0}]}'
        return 200, "text/plain", "ok"

    def _get_item(self, asked: Any) -> Any:
        item = self._items.get((asked["TableName"], _name(asked["Key"])))
        return {"Item": item} if item else {}

    def _put_item(self, asked: Any) -> Any:
        self._items[asked["TableName"], _name(asked["Item"])] = asked["Item"]
        return {}

    def _update_item(self, asked: Any) -> Any:
        """Set what the runtime's table sets (`lambdas.runtime.table`); a condition holds, and nothing is added up."""
        key = asked["TableName"], _name(asked["Key"])
        old, values = self._items.get(key, {}), asked.get("ExpressionAttributeValues", {})
        written = {
            name: values[f":set_{name}"]
            for name in asked.get("ExpressionAttributeNames", {}).values()
            if f":set_{name}" in values
        }
        self._items[key] = {**old, **asked["Key"], **written}
        return {"Attributes": old}

    def _batch_get_item(self, asked: Any) -> Any:
        found = {
            table: [item for key in wanted["Keys"] if (item := self._items.get((table, key["id"]["S"])))]
            for table, wanted in asked["RequestItems"].items()
        }
        return {"Responses": found, "UnprocessedKeys": {}}

    def _batch_write_item(self, asked: Any) -> Any:
        for table, writes in asked["RequestItems"].items():
            for write in writes:
                self._put_item({"TableName": table, "Item": write["PutRequest"]["Item"]})
        return {"UnprocessedItems": {}}


def _name(item: Any) -> str:
    """What an item is known by: of the state of topics its channel, else its id."""
    return str((item.get("id") or item["channel"])["S"])


def _nothing(asked: Any) -> Any:
    return {}


def _sns_answer(action: str) -> str:
    result = f"<{action}Result><MessageId>1</MessageId></{action}Result>"
    metadata = "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata>"
    return f'<{action}Response xmlns="{_SNS}">{result}{metadata}</{action}Response>'


def _invalidation() -> str:
    paths = "<Paths><Quantity>0</Quantity></Paths><CallerReference>1</CallerReference>"
    time = "<CreateTime>2027-01-15T08:00:00.000Z</CreateTime>"
    about = f"<Id>I1</Id><Status>Completed</Status>{time}<InvalidationBatch>{paths}</InvalidationBatch>"
    return f'<Invalidation xmlns="{_CLOUDFRONT}">{about}</Invalidation>'


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    services: Services


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        target, content_type = self.headers.get("x-amz-target", ""), self.headers.get("content-type", "")
        status, kind, text = self.server.services.answer(self.path, target, content_type, body)
        content = text.encode()
        head = f"HTTP/1.1 {status} OK\r\ncontent-type: {kind}\r\ncontent-length: {len(content)}\r\n"
        self.wfile.write(f"{head}x-amzn-requestid: 1\r\n\r\n".encode() + content)

    do_GET = do_PUT = do_POST  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running_services() -> Iterator[str]:
    """The URL at which they all answer while the block lasts."""
    command = [sys.executable, "-m", "bench.services"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        try:
            yield process.stdout.readline().strip()  # type: ignore[union-attr]
        finally:
            process.terminate()


def main() -> None:
    """Answer until the process is ended; the first line of the output is the URL."""
    server = _Server(("127.0.0.1", 0), _Handler)
    url = f"http://127.0.0.1:{server.server_port}"
    keys = {"slack": f"{url}/services/T0/B0/bench", "rebuild": f"{url}{NETLIFY_HOOK}"}
    secrets = {name: write_document({DESTINATION: [Key("1", key, "")]}) for name, key in keys.items()}
    server.services = Services(secrets | {"bench": write_document({"zap": [Key("1", "secret", "")]})})
    print(url, flush=True)  # noqa: T201
    server.serve_forever()


if __name__ == "__main__":
    main()
