// What this site adds to jamwire-live.js: a colour for what a departure says, a glow where it has changed, and whether
// the board is live. The words themselves are changed by jamwire-live.js, and all of it is readable without colours.

const KINDS = [[/^\+/, "late"], [/^left/, "gone"], [/^cancelled/, "cancelled"], [/^on time/, "good"]];
const calm = matchMedia("(prefers-reduced-motion: reduce)");

document.addEventListener("jamwire:notice", ({ detail: { topic, fields } }) => {
  for (const [time, status] of Object.entries(fields)) {
    const element = document.querySelector(`[data-jamwire-text="${CSS.escape(`${topic}.${time}`)}"]`);
    if (!element || element.textContent === status) continue;
    const departure = element.closest("li");
    departure.dataset.kind = KINDS.find(([words]) => words.test(status))?.[1] ?? "";
    if (!calm.matches) departure.animate({ backgroundColor: ["var(--glow)", "transparent"] }, 1500);
  }
});

document.addEventListener("jamwire:state", ({ detail: { state } }) => {
  const live = document.getElementById("live");
  if (live) live.hidden = state !== "open";
});
