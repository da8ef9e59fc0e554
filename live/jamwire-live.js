// Jamwire on open pages (docs/live.md). Copy this file into the site and put into its pages:
//   <script type="module" src="/jamwire-live.js" data-jamwire-url="wss://…" data-jamwire-key="da2-…"></script>
// It listens to AppSync Events (AWS AppSync Events developer guide, "WebSocket protocol"), writes text and never HTML,
// and needs neither inline scripts nor inline styles.

const ASLEEP_AFTER = 5 * 60_000; // a hidden tab is left alone after so long
const SILENT_AFTER = 90_000; // AppSync says something every minute
const ACK_WITHIN = 15_000;
const LOOK_EVERY = 20_000;
const FIRST_WAIT = 1_000, LONGEST_WAIT = 120_000;
const REFUSED_WAIT = 10 * 60_000; // and up to twice as long: a wrong key is not soon right
const REMEMBERED = 200;
const ANNOUNCED = "[aria-live],[role=status],[role=alert],[role=log],[role=timer],[role=marquee]";

// --- Names of channels: the rules of lambdas/contracts/live_channels.py

const bytes = (name) =>
  encodeURIComponent(name)
    .replace(/%25/g, "%")
    .replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(parseInt(hex, 16)));

const plain = (name) => bytes(name).replace(/^\/+|\/+$/g, "");

const digest = (text) => {
  let hash = 0xcbf29ce484222325n; // FNV-1a
  for (const byte of text) hash = BigInt.asUintN(64, (hash ^ BigInt(byte.charCodeAt())) * 0x100000001b3n);
  return hash.toString(16).padStart(16, "0");
};

const channel = (namespace, name) => {
  const text = plain(name);
  const fits = /^((?![^/]{51})[a-z\d]+(-[a-z\d]+)*(\/(?!$)|$)){1,4}$/i.test(text);
  return `${namespace}/${fits ? text : `x--${digest(text)}`}`;
};

