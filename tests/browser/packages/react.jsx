// The hook of docs/live.md, in a page (test_package.py).
import { createElement as h, StrictMode, useCallback, useSyncExternalStore } from "react";
import { createRoot } from "react-dom/client";
import { connect, textOf } from "jamwire-live";

// docs/live.md: react
function useTopic(live, topic) {
  const subscribe = useCallback((changed) => live.subscribe(topic, changed), [live, topic]);
  const get = () => live.get(topic);
  return useSyncExternalStore(subscribe, get, () => NOTHING);
}
const NOTHING = {}; // when rendered on a server, where nobody listens
// docs/live.md: end

const Delay = ({ live, topic }) => h("p", { id: "text" }, textOf(useTopic(live, topic), "Delay") ?? "on time");

window.live = connect(window.jamwire);
createRoot(document.querySelector("#app")).render(h(StrictMode, null, h(Delay, { live: window.live, topic: "line-12" })));
