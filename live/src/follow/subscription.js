// The browser's subscription and the follower that the endpoint knows by it, for the page and for the worker.

import { ask, Problem } from "./endpoint.js";
import { change } from "./kept.js";

const FOLLOWER = "follower";
const SHOWN = "shown";
const REASONS = { NotAllowedError: "denied", AbortError: "unsupported", NotSupportedError: "unsupported" };

// A registration has one subscription, for one key: with another key the browser wants the old one ended first.
const subscribe = async ({ pushManager }, applicationServerKey) => {
  const wanted = { userVisibleOnly: true, applicationServerKey };
  try {
    return await pushManager.subscribe(wanted);
  } catch (error) {
    const old = await pushManager.getSubscription();
    if (error.name !== "InvalidStateError" || !old) throw new Problem(REASONS[error.name] ?? "failed", { cause: error });
    await old.unsubscribe();
    return pushManager.subscribe(wanted);
  }
};

/**
 * Subscribes this browser and tells the endpoint; keeps what it answers.
 *
 * @param {ServiceWorkerRegistration} registration Whose worker will be told.
 * @param {string} url The endpoint's.
 * @param {string} path `follow`, or `renew` where the follower is known already.
 * @param {object} said What is told beside the subscription.
 */
export const tellSubscription = async (registration, url, path, said) => {
  const { site, channels } = await ask(url, "settings");
  if (!channels.push) throw new Problem("unsupported");
  const subscription = await subscribe(registration, channels.push.key);
  const { endpoint, keys } = subscription.toJSON();
  const key = channels.push.id;
  const answer = await ask(url, path, { ...said, subscription: { endpoint, keys }, key });
  return keepFollower(registration, { ...answer, url, key, endpoint, site, checked: Date.now() });
};

/** Keeps the follower. */
export const keepFollower = ({ scope }, follower) => change(scope, FOLLOWER, () => follower);

/** Forgets the follower, and what was shown to it. */
export const forgetFollower = async ({ scope }) => {
  for (const name of [FOLLOWER, SHOWN]) await change(scope, name, () => undefined);
};

// Only a person meets a challenge.
const isOpen = async (url) => !(await ask(url, "settings")).challenge;

/**
 * Tells the endpoint that a follower's browser has another subscription, or takes one for another key. What was pushed to
 * the old one meanwhile has ended the follower there, who follows anew where that needs no person.
 */
export const renew = async (registration, { url, follower, endpoint, topics, zone }) => {
  try {
    return await tellSubscription(registration, url, "renew", { follower });
  } catch (problem) {
    const subscription = await registration.pushManager.getSubscription();
    const hasChanged = subscription && subscription.endpoint !== endpoint && Notification.permission === "granted";
    if (problem.name !== "gone" || !hasChanged || !(await isOpen(url))) throw problem;
    return tellSubscription(registration, url, "follow", { channel: "push", topics, zone });
  }
};

export { FOLLOWER, SHOWN };
