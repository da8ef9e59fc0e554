"""What a build bakes into pages by the snippet of `docs/live.md`."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

NODE = str(Path(sys.executable).with_name("node"))
SNIPPET = re.compile(r"^Eleventy, in .*?```js\n(.*?)^```", re.MULTILINE | re.DOTALL)
NOW = 1_800_000_000_000

CALL = """
const [code, answers, now] = JSON.parse(process.argv[1]);
Date.now = () => now;
globalThis.fetch = async (url) => {
  const entries = answers[url.split("/").pop()];
  return { ok: entries !== undefined, json: async () => ({ entries }) };
};
const { default: live } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
console.log(JSON.stringify(await live()));
"""


def baked(answers: dict[str, Any]) -> Any:
    """What the data file gives the templates where the state answers this."""
    [code] = SNIPPET.findall((ROOT / "docs" / "live.md").read_text())
    call = [NODE, "--input-type=module", "--eval", CALL, json.dumps([code, answers, NOW])]
    return json.loads(subprocess.run(call, capture_output=True, text=True, check=True).stdout)


def test_eleventy_bakes_in_what_has_not_ended() -> None:
    entries = {"title": ["late", 1, "a", NOW + 1], "fields.Delay": ["5 min", 1, "a", NOW]}
    assert baked({"line-12.json": entries}) == {"line-12": {"title": "late"}, "line-7": {}}
