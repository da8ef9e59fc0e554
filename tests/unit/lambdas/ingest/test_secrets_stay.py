"""Whatever proves who a sender is goes no further than ingest: a canary for every scheme."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from lambdas.ingest import handler
from lambdas.ingest.request import Request
from lambdas.ingest.request_log import RequestLog
from lambdas.ingest.schemes.any_of import AnyOf
from lambdas.ingest.schemes.tokens import BodyToken, Token
from lambdas.ingest.source import without
from tests.fakes.ingest import NOW, IngestHarness, as_api_gateway
from tests.unit.lambdas.ingest.every_scheme import CONFIGURED, ENDPOINTS, key_pairs, signed

OURS, OTHERS = key_pairs(), key_pairs()
LARGE = "x" * 300_000
Seen = tuple[int, str]
every_endpoint = pytest.mark.parametrize("name", ENDPOINTS)


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[[Request], Seen]:
    """Gives the status, and all that ingest lets out: messages, attributes, objects, the log and the answer."""
    harness = IngestHarness(CONFIGURED, secrets={name: (verifying,) for name, (_, verifying) in OURS.items()})
    monkeypatch.setattr(handler, "_ingest", lambda: harness.ingest)
    monkeypatch.setattr(
        handler, "_request_log", lambda: RequestLog("Jamwire-Ingest", "Jamwire", clock=lambda: NOW)
    )

    def ask(request: Request) -> Seen:
        answer = handler.handle(as_api_gateway(request), None)
        out, err = capsys.readouterr()
        assert out
        let_out = [answer, harness.published, harness.kept, out, err]
        return answer["statusCode"], json.dumps(let_out, ensure_ascii=False)

    return ask


def spellings(*secrets: str) -> set[str]:
    """Each secret as it is, without its kind, and as it is written in headers and URLs."""
    bare = {secret.partition("_")[2] or secret for secret in secrets} | set(secrets)
    encoded = {base64.b64encode(secret.encode()).decode().rstrip("=") for secret in bare}
    return (
        bare
        | encoded
        | {quote(secret) for secret in bare}
        | {part for s in bare for part in s.split(":")[1:]}
    )


@every_endpoint
@pytest.mark.parametrize("more", ["", LARGE], ids=["small", "large"])
def test_a_secret_that_verifies_stays(name: str, more: str, ask: Callable[[Request], Seen]) -> None:
    status, let_out = ask(signed(name, OURS[name][0], more=more))
    assert status == 200
    assert more in let_out
    assert [s for s in spellings(*OURS[name]) if s in let_out] == []


@every_endpoint
def test_a_secret_that_is_refused_stays(name: str, ask: Callable[[Request], Seen]) -> None:
    status, let_out = ask(signed(name, OTHERS[name][0]))
    assert status == 401
    assert [s for s in spellings(*OURS[name], *OTHERS[name]) if s in let_out] == []


def test_each_of_several_schemes_has_its_credentials() -> None:
    scheme = AnyOf((Token(), BodyToken(path=("a",)), BodyToken(path=("b", "*", "c"))))
    assert scheme.credentials == (("a",), ("b", "*", "c"))


@pytest.mark.parametrize(
    ("path", "left"),
    [
        (("a",), {"b": [{"c": 1, "d": 2}, 5]}),
        (("b", "*", "c"), {"a": 1, "b": [{"d": 2}, 5]}),
        (("b", "*"), {"a": 1, "b": []}),
        (("b", "x", "c"), {"a": 1, "b": [{"c": 1, "d": 2}, 5]}),
    ],
)
def test_what_is_at_a_path_is_taken_out(path: tuple[str, ...], left: Any) -> None:
    assert without({"a": 1, "b": [{"c": 1, "d": 2}, 5]}, path) == left


@pytest.mark.parametrize("path", [(), [], "", "secret"])
def test_a_body_token_without_a_path_is_refused_in_one_sentence(path: Any) -> None:
    with pytest.raises(ValueError, match=r"^The path is .*, expected keys such as [^\n]*\.$"):
        BodyToken(path=path)
