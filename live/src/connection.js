// The connection to AppSync Events (AWS AppSync Events developer guide, "WebSocket protocol").

const SILENT_AFTER = 90_000; // AppSync says something every minute
const ACK_WITHIN = 15_000;
const LOOK_EVERY = 20_000;
const FIRST_WAIT = 1_000, LONGEST_WAIT = 120_000;
const REFUSED_WAIT = 10 * 60_000; // and up to twice as long: a wrong key is not soon right

const then = (value, action) => (value.then ? value.then(action) : action(value));

const base64url = (value) =>
  btoa(JSON.stringify(value)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

/**
 * Listens to channels, and again whenever the connection was lost.
 *
 * @param {string} url
 * @param {(channel?: string) => object | Promise<object>} credentials What authorises a subscription, or the connection.
 * @param {Set<string>} channels
 * @param {{data: (told: object) => void, state: (name: string, failures: number, missed?: number) => void}} on
 */
export const connection = (url, credentials, channels, on) => {
  const host = new URL(url).host.replace("appsync-realtime-api", "appsync-api");
  let socket, retry, watch, heard, patience;
  let listened; // when it was last known to be open, by the visitor's clock, which goes on while the machine sleeps
  let tries = 0;
  let failures = 0; // connections that were not opened since the last one that was
  let ids = 0;
  let pending; // channels that are not accepted yet; all are heard when there are none

  const drop = () => {
    clearTimeout(retry);
    clearTimeout(watch);
    const old = socket;
    socket = undefined; // what it still says is not heard
    old?.close();
  };

  const again = (least = 0) => {
    drop();
    failures++;
    on.state(least ? "refused" : "waiting", failures);
    const spread = Math.max(least, Math.min(FIRST_WAIT * 2 ** tries++, LONGEST_WAIT));
    retry = setTimeout(connect, least + Math.random() * spread);
  };

  const expectAnswer = () => {
    clearTimeout(watch);
    watch = setTimeout(again, ACK_WITHIN);
  };

  const subscribe = (channel) => {
    const mine = socket;
    const id = `${ids++}`;
    pending++;
    expectAnswer();
    then(credentials(channel), (shown) => {
      const authorization = { host, ...shown };
      if (mine === socket) mine.send(JSON.stringify({ type: "subscribe", id, channel, authorization }));
    });
  };

  const opened = () => {
    clearTimeout(watch);
    tries = failures = 0;
    on.state("open", 0, listened && heard - listened); // milliseconds of which nothing is known
  };

  const hear = (said) => {
    const message = JSON.parse(said);
    heard = Date.now();
    // A page listens to all of its channels or begins anew; so it does when an event could not be delivered.
    if (/error$/.test(message.type)) return again(/Unauthorized|BadRequest/.test(said) ? REFUSED_WAIT : 0);
    if (message.type === "connection_ack") {
      patience = message.connectionTimeoutMs;
      pending = 0;
      channels.forEach(subscribe);
    }
    if (message.type === "subscribe_success" && !--pending) opened();
    if (!pending) listened = heard;
    if (message.type === "data") for (const text of [message.event].flat()) on.data(JSON.parse(text));
  };

  const connect = () => {
    drop();
    on.state("connecting", failures);
    heard = Date.now();
    pending = Infinity;
    expectAnswer();
    then(credentials(), open);
  };

  const open = (shown) => {
    const header = base64url({ host, ...shown });
    const mine = (socket = new WebSocket(url, ["aws-appsync-event-ws", `header-${header}`]));
    mine.onopen = () => mine.send('{"type":"connection_init"}');
    mine.onmessage = ({ data }) => mine === socket && hear(data);
    mine.onclose = () => mine === socket && again();
  };

  // By the clock, since timers do not run while the machine sleeps.
  const look = setInterval(() => socket?.readyState && Date.now() - heard > patience && again(), LOOK_EVERY);

  return {
    connect,
    drop,
    /** Listens to one more channel. */
    add: (channel) => {
      if (channels.has(channel)) return;
      channels.add(channel);
      if (socket && pending !== Infinity) subscribe(channel);
    },
    /** Whether the connection is there and not suspiciously silent. */
    isAlive: () => !!socket && !(socket.readyState && Date.now() - heard > SILENT_AFTER),
    isOpen: () => !!socket && pending === 0,
    end: () => {
      clearInterval(look);
      drop();
    },
  };
};
