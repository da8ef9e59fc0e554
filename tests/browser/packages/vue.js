// The composable of docs/live.md, in a page (test_package.py).
import { createApp, h, onScopeDispose, shallowRef } from "vue";
import { connect, textOf } from "jamwire-live";

// docs/live.md: vue
function useTopic(live, topic) {
  const entries = shallowRef(live.get(topic));
  onScopeDispose(live.subscribe(topic, (its) => (entries.value = its)));
  return entries;
}
// docs/live.md: end

window.live = connect(window.jamwire);
const setup = () => {
  const entries = useTopic(window.live, "line-12");
  return () => h("p", { id: "text" }, textOf(entries.value, "Delay") ?? "on time");
};
createApp({ setup }).mount("#app");
