// The package's entry for programs (follow.d.ts): nothing happens on import, and nobody is asked anything here.

import { ask, Problem } from "./endpoint.js";
import { read } from "./kept.js";
import { FOLLOWER, forgetFollower, keepFollower, renew, tellSubscription } from "./subscription.js";

export { Problem };

const DAY = 86_400_000;

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

// Where Trusted Types are required, a worker's address must come from a policy.
const policy = globalThis.trustedTypes?.createPolicy("jamwire-follow", { createScriptURL: (url) => url });
const trusted = (url) => policy?.createScriptURL(url) ?? url;

const untilActive = (registration) =>
  new Promise((resolve, reject) => {
    const worker = registration.installing ?? registration.waiting;
    const look = () => {
      if (registration.active) resolve(registration);
      else if (worker?.state === "redundant") reject(new Problem("failed"));
    };
    worker?.addEventListener("statechange", look);
    look();
  });

/** A topic as the endpoint's settings describe it: its title and one sentence. */
export const describe = ({ topics }, topic) => {
  for (const { name, title, text } of topics) {
    const [found, part] = RegExp(`^${name.replaceAll(".", "\\.").replaceAll("*", "([^/]+)")}$`).exec(topic) ?? [];
    if (found) return { title: title.replaceAll("{}", part ?? ""), text };
  }
  return { title: topic, text: "" };
};

/** Why this browser cannot be notified: `homescreen`, `unsupported`, `denied`; undefined if it can. */
export const hindrance = () => {
  const CANNOT = navigator.standalone === false ? "homescreen" : "unsupported"; // only Apple's phones have `standalone`
  if (!navigator.serviceWorker || !globalThis.PushManager || !globalThis.Notification) return CANNOT;
  if (Notification.permission === "denied") return "denied";
};

/**
 * The audience of a site, as this browser may join it.
 *
 * @param {import("../../follow.d.ts").AudienceOptions} options
 * @returns {import("../../follow.d.ts").Audience}
 */
export const audience = ({ url, worker = "/jamwire-worker.js" }) => {
  // The worker has a scope of its own, in which there is no page, so that the site's worker is left alone.
  const address = worker && new URL(worker, document.baseURI);
  const scope = address && new URL(address.pathname.replace(/(\.\w+)?$/, "/"), address).href;

  // What is kept is read, told and kept again; two at a time would forget what the other one did.
  let turn = Promise.resolve();
  const inTurn = (doing) => (turn = turn.then(doing, doing));

  const registered = async () => {
    const found = await navigator.serviceWorker?.getRegistration(scope || location.href);
    return !scope || found?.scope === scope ? found : undefined;
  };

  const register = async () => {
    const found = scope
      ? await navigator.serviceWorker.register(trusted(address.href), { scope })
      : await registered();
    if (!found) throw new Problem("failed");
    return untilActive(found);
  };

  const known = async () => {
    const registration = await registered();
    const follower = registration && (await read(registration.scope, FOLLOWER));
    return follower?.url === url ? { registration, follower } : {};
  };

  const end = async (registration) => {
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    await forgetFollower(registration);
    return [];
  };

  const setTopics = async ({ registration, follower }, topics) => {
    if (!follower) return [];
    const said = { follower: follower.follower, topics, zone: zone() };
    const answer = await ask(url, "preferences", said).catch((problem) => {
      if (problem.name !== "gone") throw problem;
    });
    if (!topics.length || !answer) return end(registration);
    return (await keepFollower(registration, { ...follower, topics: answer.topics })).topics;
  };

  const current = async ({ registration, follower }, subscription) => {
    const { channels } = await ask(url, "settings");
    if (subscription?.endpoint !== follower.endpoint || channels.push?.id !== follower.key)
      return (await renew(registration, follower)).topics;
    const { topics } = await ask(url, "state", { follower: follower.follower });
    return (await keepFollower(registration, { ...follower, topics, checked: Date.now() })).topics;
  };

  const follow = async (topics, challenge) => {
    const said = { channel: "push", topics, zone: zone(), ...(challenge && { challenge }) };
    return (await tellSubscription(await register(), url, "follow", said)).topics;
  };

  const unfollow = async (topics) => {
    const its = await known();
    return setTopics(its, its.follower?.topics.filter((topic) => !topics.includes(topic)) ?? []);
  };

  const check = async () => {
    const its = await known();
    const { registration, follower } = its;
    if (!follower) return [];
    const isAllowed = Notification.permission === "granted";
    const unreached = (problem) => {
      if (problem.name === "gone") return end(registration);
      if (problem instanceof Problem) return isAllowed ? follower.topics : []; // the next page asks again
      throw problem;
    };
    if (!isAllowed) return setTopics(its, []).catch(unreached);
    const subscription = await registration.pushManager.getSubscription();
    if (subscription?.endpoint === follower.endpoint && Date.now() - follower.checked < DAY) return follower.topics;
    return current(its, subscription).catch(unreached);
  };

  return {
    settings: () => ask(url, "settings"),
    topics: async () => (await known()).follower?.topics ?? [],
    follow: (topics, challenge) => inTurn(() => follow(topics, challenge)),
    unfollow: (topics) => inTurn(() => unfollow(topics)),
    check: () => inTurn(check),
  };
};
