"""How the pages look: the reader's own colours and letters, without anything to load."""

import base64
import hashlib
from typing import Final

STYLE: Final = """
:root { color-scheme: light dark; --text: #1d2430; --quiet: #566072; --page: #f4f5f7; --sheet: #fff;
  --line: #7b8494; --edge: #dfe3e9; --act: #1550b4; --on-act: #fff; --bad: #a3161d }
@media (prefers-color-scheme: dark) {
  :root { --text: #e7eaf0; --quiet: #aab3c2; --page: #11151c; --sheet: #1a202a; --line: #7f899a; --edge: #343d4b;
    --act: #8ab4f8; --on-act: #0d1726; --bad: #ff9d96 } }
* { box-sizing: border-box }
body { margin: 0; padding: 1rem; background: var(--page); color: var(--text);
  font: 1.0625rem/1.55 system-ui, sans-serif; overflow-wrap: anywhere }
main { max-width: 34rem; margin: 4vh auto 0; padding: 1.5rem; border-radius: .75rem; background: var(--sheet) }
footer { max-width: 34rem; margin: 0 auto; padding: 1rem 1.5rem; color: var(--quiet); font-size: .9375rem }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25 }
h2 { margin: 0 0 .75rem; font-size: 1.125rem }
p, ul, form { margin: 0 0 1rem }
ul { padding-left: 1.25rem }
a { color: var(--act) }
.name { margin: 0 0 .25rem; color: var(--quiet) }
.quiet { color: var(--quiet) }
.note { padding: .625rem .875rem; border-left: .25rem solid var(--act); background: var(--page) }
.bad { border-color: var(--bad); color: var(--bad) }
fieldset { margin: 0 0 1rem; padding: 0; border: 0 }
legend, .label { padding: 0; font-weight: 600 }
.choice { display: flex; gap: .75rem; align-items: flex-start; padding: .5rem 0 }
.choice input { flex: none; width: 1.375rem; height: 1.375rem; margin: .125rem 0 0; accent-color: var(--act) }
.choice small { display: block; color: var(--quiet); font-size: .9375rem }
.label { display: block; margin: 0 0 .25rem }
.field, button { width: 100%; min-height: 2.875rem; padding: .5rem .875rem; border-radius: .5rem; font: inherit }
.field { margin: 0 0 1rem; border: 1px solid var(--line); background: var(--sheet); color: var(--text) }
.code { font-size: 1.5rem; letter-spacing: .25em; font-variant-numeric: tabular-nums }
button { border: 0; background: var(--act); color: var(--on-act); font-weight: 600; cursor: pointer }
button.plain { border: 1px solid var(--line); background: transparent; color: var(--text) }
:focus-visible { outline: .1875rem solid var(--act); outline-offset: .125rem }
.end { margin-top: 1.5rem; padding-top: 1.5rem; border-top: 1px solid var(--edge) }
main > :last-child, .end > :last-child { margin-bottom: 0 }
"""

POLICY: Final = (
    "default-src 'none'; "
    f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""The Content-Security-Policy of the pages: nothing but this style, and forms that lead here."""