const page = (path) => path.replace(/[?#][^]*/, "").replace(/(^|\/)index\.html?$/, "$1");

export const noticeChannel = (topic) => channel("notice", topic);
export const pageChannel = (path) => channel("page", page(path));

// Whether a path that has changed, perhaps one with a * at its end, is the page at this one.
export const covers = (changed, path) => {
  const here = plain(page(path));
  return changed.endsWith("*")
    ? `${here}/`.startsWith(bytes(changed.slice(0, -1)).replace(/^\/+/, ""))
    : here === plain(page(changed));
};

// --- What a page shows

const script = globalThis.document?.querySelector("script[data-jamwire-url]");
const known = new Set();
const latest = Object.create(null); // time of the newest notice of each topic

// Events may come twice: on two channels, and after a connection that broke at the wrong moment.
const isNew = (id) => {
  if (known.has(id)) return false;
  known.add(id);
  if (known.size > REMEMBERED) known.delete(known.values().next().value);
  return true;
};

const tell = (name, detail) =>
  document.dispatchEvent(new CustomEvent(`jamwire:${name}`, { detail, cancelable: true }));

const all = (attribute) => [...document.querySelectorAll(`[data-jamwire-${attribute}]`)];

// "line-12.Delay" is the field Delay of the topic line-12; without a field it is what the notice says.
const wanted = (element) => {
  const [, topic, , field] = /^(.*?)(\.([^.]*))?$/s.exec(element.dataset.jamwireText.trim());
  return { topic, field };
};

const valueOf = (notice, field) =>
  field === undefined ? notice.text || notice.title : (notice.fields?.[field] ?? notice[field]);

const noticed = (notice) => {
  const topic = plain(notice.topic);
  if (!isNew(notice.id) || !tell("notice", notice) || notice.time < latest[topic]) return;
  latest[topic] = notice.time;
  for (const element of all("text")) {
    const { topic: its, field } = wanted(element);
    const value = valueOf(notice, field);
    if (plain(its) === topic && typeof value === "string") element.textContent = value;
  }
};

const updated = (update) => {
  const tags = ` ${script.dataset.jamwireTags ?? ""} `.toLowerCase(); // CloudFront's know no case
  const here =
    update.paths.some((path) => covers(path, location.pathname)) ||
    update.tags.some((tag) => tags.includes(` ${tag.toLowerCase()} `));
  if (!isNew(`${update.id} ${here}`) || !tell("updated", { ...update, here })) return;
  for (const element of all("updated")) {
    if (!element.hidden || !(here || element.dataset.jamwireUpdated === "site")) continue;
    element.hidden = false;
    // Screen readers announce what is put into a live region, and not the region's own appearance.
    setTimeout(() => element.append(...element.childNodes), 100);
  }
};

// --- The connection

const start = ({ jamwireUrl, jamwireKey }) => {
  const host = new URL(jamwireUrl).host.replace("appsync-realtime-api", "appsync-api");
  const authorization = { host, "x-api-key": jamwireKey };
  const header = btoa(JSON.stringify(authorization)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");
  let socket, retry, watch, bedtime, heard, patience;
  let tries = 0;
  let pending; // channels that are not accepted yet; the page is open when there are none
  let listened; // when it was last known to be open

  const send = (message) => socket.send(JSON.stringify(message));
  const state = (name, more) => tell("state", { state: name, ...more });

  const drop = () => {
    clearTimeout(retry);
    clearTimeout(watch);
    const old = socket;
    socket = undefined; // what it still says is not heard
    old?.close();
  };

  const again = (least = 0) => {
    drop();
    state("waiting");
    const spread = Math.max(least, Math.min(FIRST_WAIT * 2 ** tries++, LONGEST_WAIT));
    retry = setTimeout(connect, least + Math.random() * spread);
  };

  const expectAnswer = () => {
    clearTimeout(watch);
    watch = setTimeout(again, ACK_WITHIN);
  };

  const sleep = () => {
    drop();
    state("asleep");
  };

  const listen = () => {
    const topics = all("text").map((element) => noticeChannel(wanted(element).topic));
    const channels = new Set(["site/updated", pageChannel(location.pathname), ...topics]);
    [...channels].forEach((name, id) => send({ type: "subscribe", id: `${id}`, channel: name, authorization }));
    pending = channels.size;
    expectAnswer();
  };

  const opened = () => {
    clearTimeout(watch);
    tries = 0;
    state("open", listened && { missed: heard - listened }); // milliseconds of which nothing is known
  };

  const hear = (said) => {
    const message = JSON.parse(said);
    heard = Date.now();
    // A page listens to all of its channels or begins anew; so it does when an event could not be delivered.
    if (/error$/.test(message.type)) return again(/Unauthorized|BadRequest/.test(said) ? REFUSED_WAIT : 0);
    if (message.type === "connection_ack") {
      patience = message.connectionTimeoutMs;
      listen();
    }
    if (message.type === "subscribe_success" && !--pending) opened();
    if (!pending) listened = heard;
    if (message.type === "data")
      for (const text of [message.event].flat()) {
        const told = JSON.parse(text);
        (told.paths ? updated : noticed)(told);
      }
  };

  const connect = () => {
    drop();
    state("connecting");
    heard = Date.now();
    pending = Infinity;
    const mine = (socket = new WebSocket(jamwireUrl, ["aws-appsync-event-ws", `header-${header}`]));
    mine.onopen = () => mine.send('{"type":"connection_init"}');
    mine.onmessage = ({ data }) => mine === socket && hear(data);
    mine.onclose = () => mine === socket && again();
    expectAnswer();
  };

  const wake = () => {
    clearTimeout(bedtime);
    if (document.hidden) bedtime = setTimeout(sleep, ASLEEP_AFTER);
    else if (!socket || (socket.readyState && Date.now() - heard > SILENT_AFTER)) connect();
  };

  // By the clock, since timers do not run while the machine sleeps.
  setInterval(() => socket?.readyState && Date.now() - heard > patience && again(), LOOK_EVERY);
  document.addEventListener("visibilitychange", wake);
  addEventListener("online", () => document.hidden || connect());
  addEventListener("pagehide", sleep); // an open connection would keep the page out of the back/forward cache
  addEventListener("pageshow", ({ persisted }) => persisted && wake());
  for (const element of [...all("text"), ...all("updated")])
    if (!element.closest(ANNOUNCED)) element.setAttribute("aria-live", "polite");
  connect();
  if (document.hidden) wake();
};

if (script) start(script.dataset);
