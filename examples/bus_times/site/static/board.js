// What this site adds to jamwire-live.js: a colour for what a departure says, a glow where it has changed, and how the
// board follows. The words themselves are changed by jamwire-live.js, and all of it is readable without colours.

const KINDS = [[/^\+/, "late"], [/^left/, "gone"], [/^cancelled/, "cancelled"], [/^on time/, "good"]];
const WORDS = { open: "live", polling: "live, every few seconds", waiting: "no connection" };
const calm = matchMedia("(prefers-reduced-motion: reduce)");

const paint = (status) => {
  const kind = KINDS.find(([words]) => words.test(status.textContent))?.[1] ?? "";
  status.closest("li").dataset.kind = kind;
};

const changed = ({ target }) => {
  paint(target);
  if (!calm.matches) target.closest("li").animate({ backgroundColor: ["var(--glow)", "transparent"] }, 1500);
};

const watch = new MutationObserver((changes) => changes.forEach(changed));
for (const status of document.querySelectorAll(".departures span")) {
  paint(status);
  watch.observe(status, { childList: true });
}

document.addEventListener("jamwire:state", ({ detail: { state } }) => {
  const live = document.getElementById("live");
  if (!live) return;
  live.hidden = !(state in WORDS);
  live.textContent = WORDS[state] ?? "";
  live.dataset.state = state;
});
