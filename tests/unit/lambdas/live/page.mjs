// An open page without a browser: the script, a WebSocket whose other end is the test, and a clock that the test moves.
// Arguments: the script's address. Standard input: what happens, as [[name, ...arguments], …]. Prints what the page
// tells of its state, as [[millisecond, state, missed?], …]. Chance is always one half.
import { mock } from "node:test";

const steps = JSON.parse(await new Response(process.stdin).text());
const now = Date.UTC(2026, 0);
const told = [];
const sockets = [];

const text = { dataset: {}, getAttribute: () => "line-12", closest: () => null, setAttribute() {} };
const settle = () => new Promise(setImmediate); // until what awaits has gone on
const script = { dataset: { jamwireUrl: "wss://appsync.test/event/realtime", jamwireKey: "da2-key" } };

globalThis.document = {
  hidden: false,
  querySelector: () => script,
  querySelectorAll: (selector) => (selector.includes("[data-jamwire-text]") ? [text] : []),
  addEventListener() {},
  dispatchEvent: ({ detail: { state, missed = [] } }) => told.push([Date.now() - now, state].concat(missed)),
};
globalThis.location = { pathname: "/news/" };
globalThis.addEventListener = () => {};
globalThis.WebSocket = class {
  readyState = 0;
  constructor() {
    sockets.push(this);
  }
  send() {}
  close() {
    this.readyState = 3;
  }
};
Math.random = () => 0.5;
mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"], now });

const happen = {
  connects() {
    Object.assign(sockets.at(-1), { readyState: 1 }).onopen();
  },
  says: (message) => sockets.at(-1).onmessage({ data: JSON.stringify(message) }),
  closes: () => sockets.at(-1).onclose(),
  // One by one, since all timers of one tick run at its end.
  waits(milliseconds) {
    while (milliseconds--) mock.timers.tick(1);
  },
};

await import(process.argv[2]);
await settle(); // the page begins once its elements have said what they want
for (const [name, ...given] of steps) {
  happen[name](...given);
  await settle();
}
console.log(JSON.stringify(told));
process.exit();
