// What people read. A page replaces any of it: <script type="application/json" data-jamwire-words>{"yes": "Ja"}</script>.

const WORDS = {
  explain: "The browser will ask whether this site may send you notifications.",
  yes: "Yes, tell me",
  no: "No, thanks",
  wait: "One moment …",
  followed: "You will be told: {title}.",
  unfollowed: "You will no longer be told: {title}.",
  undecided: "The browser’s question was not answered. Nothing has changed.",
  denied:
    "Notifications of this site are blocked here. Allow them in the browser’s settings, and leave a private window, then try again.",
  homescreen:
    "On an iPhone or iPad this works from the Home Screen: tap Share, then “Add to Home Screen”, open the site from there and try again.",
  unsupported: "This browser, or this private window, cannot be notified.",
  instead: "You can be told in another way:",
  email: "By e-mail",
  text: "By text message",
  offline: "The site could not be reached. Nothing has changed; try again when you are online.",
  busy: "There are too many requests. Try again in {minutes} min.",
  failed: "That did not work. Try again in a few minutes.",
  code: "The code in the text message",
  confirm: "Confirm",
  confirmed: "Confirmed. You will be told: {title}.",
};

/** Gives words by their name, with what they speak of; `text` of it goes before them. */
export const words = () => {
  const block = document.querySelector("script[data-jamwire-words]");
  const all = { ...WORDS, ...JSON.parse(block?.textContent ?? "{}") };
  return (name, of = {}) =>
    of.text ?? (all[name] ?? all.failed).replace(/\{(\w+)\}/g, (whole, part) => of[part] ?? whole);
};

/** The words of what went wrong; nothing else may be said of what is none of ours. */
export const wordsOf = (say, { name, text, seconds = 300 }) => say(name, { text, minutes: Math.ceil(seconds / 60) });
