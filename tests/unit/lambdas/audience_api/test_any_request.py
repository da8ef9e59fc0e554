"""Whatever a stranger sends: no request is answered by an error of ours, and none is remembered."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lambdas.audience_api.routes import ROUTES
from tests.unit.lambdas.audience_api.world import ANN, EMAIL, ENDPOINT, NUMBER, PUSH, TEXT, World

NAMES = st.sampled_from(
    [
        *(PUSH | EMAIL | TEXT),
        *("follower", "t", "code", "challenge", "endpoint", "keys", "auth", "p256dh", "x"),
    ]
)
TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        [
            ANN,
            NUMBER,
            ENDPOINT,
            "push",
            "email",
            "text",
            "line-12",
            "news",
            "line-*",
            "07:30",
            "Europe/Berlin",
            "new",
        ]
    ),
    st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf"]), max_size=4),
)
LEAVES = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(), st.floats())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
DOCUMENTS = st.one_of(
    st.dictionaries(NAMES, VALUES, max_size=6),
    *(
        st.dictionaries(NAMES, VALUES, max_size=2).map(lambda changes, whole=whole: whole | changes)
        for whole in (PUSH, EMAIL, TEXT)
    ),
    VALUES,
)
BODIES = st.one_of(
    DOCUMENTS.map(lambda document: json.dumps(document)),
    st.text(max_size=200),
    st.binary(max_size=200),
)
QUERIES = st.one_of(st.text(max_size=60), st.text(max_size=40).map(lambda text: f"t={text}"))
ASKED = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=300)


@ASKED
@given(
    st.sampled_from(["POST", "GET", "HEAD", "OPTIONS", "PUT", "x"]),
    st.one_of(st.sampled_from([*ROUTES]), st.text(max_size=20)),
    st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/plain", "", "é"]),
    BODIES,
    QUERIES,
    st.text(max_size=20),
)
def test_no_request_is_an_error_of_ours(
    method: str, path: str, type: str, body: Any, query: str, address: str
) -> None:
    world = World()
    answer = world.request(method, path, query=query, body=body, type=type, address=address)
    assert answer.status < 500, answer.reason
    assert answer.reason == ""
    assert answer.body or method == "HEAD"


@ASKED
@given(st.sampled_from([path for path, methods in ROUTES.items() if "POST" in methods]), DOCUMENTS)
def test_no_stranger_changes_what_another_follows(path: str, document: Any) -> None:
    world = World()
    world.put("text", NUMBER)
    world.put("email", ANN, at="07:30")
    before = kept(world)
    world.post(path, document)
    assert kept(world).items() >= before.items()


def kept(world: World) -> dict[Any, Any]:
    """Of followers all but how often a code was tried, and nothing of counts."""
    return {
        key: {name: value for name, value in item.items() if name not in ("tries", "version")}
        for key, item in world.stored().items()
        if key[0] != "topics"
    }
