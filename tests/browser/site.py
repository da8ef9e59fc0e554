"""A site of one page, served as strictly as a site can be, and opened through a cable."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SCRIPT = (Path(__file__).parents[2] / "live" / "jamwire-live.js").read_bytes()
PAGE = """<!doctype html>
<html lang="en"><head><title>Line 12</title>
<script type="module" src="/jamwire-live.js" data-jamwire-url="{url}" data-jamwire-key="{key}"{state}
  data-jamwire-tags="post-1 Author-7"></script>
<script src="/watch.js"></script></head>
<body>
<p id="text" data-jamwire-text="line-12">on time</p>
<p id="delay" data-jamwire-text="line-12.Delay">0 min</p>
<p id="other" data-jamwire-text="line-7">on time</p>
<div role="log"><span id="log" data-jamwire-text="line-12.title">nothing</span></div>
<p id="page" data-jamwire-updated hidden>New version. <a href="">Reload</a></p>
<p id="site" data-jamwire-updated="site" hidden>The site was published. <a href="">Reload</a></p>
<noscript>nothing</noscript>
</body></html>"""

WATCH = b"""
window.seen = [];
for (const name of ["notice", "updated", "state"])
  document.addEventListener("jamwire:" + name, ({ detail }) => seen.push({ name, ...detail }));
window.refused = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => refused.push(violatedDirective));
"""


@contextmanager
def a_site(url: str, key: str, policy: str, state: str = "") -> Iterator[str]:
    """Serve it; gives its address.

    Args:
        url: Where its pages listen.
        key: By which key.
        policy: Its Content-Security-Policy beside what forbids everything.
        state: Where they read the state of topics; empty where they do not.
    """
    strict = f"default-src 'none'; require-trusted-types-for 'script'; {policy}"
    attribute = f' data-jamwire-state="{state}"' if state else ""
    page = PAGE.format(url=url, key=key, state=attribute).encode()
    files = {
        "/jamwire-live.js": ("text/javascript", SCRIPT),
        "/watch.js": ("text/javascript", WATCH),
        "/favicon.ico": ("image/png", b""),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = files.get(self.path, ("text/html; charset=utf-8", page))
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.send_header("content-security-policy", strict)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
