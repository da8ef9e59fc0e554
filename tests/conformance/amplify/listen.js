// The official client of AppSync Events (aws-amplify, `events`): listens to a channel, then tries to publish on it.
// Says one line of JSON for each: {"refused"} or {"published"}, {"told"} or {"error"}.

import dns from "node:dns";
import { Amplify } from "aws-amplify";
import { events } from "aws-amplify/data";

const [id, here, apiKey, channel] = process.argv.slice(2); // the API's id, and where the account answers: host and port
const there = (kind) => `${id}.${kind}.us-east-1.amazonaws.com`;
const local = (url) =>
  `${url}`
    .replace(there("appsync-realtime-api"), `${id}.appsync-realtime-api.us-east-1.${here}`)
    .replace(there("appsync-api"), `${id}.appsync-api.us-east-1.${here}`)
    .replace(/^(http|ws)s:/, "$1:");

// The client knows AWS's addresses only; the account is local, and speaks no TLS.
const Plain = globalThis.WebSocket;
globalThis.WebSocket = class extends Plain {
  constructor(url, protocols) {
    super(local(url), protocols);
  }
};
const ask = globalThis.fetch;
globalThis.fetch = (url, options) => ask(local(url), options);

const lookup = dns.lookup; // not every machine resolves *.localhost
dns.lookup = (host, options, done) => lookup(host.endsWith(".localhost") ? "127.0.0.1" : host, options, done);

const say = (what) => console.log(JSON.stringify(what));
Amplify.configure({
  API: { Events: { endpoint: `https://${there("appsync-api")}/event`, region: "us-east-1", defaultAuthMode: "apiKey", apiKey } },
});

const listening = await events.connect(channel);
listening.subscribe({ next: ({ event }) => say({ told: event }), error: (error) => say({ error: `${error}` }) });
try {
  await events.post(channel, { text: "Free beer" });
  say({ published: true });
} catch (error) {
  say({ refused: `${error.message ?? error}` });
}
