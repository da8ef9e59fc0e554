// The store of docs/live.md, in a page (test_package.py).
import { readable } from "svelte/store";
import { connect, textOf } from "jamwire-live";

// docs/live.md: svelte
const topicStore = (live, topic) =>
  readable({}, (set) => {
    set(live.get(topic));
    return live.subscribe(topic, set);
  });
// docs/live.md: end

window.textOf = textOf;
window.live = connect(window.jamwire);
const text = document.createElement("p");
text.id = "text";
document.querySelector("#app").append(text);
topicStore(window.live, "line-12").subscribe((entries) => (text.textContent = textOf(entries, "Delay") ?? "on time"));
window.lateStore = topicStore(window.live, "line-12"); // which somebody subscribes to later
