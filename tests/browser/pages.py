"""The page that modelled visitors open: all that the script can do, served as strictly as a site can be."""

SITE, STATE, STREAM = "https://site.test", "https://state.test/", "wss://live.test/event/realtime"

POLICY = (
    "default-src 'none'; require-trusted-types-for 'script'; script-src 'self'; "
    f"connect-src {STATE} {STREAM.partition('/event')[0]}"
)

HEAD = f"""<!doctype html><html lang="en"><head><title>Line 12</title><script src="/watch.js"></script>
<script type="module" src="/jamwire-live.js" data-jamwire-url="{STREAM}" data-jamwire-key="da2-key"
  data-jamwire-state="{STATE}" data-jamwire-tags="post-1"></script></head><body><main><h1>Line 12</h1>"""

BODY = """
<p id="text" data-jamwire-text="line-12">on <b>time</b></p>
<p id="delay" data-jamwire-text="line-12.Delay" data-jamwire-max-age="60">0 min</p>
<p id="platform" data-jamwire-quiet data-jamwire-text="line-12.Platform">1</p>
<time id="as-of" datetime="2027-01-01" data-jamwire-as-of="line-12">today</time>
<ul id="list" data-jamwire-list="line-12/*" data-jamwire-sort=".Departs"><template><li><a href="#t"
  data-jamwire-text=".topic"></a> <i data-jamwire-text=".Delay"></i> <b data-jamwire-text=".Departs"></b></li></template>
  <li data-jamwire-topic="line-12/0615"><a href="#t" data-jamwire-text=".topic">0615</a>
  <i data-jamwire-text=".Delay">0 min</i> <b data-jamwire-text=".Departs">06:15</b></li>
</ul>
<table><caption>By topic</caption><thead><tr><th scope="col">Departure</th><th scope="col">Delay</th></tr></thead>
<tbody id="table" data-jamwire-list="line-12/*"><template><tr><th scope="row" data-jamwire-text=".topic"></th><td
  data-jamwire-text=".Delay"></td></tr></template></tbody></table>
<p id="summary" data-jamwire-summary="line-12/*" data-jamwire-every="30" hidden>{changed} of {total} departures changed</p>
<p id="updated" data-jamwire-updated hidden>New</p>
"""

PAGE = f"{HEAD}{BODY}</main></body></html>"

WATCH = """
// What the page is told, what its policy refuses, and how much is under way.
window.seen = [];
for (const name of ["notice", "updated", "state", "topic"])
  document.addEventListener(`jamwire:${name}`, ({ detail }) => seen.push({ name, ...detail }));
window.wrong = [];
document.addEventListener("securitypolicyviolation", ({ violatedDirective }) => wrong.push(violatedDirective));
addEventListener("error", ({ message }) => wrong.push(message));
addEventListener("unhandledrejection", ({ reason }) => wrong.push(`${reason}`));

window.fetching = 0;
const itsFetch = window.fetch, ItsWebSocket = window.WebSocket;
window.fetch = async (...given) => {
  fetching++;
  try {
    const response = await itsFetch(...given);
    const text = await response.text();
    response.json = async () => JSON.parse(text);
    return response;
  } finally {
    queueMicrotask(() => queueMicrotask(() => fetching--));
  }
};
window.heard = 0; // messages
window.unanswered = 0;
window.WebSocket = class extends ItsWebSocket {
  constructor(...given) {
    if (window.upgradesHang) return { readyState: 0, close() {}, send() {} };
    super(...given);
    this.addEventListener("message", () => heard++);
    this.expect();
  }
  send(message) {
    super.send(message);
    this.expect();
  }
  expect() {
    unanswered++;
    const answered = new AbortController();
    for (const name of ["open", "message", "close"])
      this.addEventListener(name, () => { unanswered--; answered.abort(); }, { signal: answered.signal });
  }
};
"""

SHOWN = """() => [...document.querySelectorAll("[data-jamwire-text],[data-jamwire-as-of]")].map((element) =>
  [element.closest("[data-jamwire-topic]")?.dataset.jamwireTopic, element.textContent, element.dataset.jamwireStale])"""
"""All texts in their order: of which row, what, and whether it is stale."""
