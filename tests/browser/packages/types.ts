// What a program does with the package must be what its types say (test_package.py).
import { connect, hasEnded, textOf, type Entries, type Live, type State } from "jamwire-live";
import { audience, describe, hindrance, Problem, type Audience } from "jamwire-live/follow";

const live: Live = connect({
  url: "wss://live.test/event/realtime",
  key: "da2-key",
  state: "https://state.test/",
  topics: ["line-12", "line-12/*"],
  private: { beginning: "account", state: "https://private.test/", token: async () => "jwt" },
  onNotice: ({ topic, fields }) => console.log(topic.length, fields.Delay?.length),
  onState: ({ state, missed = 0 }: State) => state === "polling" && missed + 1,
});
const stop: () => void = live.subscribe("line-12", (entries: Entries, topic: string) => {
  const text: string | undefined = textOf(entries, "Delay");
  console.log(text, topic, hasEnded(entries), entries["text"]?.[1].toFixed());
});
stop();
const topics: string[] = live.topics("line-12/*");
console.log(topics, live.sinceCurrent() > 0, live.get("line-12"));
live.close();

// @ts-expect-error A key is needed.
connect({ url: "wss://live.test/event/realtime" });
// @ts-expect-error What is known is not the listener's to change.
live.get("line-12").text = ["late", 1, "a"];

const its: Audience = audience({ url: "https://audience.test/" });
const followed: readonly string[] = await its.follow(["line-12"]);
console.log(followed, describe(await its.settings(), "line-12").title.length, hindrance() === "denied");
its.unfollow(["line-12"]).catch((error) => error instanceof Problem && error.name === "busy" && error.seconds);
document.addEventListener("jamwire:follow", ({ detail: { topics, channel } }) => console.log(topics[0], channel === "push"));

// @ts-expect-error An audience has an address.
audience({});
