// The connection to AppSync Events (AWS AppSync Events developer guide, "WebSocket protocol").

import { stopwatch } from "./clock.js";

const base64url = (value) =>
  btoa(JSON.stringify(value)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

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
 * @param {(channel?: string) => object | Promise<object>} credentials What authorises a subscription, or the connection.
 * @param {{data: (text: string) => void, state: (name: string, failures?: number, missed?: number) => void}} on
 *   `state` is told "open" again when channels that were added are heard, too. A refusal is worth many failures.
 */
export const connection = (url, credentials, on) => {
  const SILENT = 0.3; // of the time after which a connection is dead: AppSync says something every minute of five
  const ACK_WITHIN = 15_000;
  const FIRST_WAIT = 1_000, LONGEST_WAIT = 120_000;
  const REFUSED_WAIT = 10 * 60_000; // and up to twice as long: a wrong key is not soon right

  const host = new URL(url).host.replace("realtime-", "");
  const channels = new Map(); // the subscription of each: its id, and whether it was sent
  let socket, retry, watch, patience;
  let attempt = 0; // what an earlier one still says is not heard
  let silence; // a stopwatch, since the other side said something; none while there is no attempt
  let gap; // a stopwatch, since it was last known to be open
  let tries = 0;
  let failures = 0; // connections that were not opened since the last one that was
  let ids = 0;
  let pending; // channels that are not accepted yet; none can be before the acknowledgement

  const drop = () => {
    clearTimeout(retry);
    clearTimeout(watch);
    attempt++;
    pending = Infinity;
    socket?.close();
    socket = silence = undefined;
  };

  const again = (least = 0) => {
    drop();
    failures++;
    on.state(least ? "refused" : "waiting", least || failures);
    const spread = Math.max(least, Math.min(FIRST_WAIT * 2 ** tries++, LONGEST_WAIT));
    retry = setTimeout(connect, least + Math.random() * spread);
  };

  const expectAnswer = () => {
    clearTimeout(watch);
    watch = setTimeout(again, ACK_WITHIN);
  };

  const send = (message) => socket.send(JSON.stringify(message));

  const opened = () => {
    clearTimeout(watch);
    tries = failures = 0;
    on.state("open", 0, gap && Math.round(gap())); // milliseconds of which nothing is known
  };

  const answered = () => --pending || opened();

  const subscribe = async (channel) => {
    const mine = attempt;
    const its = { id: `${ids++}` };
    channels.set(channel, its);
    pending++;
    expectAnswer();
    const shown = await credentials(channel);
    if (mine !== attempt) return;
    if (channels.get(channel) !== its) return answered(); // it was removed meanwhile
    its.isSent = true;
    send({ type: "subscribe", id: its.id, channel, authorization: { host, ...shown } });
  };

  // A private channel is refused by itself, and later asked for again with what authorises it then.
  const later = ([channel, its]) => {
    its.isSent = false;
    setTimeout(() => channels.get(channel) === its && pending < Infinity && subscribe(channel), REFUSED_WAIT);
    answered();
  };

  const hear = (said) => {
    const { type, id, event, connectionTimeoutMs } = parse(said);
    silence = stopwatch();
    const isPrivate = ([channel, its]) => its?.id === id && channel.startsWith("private");
    const refused = type === "subscribe_error" && [...channels].find(isPrivate);
    if (refused) return later(refused);
    // A page listens to all of its public channels or begins anew; so it does when an event could not be delivered.
    if (/error$/.test(type)) return again(/Unauthorized|BadRequest/.test(said) ? REFUSED_WAIT : 0);
    if (type === "connection_ack") {
      patience = SILENT * connectionTimeoutMs;
      pending = 0;
      for (const channel of channels.keys()) subscribe(channel);
    }
    if (type === "subscribe_success") answered();
    if (!pending) gap = stopwatch();
    if (type === "data") [event].flat().forEach(on.data);
  };

  const connect = async () => {
    drop();
    const mine = attempt;
    on.state("connecting");
    silence = stopwatch();
    expectAnswer();
    const header = base64url({ host, ...(await credentials()) });
    if (mine !== attempt) return;
    try {
      socket = new WebSocket(url, ["aws-appsync-event-ws", `header-${header}`]);
    } catch {
      return again(); // forbidden by a policy or an extension
    }
    socket.onopen = () => send({ type: "connection_init" });
    socket.onmessage = ({ data }) => mine === attempt && hear(data);
    socket.onclose = () => mine === attempt && again();
  };

  const isSilent = () => socket?.readyState && silence() > patience;

  return {
    connect,
    drop,
    /** Listens to one more channel. */
    add: (channel) => {
      if (channels.has(channel)) return;
      channels.set(channel);
      if (pending < Infinity) subscribe(channel);
    },
    /** Listens to a channel no longer. */
    remove: (channel) => {
      const { id, isSent } = channels.get(channel) ?? {};
      channels.delete(channel);
      if (isSent && pending < Infinity) send({ type: "unsubscribe", id });
    },
    /** Whether the connection is there, or is being made, and not suspiciously silent. */
    isAlive: () => !!silence && !isSilent(),
    /** To be called now and then: it is made anew after too long a silence, of which no timer tells while the machine sleeps. */
    look: () => isSilent() && again(),
  };
};
