"""The site's build, one page from a template and a list of symbols: ``python build.py SITE DIST``.

It needs Python and nothing else. Where open pages listen is in the environment, as a build host passes it on:
``JAMWIRE_URL``, ``JAMWIRE_KEY`` and ``JAMWIRE_STATE``, all public. With the state, the page is built with the prices as
they are; without, with those of the opening.
"""

import datetime as dt
import json
import os
import shutil
import sys
import time
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import urlopen

SITE: Final = Path(__file__).with_name("site")
STATE: Final = "/_jamwire/"
"""Where the site's distribution serves the state of topics."""

FAMILY: Final = "price"
PATIENCE_SECONDS: Final = 20

Prices = Mapping[str, Mapping[str, str]]
"""What was said of each topic that is true now, by name: ``fields.Price``, ``fields.Change``, ``time``."""


class StateError(Exception):
    """The prices could not be read; the text is one sentence."""


def read_state(url: str, now: float) -> Prices:
    """The prices that are true at a unix time (`docs/live.md`, "The state").

    Raises:
        StateError: They could not be read.
    """
    address = f"{url}notice-family/{FAMILY}.json"
    try:
        with urlopen(address, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - the site's own address
            topics = json.load(answer)["topics"]
    except (OSError, ValueError, KeyError) as error:
        raise StateError(f"The prices at {address} could not be read: {error}") from error
    return {
        topic: {name: value for name, (value, _, _, ends) in entries.items() if ends > now * 1000}
        for topic, entries in topics.items()
    }


def build(
    site: Path, dist: Path, *, live_url: str = "", live_key: str = "", prices: Prices | None = None
) -> None:
    """Build a site anew.

    Args:
        site: Where its content, its templates and its static files are.
        dist: Where its files go; what is there is removed.
        live_url: Where its open page listens.
        live_key: By which key.
        prices: As they are now; those of the opening where they are left out.
    """
    row = Template((site / "templates" / "row.html").read_text(encoding="utf-8"))
    rows = [
        row.substitute(_row(symbol, about, (prices or {}).get(f"{FAMILY}/{symbol}", {})))
        for symbol, about in symbols_of(site).items()
    ]
    page = Template((site / "templates" / "page.html").read_text(encoding="utf-8"))
    shutil.rmtree(dist, ignore_errors=True)
    shutil.copytree(site / "static", dist)
    parts = {
        "policy": escape(_policy(live_url)),
        "scripts": _scripts(live_url, live_key),
        "rows": "".join(rows).rstrip(),
    }
    (dist / "index.html").write_text(page.substitute(parts), encoding="utf-8")


def symbols_of(site: Path) -> dict[str, dict[str, Any]]:
    """What the site knows of each symbol: the company's `name`, and the price at the opening (`opened`)."""
    found: dict[str, dict[str, Any]] = json.loads((site / "content" / "symbols.json").read_text("utf-8"))
    return found


def _row(symbol: str, about: Mapping[str, Any], said: Mapping[str, str]) -> dict[str, str]:
    time = said.get("time", "")
    words = f"{dt.datetime.fromisoformat(time):%H:%M} UTC" if time else "opening"
    opened = f"{about['opened']:.2f}"
    parts = {
        "symbol": symbol,
        "name": about["name"],
        "opened": opened,
        "price": said.get("fields.Price", opened),
        "change": said.get("fields.Change", "+0.00%"),
        "time": time,
        "as_of": words,
    }
    return {name: escape(text) for name, text in parts.items()}


def _policy(live_url: str) -> str:
    """Nothing but the site's own files, and the one place where the page listens."""
    own = ("style-src 'self'", "img-src 'self'", "base-uri 'none'", "form-action 'none'")
    if not live_url:
        return "; ".join(("default-src 'none'", *own))
    parts = urlsplit(live_url)
    listens = f"connect-src 'self' {parts.scheme}://{parts.netloc}"
    scripts = ("script-src 'self'", "require-trusted-types-for 'script'")
    return "; ".join(("default-src 'none'", *own, *scripts, listens))


def _scripts(live_url: str, live_key: str) -> str:
    if not live_url:
        return ""
    where = f'data-jamwire-url="{escape(live_url)}" data-jamwire-key="{escape(live_key)}"'
    return (
        '<script type="module" src="/chart.js"></script>\n'
        f'<script type="module" src="/jamwire-live.js" {where} data-jamwire-state="{STATE}"></script>'
    )


def main() -> None:
    """Build; a state that cannot be read ends in one line and exit code 1."""
    site, dist = map(Path, sys.argv[1:3])
    url, key, state = (os.environ.get(f"JAMWIRE_{name}", "") for name in ("URL", "KEY", "STATE"))
    try:
        prices = read_state(state, time.time()) if state else None
    except StateError as error:
        sys.exit(str(error))
    build(site, dist, live_url=url, live_key=key, prices=prices)


if __name__ == "__main__":
    main()
