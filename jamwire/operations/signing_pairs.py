"""Secrets of this machine, by which forwarded events are signed anew and a receiver verifies them.

None of them is a secret of the deployment. They are kept with the receiver's position, so that it is configured once.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

from jamwire.operations.deployment import DeployedEndpoint
from jamwire.operations.errors import OperationError
from jamwire.operations.forwarding import SigningPair
from jamwire.samples.signing import generate_key_pair


def kept_pairs(path: Path, endpoints: Iterable[DeployedEndpoint]) -> dict[str, SigningPair]:
    """The pair of each endpoint, by its name: the one that is kept in a file, or a new one, which is put there.

    An endpoint whose calls prove nothing by a secret has none; one that verifies in another way than before has a new
    one.
    """
    known = _read(path)
    pairs = dict[str, SigningPair]()
    for endpoint in endpoints:
        kind = repr(endpoint.scheme)
        if known.get(endpoint.name, {}).get("scheme") == kind:
            kept = known[endpoint.name]
            pairs[endpoint.name] = SigningPair(kept["signs"], kept["verifies"])
        elif pair := _new_pair(endpoint):
            pairs[endpoint.name] = pair
            known[endpoint.name] = {"scheme": kind, **pair._asdict()}
    _write(path, known)
    return pairs


def given_pairs(secret: str, endpoints: Iterable[DeployedEndpoint]) -> dict[str, SigningPair]:
    """A secret that a person gives, as the pair of each endpoint.

    Raises:
        OperationError: It can be no secret of one of them.
    """
    signed = [endpoint for endpoint in endpoints if endpoint.scheme.takes_secrets]
    for endpoint in signed:
        if endpoint.scheme.needs_cryptography or not endpoint.scheme.is_secret(secret):
            raise OperationError(
                f"What is given cannot sign as {endpoint.source} does; name the endpoints that are meant with "
                f"--endpoint, or let `jamwire listen` make a secret for {endpoint.name}"
            )
    return {endpoint.name: SigningPair(secret, secret) for endpoint in signed}


def _new_pair(endpoint: DeployedEndpoint) -> SigningPair | None:
    if not endpoint.scheme.takes_secrets:
        return None
    return SigningPair(*generate_key_pair(endpoint.scheme))


def _read(path: Path) -> dict[str, dict[str, str]]:
    try:
        known: dict[str, dict[str, str]] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError:
        raise OperationError(f"{path} does not hold secrets of `jamwire listen`; delete it") from None
    return known


def _write(path: Path, known: dict[str, dict[str, str]]) -> None:
    """Write the file in one step; nobody else may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(known, file)
    new.replace(path)
