// The connection to AppSync Events (AWS AppSync Events developer guide, "WebSocket protocol").

import { stopwatch } from "./clock.js";

/** What a text says; an empty object where it is not JSON, or no object. */
export const parse = (text) => {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
};

/**
 * Listens to channels, and again whenever the connection was lost.
 *
 * @param {string} url
 * @param {object} shown What authorises the connection.
 * @param {(channel: string) => object | Promise<object>} access What authorises a subscription instead: see private.js.
 * @param {(text: string) => void} heard
 * @param {(state: string, failures?: number, missed?: number) => void} told "open" again when channels that were added
 *   are heard, too. A refusal is worth many failures.
 */
export const connection = (url, shown, access, heard, told) => {
  const SILENT = 0.3; // of the time after which a connection is dead: AppSync says something every minute of five
  const ACK_WITHIN = 15_000;
  const FIRST_WAIT = 1_000, LONGEST_WAIT = 120_000;
  const REFUSED_WAIT = 10 * 60_000; // and up to twice as long: a wrong key is not soon right

  const host = new URL(url).host.replace("realtime-", "");
  const header = btoa(JSON.stringify({ host, ...shown })).replace(/=/g, ""); // base64url: no host or key makes + or /
  const subscriptions = new Map(); // by channel; one has an id once it was sent
  let socket; // none while there is no attempt; what an earlier one still says is not heard
  let timer; // until the next attempt, or of this one's patience
  let silence; // a stopwatch, since the other side said something
  let patience; // with that; nobody has any before the first acknowledgement
  let gap; // a stopwatch, since it was last known to be open
  let failures = 0; // connections that were not opened since the last one that was
  const sent = []; // subscriptions, the first with the id 1
  let pending; // channels that are not accepted yet; none can be before the acknowledgement

  const drop = () => {
    clearTimeout(timer);
    pending = Infinity;
    socket?.close();
    socket = undefined;
  };

  const again = (least = 0) => {
    drop();
    const spread = Math.max(least, Math.min(FIRST_WAIT * 2 ** failures++, LONGEST_WAIT));
    told(least ? "refused" : "waiting", least || failures);
    timer = setTimeout(connect, least + Math.random() * spread);
  };

  const expectAnswer = () => {
    clearTimeout(timer);
    timer = setTimeout(again, ACK_WITHIN);
  };

  const send = (message) => socket.send(JSON.stringify(message));

  const answered = () => {
    if (--pending) return;
    clearTimeout(timer);
    failures = 0;
    told("open", 0, gap && Math.round(gap())); // milliseconds of which nothing is known
  };

  const isWanted = (its) => subscriptions.get(its.channel) === its;

  const subscribe = async (its) => {
    const mine = socket;
    its.id = undefined;
    pending++;
    expectAnswer();
    const { headers = shown } = await access(its.channel);
    if (mine !== socket) return;
    if (!isWanted(its)) return answered(); // it was removed meanwhile
    its.id = `${sent.push(its)}`;
    send({ type: "subscribe", ...its, authorization: { host, ...headers } });
  };

  // A private channel is refused by itself, and later asked for again with what authorises it then.
  const later = (its) => {
    its.id = undefined;
    setTimeout(() => isWanted(its) && pending < Infinity && subscribe(its), REFUSED_WAIT);
    answered();
  };

  const hear = (said) => {
    const { type, id, event, connectionTimeoutMs } = parse(said);
    silence = stopwatch();
    const its = sent[id - 1];
    if (type === "subscribe_error" && its?.channel.startsWith("private")) return later(its);
    // A page listens to all of its public channels or begins anew; so it does when an event could not be delivered.
    if (/error$/.test(type)) return again(/Unauthorized|BadRequest/.test(said) ? REFUSED_WAIT : 0);
    if (type === "connection_ack") {
      patience = SILENT * connectionTimeoutMs;
      pending = 1;
      subscriptions.forEach(subscribe);
    }
    if (type === "connection_ack" || type === "subscribe_success") answered();
    if (!pending) gap = stopwatch();
    if (type === "data") [event].flat().forEach(heard);
  };

  const connect = () => {
    drop();
    told("connecting");
    silence = stopwatch();
    expectAnswer();
    let mine;
    try {
      mine = socket = new WebSocket(url, ["aws-appsync-event-ws", `header-${header}`]);
    } catch {
      return again(); // forbidden by a policy or an extension
    }
    mine.onopen = () => send({ type: "connection_init" });
    mine.onmessage = ({ data }) => mine === socket && hear(data);
    mine.onclose = () => mine === socket && again();
  };

  const isSilent = () => socket && silence() > patience;

  return {
    connect,
    drop,
    /** Listens to one more channel. */
    listen: (channel) => {
      const its = { channel };
      subscriptions.set(channel, its);
      if (pending < Infinity) subscribe(its);
    },
    /** Listens to a channel no longer. */
    leave: (channel) => {
      const { id } = subscriptions.get(channel);
      subscriptions.delete(channel);
      if (id && pending < Infinity) send({ type: "unsubscribe", id });
    },
    /** Whether the connection is there, or is being made, and not suspiciously silent. */
    isAlive: () => socket && !isSilent(),
    /** To be called now and then: it is made anew after too long a silence. While a machine sleeps no timer tells of it. */
    look: () => isSilent() && again(),
  };
};
